package import Resources

/// How shops are paid.
package enum Payments {
    package static let area = Area(
        "payments",
        resources: [PaymentGateway.self])
}
