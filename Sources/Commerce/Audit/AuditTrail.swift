package import Resources

/// Who did what to the shop, its users, its tokens and the like.
package enum AuditTrail {
    package static let area = Area("audit", resources: [AuditEntry.self])
}
