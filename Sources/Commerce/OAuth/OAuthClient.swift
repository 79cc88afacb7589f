package import Basics
package import Persistence
import Resources

/// A program that users may let into their shops, as it was registered. Clients belong to the server and not to a shop.
package struct OAuthClient: Sendable, Equatable {
    package let id: String
    package let name: String
    package let redirectURIs: [RedirectURI]
    /// The most that it is ever given.
    package let maxLevel: Token.Level
    package let created: Instant
    let secretHash: String?

    /// What is written with one.
    package static let tables: Set = ["oauth_clients", Audit.table]

    /// Whether it can keep no secret, as a program on somebody's phone.
    package var isPublic: Bool { secretHash == nil }

    private static let columns = "client_id, name, redirect_uris, max_level, secret_hash, created"

    /// The client with an id; nil where there is none, or none any more.
    package static func named(_ id: String, in db: any Connection) throws -> OAuthClient? {
        try db.row(
            "SELECT \(raw: columns) FROM oauth_clients WHERE client_id = \(id) AND removed_on IS NULL"
        ).map(read)
    }

    /// The same outside a transaction.
    package static func named(_ id: String, in storage: any Storage) async throws -> OAuthClient? {
        try await storage.fetch(
            "SELECT \(raw: columns) FROM oauth_clients WHERE client_id = \(id) AND removed_on IS NULL"
        ).first.map(read)
    }

    /// Whether an id was a client's, and is nobody's name now.
    static func isRemoved(_ id: String, in storage: any Storage) async throws -> Bool {
        try await !storage.fetch(
            "SELECT 1 FROM oauth_clients WHERE client_id = \(id) AND removed_on IS NOT NULL"
        ).isEmpty
    }

    /// All there are, the oldest first.
    package static func all(in storage: any Storage) async throws -> [OAuthClient] {
        try await storage.fetch(
            "SELECT \(raw: columns) FROM oauth_clients WHERE removed_on IS NULL ORDER BY created, client_id"
        ).map(read)
    }

    private static func read(_ row: Row) throws -> OAuthClient {
        let level: String = try row["max_level"]
        return OAuthClient(
            id: try row["client_id"], name: try row["name"],
            redirectURIs: try JSONText(row["redirect_uris"]).texts.map { try RedirectURI($0) },
            maxLevel: try Token.Level(column: .text(level)), created: try row["created"],
            secretHash: try row["secret_hash"])
    }

    /// What the audit shows of it.
    var facts: JSON {
        [
            "name": .string(name), "redirect_uris": .array(redirectURIs.map { .string($0.text) }),
            "max_level": .string(maxLevel.rawValue), "is_public": isPublic ? 1 : 0,
        ]
    }

    /// Whether a secret is the client's; in the same time whatever it is.
    func isProven(by secret: String) -> Bool {
        secretHash.map { Fingerprint.isSame(TokenText.hash(secret), $0) } ?? false
    }
}

extension Token.Level: Comparable {
    package static func < (left: Token.Level, right: Token.Level) -> Bool {
        left.rank < right.rank
    }

    private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }

    /// It and all that it includes, the least first.
    package var included: [Token.Level] { Self.allCases.filter { $0 <= self } }
}
