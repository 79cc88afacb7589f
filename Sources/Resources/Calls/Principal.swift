/// A token, and the shop it belongs to.
package struct Principal: Sendable {
    package let tenant: Tenant
    package let tokenID: Int64
    package let tokenName: String
    package let level: AccessLevel
    /// What is kept of the text it was shown by.
    package let textHash: String

    package init(tenant: Tenant, tokenID: Int64, tokenName: String, level: AccessLevel, textHash: String = "") {
        self.tenant = tenant
        self.tokenID = tokenID
        self.tokenName = tokenName
        self.level = level
        self.textHash = textHash
    }
}
