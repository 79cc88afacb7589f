import Basics
package import Persistence
import Resources

/// Somebody who looks after shops, or after the server with all of them. Users belong to the server and not to a shop.
package struct User: Sendable {
    package let id: Int64
    package let email: String
    package let name: String
    package let isPlatform: Bool
    let passwordHash: String
    /// Sealed; nil where there is no second factor.
    let totpSecret: String?
    let totpStep: Int64

    package var hasSecondFactor: Bool { totpSecret != nil }

    /// What is written with one.
    package static let tables: Set = ["users", "webshop_users", Audit.table]

    private static let columns: SQL = "user_id, email, name, is_platform, password_hash, totp_secret, totp_step"

    private init(_ row: Row) throws {
        (id, email, name) = (try row["user_id"], try row["email"], try row["name"])
        isPlatform = try row["is_platform"]
        passwordHash = try row["password_hash"]
        (totpSecret, totpStep) = (try row["totp_secret"], try row["totp_step"])
    }

    /// The user with an address, in any letter case.
    package static func with(email: String, in db: any Connection) throws -> User? {
        let email = key(of: email)
        return try db.row("SELECT \(columns) FROM users WHERE email = \(email)").map { try User($0) }
    }

    package static func with(id: Int64, in db: any Connection) throws -> User? {
        try db.row("SELECT \(columns) FROM users WHERE user_id = \(id)").map { try User($0) }
    }

    /// A user whose row is held until the transaction ends; nil where the password is another one by now.
    static func held(_ id: Int64, in db: any Connection, with hash: String) throws -> User? {
        let row = try db.row("SELECT \(columns) FROM users WHERE user_id = \(id)\(db.dialect.forUpdate)")
        return try row.map { try User($0) }.flatMap { $0.passwordHash == hash ? $0 : nil }
    }

    /// The form of an address that accounts are known by.
    static func key(of email: String) -> String { email.asKey.lowercased() }

    /// Makes a user and answers the id.
    /// - Parameters:
    ///   - hash: of the password, made before, because that takes long.
    ///   - shops: those to look after, as what.
    /// - Throws: `AccessFault`.
    package static func add(
        _ email: String, name: String, hash: String, isPlatform: Bool = false, shops: [Int64] = [],
        as role: Role = .owner, by doer: Doer, in db: any Connection
    ) throws -> Int64 {
        let email = key(of: email)
        guard EmailAddress.isPlausible(email) else { throw AccessFault.email(email) }
        let id = try db.newID("users_seq")
        do {
            try db.run(
                """
                INSERT INTO users (user_id, email, name, password_hash, is_platform, created)
                VALUES (\(id), \(email), \(name), \(hash), \(isPlatform), \(doer.now))
                """)
        } catch StorageError.constraint(.unique, _) {
            throw AccessFault.emailTaken(email)
        }
        try note("created", id, after: try with(id: id, in: db)?.facts, by: doer, in: db)
        for shop in shops { try Membership.set(role, of: id, in: shop, by: doer, db) }
        return id
    }

    /// Gives a user another password and ends the sessions there are.
    /// - Parameter kept: the one that goes on.
    package static func change(
        passwordHash hash: String, of user: Int64, keeping kept: Int64? = nil, by doer: Doer, in db: any Connection
    ) throws {
        try db.run("UPDATE users SET password_hash = \(hash) WHERE user_id = \(user)")
        try Sessions.endAll(of: user, except: kept, in: db, now: doer.now)
        try db.run(
            """
            DELETE FROM login_links WHERE kind = 'reset' AND email = (SELECT email FROM users WHERE user_id = \(user))
            """)
        try noteChange("password_changed", user, by: doer, in: db)
    }

    /// Removes a user with all that lets them in. What they did goes on to name them.
    package static func remove(_ id: Int64, by doer: Doer, in db: any Connection) throws {
        guard let user = try with(id: id, in: db) else { return }
        try Membership.removeAll(of: id, by: doer, db)
        for table in ["recovery_codes", "sessions", "users"] {
            try db.run("DELETE FROM \(raw: table) WHERE user_id = \(id)")
        }
        try LoginLink.forget(user.email, in: db)
        try note("deleted", id, before: user.facts, by: doer, in: db)
    }

    /// What the audit says of one.
    private var facts: JSON {
        ["email": .string(email), "name": .string(name), "is_platform": isPlatform ? 1 : 0]
    }

    /// Notes a change of what lets a user in, of which nobody is told more.
    static func noteChange(_ action: String, _ id: Int64, by doer: Doer, in db: any Connection) throws {
        let facts = try with(id: id, in: db)?.facts
        try note(action, id, before: facts, after: facts, by: doer, in: db)
    }

    /// Notes something in the audit: in the platform's, for users belong to the server, or in that of a shop where it is about it.
    static func note(
        _ action: String, _ user: Int64, before: JSON? = nil, after: JSON? = nil, inShop shop: Int64 = Audit.platform,
        by doer: Doer, in db: any Connection
    ) throws {
        try Audit.note(
            action, "user", user, before: before, after: after, ofShop: shop, by: doer.actor, requestID: doer.requestID,
            in: db, at: doer.now)
    }
}
