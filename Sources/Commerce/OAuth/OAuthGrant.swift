import Basics
import Persistence
import Resources

/// That a user lets a client into a shop: one token, which keeps its row and its limits while its texts are renewed.
struct OAuthGrant {
    let client: String
    let name: String
    let user: Int64
    let level: Token.Level

    /// Makes its token.
    /// - Parameters:
    ///   - end: until when the text works; as long as the token does where nil.
    ///   - useBy: by when it must have been used.
    func issue(
        until end: Instant? = nil, useBy: Instant? = nil, in tx: Transaction
    ) throws -> (token: Int64, text: TokenText) {
        let text = TokenText(.oauth)
        var token = try Token.beginning(name, level: level, text: text, in: tx)
        (token.isOAuth, token.useBy) = (true, useBy)
        let id = try Token.issue(token, as: text, until: end, in: tx).id
        try tx.db.run(
            """
            INSERT INTO oauth_grants (webshop_id, token_id, client_id, user_id, issued)
            VALUES (\(tx.shop), \(id), \(client), \(user), \(tx.now))
            """)
        return (id, text)
    }

    /// Gives its token another text; the old one works for those who are calling with it right now.
    /// - Returns: nil where it is revoked, or is more than its client is given by now.
    static func renew(
        _ token: Int64, atMost most: Token.Level, until end: Instant, in tx: Transaction
    ) throws -> (level: Token.Level, text: TokenText)? {
        guard let stored = try tx.takeAll(Token.self, [token])[token], stored.value.accessLevel <= most else {
            return nil
        }
        let row = try tx.db.row(
            "SELECT user_id FROM oauth_grants WHERE webshop_id = \(tx.shop) AND token_id = \(token)")
        guard let row, try mayGive(row["user_id"], stored.value.accessLevel, in: tx) else { return nil }
        let text = TokenText(.oauth)
        try Token.rotate(stored, to: text, overlap: overlapSeconds, until: end, in: tx)
        try tx.db.run(
            "UPDATE oauth_grants SET issued = \(tx.now) WHERE webshop_id = \(tx.shop) AND token_id = \(token)")
        return (stored.value.accessLevel, text)
    }

    private static let overlapSeconds: Int64 = 30

    /// Ends it: its texts, and what would renew them.
    static func revoke(_ token: Int64, in tx: Transaction) throws {
        for stored in try tx.takeAll(Token.self, [token]).values { try tx.remove(stored) }
    }

    /// A token by its shop and id.
    struct Place: Sendable {
        let shop: Int64
        let token: Int64

        init(_ row: Row) throws {
            (shop, token) = (try row["webshop_id"], try row["token_id"])
        }
    }

    /// Revokes what clients have that are registered no longer.
    static func revokeAll(
        ofRemovedClientsIn storage: any Storage, publicURL: String, at now: Instant
    ) async throws {
        let rows = try await storage.fetch(
            """
            SELECT g.webshop_id, g.token_id FROM oauth_clients c JOIN oauth_grants g ON g.client_id = c.client_id
            JOIN tokens t ON t.webshop_id = g.webshop_id AND t.token_id = g.token_id
            JOIN webshops w ON w.webshop_id = g.webshop_id
            WHERE c.removed_on IS NOT NULL AND t.removed_on IS NULL AND w.removed_on IS NULL
            ORDER BY g.webshop_id, g.token_id
            """)
        for place in try rows.map({ try Place($0) }) {
            try await storage.transact(
                inShop: place.shop, publicURL: publicURL, at: now, as: "remove OAuth client"
            ) { tx in try revoke(place.token, in: tx) }
        }
    }
}
