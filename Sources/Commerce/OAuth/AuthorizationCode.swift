import Basics
import Crypto
import Foundation
import Persistence
import Resources

/// What comes with the redirect in the place of a token: good for a minute, once, for the client that asked, and for whoever
/// knows what its challenge was made of.
struct AuthorizationCode: Sendable {
    static let seconds: Int64 = 60

    private let hash: String
    private let client: String
    private let redirectURI: String
    private let challenge: String
    private let shop: Int64
    /// Who let the client in, and is named as having done so.
    private let user: Actor
    private let userID: Int64
    private let level: Token.Level

    static func issue(
        to request: OAuthRequest, challenge: String, user: Int64, level: Token.Level, in tx: Transaction
    ) throws -> TokenText {
        let code = TokenText(.code)
        try tx.db.run(
            """
            INSERT INTO oauth_codes (code_hash, client_id, redirect_uri, challenge, webshop_id, user_id, access_level,
            expires) VALUES (\(code.hash), \(request.clientID), \(request.redirectURI.text), \(challenge), \(tx.shop),
            \(user), \(level), \(tx.now.adding(seconds: seconds)))
            """)
        return code
    }

    /// The code that a text is; nil where it is none.
    static func named(_ text: String, in storage: any Storage) async throws -> AuthorizationCode? {
        guard TokenText.isPlausible(text) else { return nil }
        let hash = TokenText.hash(text)
        return try await storage.fetch(
            """
            SELECT c.client_id, c.redirect_uri, c.challenge, c.webshop_id, c.user_id, c.access_level, u.email
            FROM oauth_codes c JOIN users u ON u.user_id = c.user_id WHERE c.code_hash = \(hash)
            """
        ).first.map { row in
            AuthorizationCode(
                hash: hash, client: try row["client_id"], redirectURI: try row["redirect_uri"],
                challenge: try row["challenge"], shop: try row["webshop_id"],
                user: Actor(.user, id: try row["user_id"], name: try row["email"]), userID: try row["user_id"],
                level: try Token.Level(column: .text(row["access_level"])))
        }
    }

    /// What a code was exchanged for.
    private enum Outcome: Sendable {
        case tokens(OAuthTokens)
        case expired
        /// It was brought before; what was given for it is revoked, for one of the two has stolen it.
        case replayed
    }

    /// Exchanges the code for tokens, once.
    func redeem(_ form: OAuthForm, by client: OAuthClient, _ call: Call, _ storage: any Storage) async throws
        -> OAuthTokens
    {
        // Who does not know which client it is for says nothing about who has it.
        guard Fingerprint.isSame(self.client, client.id) else { throw Self.wrong }
        guard try Fingerprint.isSame(redirectURI, form.needed("redirect_uri")),
            try Self.isProof(form.needed("code_verifier"), of: challenge), level <= client.maxLevel
        else { throw Self.wrong }
        let outcome = try await storage.exchange(inShop: shop, call, by: user) { tx in
            try exchange(client, in: tx)
        }
        guard case .tokens(let tokens)? = outcome else { throw Self.wrong }
        return tokens
    }

    static var wrong: Problem {
        OAuthError.invalidGrant.problem("The code is none, was used, is too old, or was given to somebody else.")
    }

    private func exchange(_ client: OAuthClient, in tx: Transaction) throws -> Outcome {
        let row = try tx.db.row(
            "SELECT expires, token_id FROM oauth_codes WHERE code_hash = \(hash)\(tx.db.dialect.forUpdate)")
        guard let row, try row["expires"] as Instant > tx.now || row["token_id"] as Int64? != nil else {
            return .expired
        }
        if let given: Int64 = try row["token_id"] {
            try OAuthGrant.revoke(given, in: tx)
            return .replayed
        }
        guard try OAuthGrant.mayGive(userID, level, in: tx) else { return .expired }
        let end = tx.now.adding(seconds: OAuthTokens.accessSeconds)
        let grant = OAuthGrant(client: client.id, name: client.name, user: userID, level: level)
        let (token, text) = try grant.issue(until: end, in: tx)
        try tx.db.run("UPDATE oauth_codes SET token_id = \(token) WHERE code_hash = \(hash)")
        return .tokens(OAuthTokens(access: text, refresh: try RefreshToken.issue(of: token, in: tx), level, tx.tenant))
    }

    /// RFC 7636 4.1 and 4.6: the verifier's form, and whether the challenge was made of it.
    private static func isProof(_ verifier: String, of challenge: String) -> Bool {
        guard (43...128).contains(verifier.utf8.count), verifier.utf8.allSatisfy(PercentEncoding.isUnreserved) else {
            return false
        }
        return Fingerprint.isSame(Base64URL.encode(Array(SHA256.hash(data: Array(verifier.utf8)))), challenge)
    }
}
