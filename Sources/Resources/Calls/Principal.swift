/// A token, and the shop it belongs to.
package struct Principal: Sendable {
    package let tenant: Tenant
    package let tokenID: Int64
    package let tokenName: String
    package let level: AccessLevel

    package init(tenant: Tenant, tokenID: Int64, tokenName: String, level: AccessLevel) {
        self.tenant = tenant
        self.tokenID = tokenID
        self.tokenName = tokenName
        self.level = level
    }
}
