package import Resources

/// Who may come in: shops, users and their tokens.
package enum Access {
    package static let area = Area(
        "access",
        resources: [Token.self],
        others: [Shop.self],
        actions: Shop.endpoints + TokenEndpoints.all,
        jobs: [CallLog.expiry])
}
