/// An app that calls with its own token, about the shops that have it.
package struct AppCaller: Sendable {
    package let id: Int64
    package let name: String
    /// The shop of who makes it.
    package let tenant: Tenant

    package init(id: Int64, name: String, tenant: Tenant) {
        (self.id, self.name, self.tenant) = (id, name, tenant)
    }
}
