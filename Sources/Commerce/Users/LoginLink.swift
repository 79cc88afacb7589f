package import Basics
package import Persistence

/// A link of a mail: whoever has it reads that address' mails, and may do what it is for, once.
package struct LoginLink: Sendable {
    package enum Kind: String, Sendable {
        case reset, invitation

        /// Seconds until it works no longer.
        package var seconds: Int64 {
            switch self {
            case .reset: 1800
            case .invitation: 7 * 86_400
            }
        }
    }

    package let kind: Kind
    package let email: String
    /// The shop that it invites to; nil where it is about none, or about the platform.
    package let shop: Int64?
    /// As what.
    package let role: Role?

    private let hash: String

    /// The link of a text, nil where it is none or is over.
    package static func with(_ text: String, _ kind: Kind, in db: any Connection, now: Instant) throws -> LoginLink? {
        guard SecretText.isPlausible(text) else { return nil }
        let hash = SecretText.hash(text)
        return try db.row(
            """
            SELECT email, webshop_id, role FROM login_links
            WHERE link_hash = \(hash) AND kind = \(kind.rawValue) AND expires > \(now)
            """
        ).map {
            LoginLink(
                kind: kind, email: try $0["email"], shop: try $0["webshop_id"],
                role: (try $0["role"] as String?).flatMap { Role(rawValue: $0) }, hash: hash)
        }
    }

    /// Makes one and answers its text.
    static func make(
        _ kind: Kind, for email: String, shop: Int64? = nil, role: Role? = nil, in db: any Connection, now: Instant
    ) throws -> String {
        let text = SecretText.new()
        try db.run(
            """
            INSERT INTO login_links (link_hash, link_id, kind, email, webshop_id, role, created, expires)
            VALUES (\(SecretText.hash(text)), \(try db.newID("login_links_seq")), \(kind.rawValue), \(User.key(of: email)),
            \(shop), \(role?.rawValue), \(now), \(now.adding(seconds: kind.seconds)))
            """)
        return text
    }

    /// Uses it up, with all others of its kind to the address: of two who use it at once one may.
    func use(in db: any Connection) throws -> Bool {
        guard try db.run("DELETE FROM login_links WHERE link_hash = \(hash)") == 1 else { return false }
        if kind == .reset { try db.run("DELETE FROM login_links WHERE kind = 'reset' AND email = \(email)") }
        return true
    }

    static func forget(_ email: String, in db: any Connection) throws {
        try db.run("DELETE FROM login_links WHERE email = \(email)")
    }

    static func expire(in db: any Connection, now: Instant) throws {
        try db.run("DELETE FROM login_links WHERE expires < \(now)")
    }
}
