import Basics
import Persistence
import Resources

/// A token that a client holds, access or refresh, as it was given out.
struct IssuedToken {
    let client: String
    let shop: Int64
    let token: Int64
    private let user: Int64
    private let level: Token.Level
    private let issued: Instant
    private let ends: Instant?
    private let isLive: Bool

    /// What an OAuth token's text stands for; nil for what is none, such as one that was made by hand.
    static func named(_ text: String, in storage: any Storage, at now: Instant) async throws -> IssuedToken? {
        guard TokenText.isPlausible(text) else { return nil }
        let hash = TokenText.hash(text)
        let facts: SQL = """
            g.client_id, g.user_id, g.issued, t.webshop_id, t.token_id, t.access_level, t.removed_on, t.expires, t.use_by
            FROM oauth_grants g JOIN tokens t ON t.webshop_id = g.webshop_id AND t.token_id = g.token_id
            """
        let answers = try await storage.fetch([
            """
            SELECT h.expires AS text_expires, \(facts) JOIN token_hashes h
            ON h.webshop_id = g.webshop_id AND h.token_id = g.token_id WHERE h.token_hash = \(hash)
            """,
            """
            SELECT CASE WHEN r.used IS NULL THEN r.expires ELSE 0 END AS text_expires, \(facts)
            JOIN oauth_refresh_tokens r ON r.webshop_id = g.webshop_id AND r.token_id = g.token_id
            WHERE r.refresh_hash = \(hash)
            """,
        ])
        return try (answers[0].first ?? answers[1].first).map { try IssuedToken($0, now) }
    }

    private init(_ row: Row, _ now: Instant) throws {
        (client, shop, token) = (try row["client_id"], try row["webshop_id"], try row["token_id"])
        (user, issued) = (try row["user_id"], try row["issued"])
        level = try Token.Level(column: .text(row["access_level"]))
        ends = [try row["expires"] as Instant?, try row["use_by"], try row["text_expires"]].compactMap { $0 }.min()
        isLive = try row["removed_on"] as Instant? == nil && ends.map { $0 > now } ?? true
    }

    /// RFC 7662 2.2: of what is no more nothing is told.
    func json(of server: OAuthServer) -> JSON {
        guard isLive else { return Self.inactive }
        var members: [JSONObject.Member] = [
            .init("active", true), .init("scope", .string(level.rawValue)), .init("client_id", .string(client)),
            .init("token_type", "Bearer"), .init("iat", .number(JSONNumber(issued.seconds))),
            .init("sub", .string(String(user))), .init("iss", .string(server.issuer)),
            .init("webshop_id", .number(JSONNumber(shop))),
        ]
        if let ends { members.append(.init("exp", .number(JSONNumber(ends.seconds)))) }
        return .object(JSONObject(members))
    }

    static let inactive: JSON = ["active": false]
}
