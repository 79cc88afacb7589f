import Basics
import Persistence
import Resources

/// What a client renews its token with: once, for another of both. Who brings it again has stolen it or was robbed of it, and
/// nobody can tell which, so that all ends that came of the same consent (RFC 9700 4.14.2).
struct RefreshToken: Sendable {
    /// As long as a token may lie unused.
    private static let seconds: Int64 = 90 * 86_400

    private let hash: String
    let client: String
    let shop: Int64
    let token: Int64

    static func issue(of token: Int64, in tx: Transaction) throws -> TokenText {
        let text = TokenText(.refresh)
        try tx.db.run(
            """
            INSERT INTO oauth_refresh_tokens (refresh_hash, webshop_id, token_id, expires)
            VALUES (\(text.hash), \(tx.shop), \(token), \(tx.now.adding(seconds: seconds)))
            """)
        return text
    }

    /// The refresh token that a text is; nil where it is none.
    static func named(_ text: String, in storage: any Storage) async throws -> RefreshToken? {
        guard TokenText.isPlausible(text) else { return nil }
        let hash = TokenText.hash(text)
        return try await storage.fetch(
            """
            SELECT r.webshop_id, r.token_id, g.client_id FROM oauth_refresh_tokens r
            JOIN oauth_grants g ON g.webshop_id = r.webshop_id AND g.token_id = r.token_id
            WHERE r.refresh_hash = \(hash)
            """
        ).first.map { row in
            RefreshToken(
                hash: hash, client: try row["client_id"], shop: try row["webshop_id"], token: try row["token_id"])
        }
    }

    /// Exchanges it for the next one and a new text of the token.
    func redeem(by client: OAuthClient, _ call: Call, _ storage: any Storage) async throws -> OAuthTokens {
        guard Fingerprint.isSame(self.client, client.id) else { throw Self.wrong }
        let tokens = try await storage.exchange(inShop: shop, call, by: .job("renew OAuth token")) { tx in
            try exchange(client, in: tx)
        }
        guard let tokens, let tokens else { throw Self.wrong }
        return tokens
    }

    static var wrong: Problem {
        OAuthError.invalidGrant.problem(
            "The refresh_token is none, was used, is too old, or was given to somebody else.")
    }

    /// - Returns: nil where it is not exchanged; what was used before has ended its token by then.
    private func exchange(_ client: OAuthClient, in tx: Transaction) throws -> OAuthTokens? {
        let row = try tx.db.row(
            "SELECT expires, used FROM oauth_refresh_tokens WHERE refresh_hash = \(hash)\(tx.db.dialect.forUpdate)")
        guard let row else { return nil }
        guard try row["used"] as Instant? == nil else {
            try OAuthGrant.revoke(token, in: tx)
            return nil
        }
        let end = tx.now.adding(seconds: OAuthTokens.accessSeconds)
        guard try row["expires"] as Instant > tx.now,
            let (level, text) = try OAuthGrant.renew(token, atMost: client.maxLevel, until: end, in: tx)
        else { return nil }
        try tx.db.run("UPDATE oauth_refresh_tokens SET used = \(tx.now) WHERE refresh_hash = \(hash)")
        return OAuthTokens(access: text, refresh: try Self.issue(of: token, in: tx), level, tx.tenant)
    }
}
