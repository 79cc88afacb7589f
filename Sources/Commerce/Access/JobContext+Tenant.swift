package import Resources

extension JobContext {
    /// The shop that work is for; nil where it is none, or none any more.
    package func tenant(_ shop: Int64) async throws -> Tenant? {
        try await storage.read { [publicURL] in try Shop.tenant(shop, in: $0, publicURL: publicURL) }
    }
}
