package import Persistence
package import Resources

/// Finds out which app calls.
package struct AppTokens: Sendable {
    private let storage: any Storage
    private let publicURL: String

    package init(_ storage: any Storage, publicURL: String) {
        (self.storage, self.publicURL) = (storage, publicURL)
    }

    /// The app whose own token a text is; nil for what is none.
    package func caller(_ text: String) async throws -> AppCaller? {
        guard TokenText.isPlausible(text) else { return nil }
        return try await storage.fetch(
            """
            SELECT a.app_id, a.name AS app_name, \(raw: Shop.tenantColumns) FROM app_tokens h
            JOIN apps a ON a.webshop_id = h.webshop_id AND a.app_id = h.app_id
            JOIN webshops w ON w.webshop_id = h.webshop_id
            WHERE h.token_hash = \(TokenText.hash(text)) AND a.removed_on IS NULL AND w.removed_on IS NULL
            """
        ).first.map { row in
            AppCaller(
                id: try row["app_id"], name: try row["app_name"], tenant: try Shop.tenant(row, publicURL: publicURL))
        }
    }
}
