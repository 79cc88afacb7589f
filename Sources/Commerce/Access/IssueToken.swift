import Basics
import Persistence
package import Resources

extension Token {
    /// Makes a token of the transaction's shop and answers its text, the only time it is seen.
    package static func issue(
        _ name: String, level: Level, format: TokenText.Format = .butik, dailyLimit: Int64? = dailyLimitDefault,
        in tx: Transaction
    ) throws -> TokenText {
        let text = TokenText(.personal, format: format)
        var token = try beginning(name, level: level, text: text, in: tx)
        token.dailyLimit = dailyLimit
        _ = try issue(token, as: text, in: tx)
        return text
    }

    /// A new token with the limits that one has of which nothing else is said.
    static func beginning(_ name: String, level: Level, text: TokenText, in tx: Transaction) throws -> Token {
        Token(
            id: try tx.newID(Token.self), name: name, accessLevel: level, prefix: text.prefix, lastFour: text.lastFour,
            dailyLimit: dailyLimitDefault, burst: burstDefault, origins: .emptyList, ipList: .emptyList, lastUsed: nil,
            expires: nil, isOAuth: false, useBy: nil)
    }

    /// Stores a token and answers it with its text, which nobody can ask for again.
    /// - Parameter end: until when the text works, where that is not as long as the token does.
    static func issue(
        _ token: Token, as text: TokenText, until end: Instant? = nil, in tx: Transaction
    ) throws -> Written<Token> {
        let written = try tx.insert(token)
        try keep(text, of: token.id.rawValue, until: end, in: tx)
        return written
    }

    /// Gives a token another text.
    /// - Parameters:
    ///   - overlap: seconds for which the texts it has go on to work.
    ///   - last: until when the new one works, where that is not as long as the token does.
    @discardableResult
    static func rotate(
        _ stored: Stored<Token>, to text: TokenText, overlap: Int64, until last: Instant? = nil, in tx: Transaction
    ) throws -> Written<Token> {
        var stored = stored
        (stored.value.prefix, stored.value.lastFour) = (text.prefix, text.lastFour)
        let end = tx.now.adding(seconds: overlap)
        // What is in its overlap already keeps an earlier end.
        try tx.db.run(
            """
            UPDATE token_hashes SET expires = \(end) WHERE webshop_id = \(tx.shop) AND token_id = \(stored.id)
            AND (expires IS NULL OR expires > \(end))
            """)
        try tx.db.run(
            """
            DELETE FROM token_hashes WHERE webshop_id = \(tx.shop) AND token_id = \(stored.id) AND expires <= \(tx.now)
            """)
        let written = try tx.update(stored, hasNewParts: true, action: "rotated")
        try keep(text, of: stored.id, until: last, in: tx)
        return written
    }

    private static func keep(_ text: TokenText, of token: Int64, until end: Instant?, in tx: Transaction) throws {
        try tx.db.run(
            """
            INSERT INTO token_hashes (token_hash, webshop_id, token_id, expires)
            VALUES (\(text.hash), \(tx.shop), \(token), \(end))
            """)
    }

    /// Revokes a token for good.
    package static func revoke(_ id: Int64, in tx: Transaction) throws {
        try tx.remove(try tx.take(Token.self, id))
    }
}
