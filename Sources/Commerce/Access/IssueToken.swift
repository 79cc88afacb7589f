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
        let token = Token(
            id: try tx.newID(Token.self), name: name, accessLevel: level, prefix: text.prefix, lastFour: text.lastFour,
            dailyLimit: dailyLimit, burst: burstDefault, origins: .emptyList, ipList: .emptyList, lastUsed: nil,
            expires: nil, isOAuth: false)
        _ = try issue(token, as: text, in: tx)
        return text
    }

    /// Stores a token and answers it with its text, which nobody can ask for again.
    static func issue(_ token: Token, as text: TokenText, in tx: Transaction) throws -> Written<Token> {
        let written = try tx.insert(token)
        try keep(text, of: token.id.rawValue, in: tx)
        return written
    }

    /// Gives a token another text.
    /// - Parameter overlap: seconds for which the texts it has go on to work.
    static func rotate(
        _ stored: Stored<Token>, to text: TokenText, overlap: Int64, in tx: Transaction
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
        let written = try tx.update(stored, hasNewParts: true)
        try keep(text, of: stored.id, in: tx)
        return written
    }

    private static func keep(_ text: TokenText, of token: Int64, in tx: Transaction) throws {
        try tx.db.run(
            """
            INSERT INTO token_hashes (token_hash, webshop_id, token_id) VALUES (\(text.hash), \(tx.shop), \(token))
            """)
    }

    /// Revokes a token for good.
    package static func revoke(_ id: Int64, in tx: Transaction) throws {
        try tx.remove(try tx.take(Token.self, id))
    }
}
