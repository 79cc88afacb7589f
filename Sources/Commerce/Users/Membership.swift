import Basics
package import Persistence
package import Resources

/// A user's role in a shop.
package struct Membership: Sendable {
    package let shop: Int64
    package let shopName: String
    package let user: Int64
    package let email: String
    package let name: String
    package let role: Role

    private static let selection: SQL = """
        SELECT m.webshop_id, w.name AS shop_name, m.user_id, u.email, u.name, m.role FROM webshop_users m
        JOIN users u ON u.user_id = m.user_id JOIN webshops w ON w.webshop_id = m.webshop_id
        WHERE w.removed_on IS NULL
        """

    private init?(_ row: Row) throws {
        guard let role = Role(rawValue: try row["role"]) else { return nil }
        self.role = role
        (shop, shopName) = (try row["webshop_id"], try row["shop_name"])
        (user, email, name) = (try row["user_id"], try row["email"], try row["name"])
    }

    /// The shops of a user, by name.
    package static func of(user: Int64, in db: any Connection) throws -> [Membership] {
        try db.rows("\(selection) AND m.user_id = \(user) ORDER BY w.name, m.webshop_id").compactMap {
            try Membership($0)
        }
    }

    /// The shops that somebody may look after: a platform user has all of them.
    package static func of(_ session: Session, in db: any Connection) throws -> [Membership] {
        guard session.isPlatform else { return try of(user: session.userID, in: db) }
        return try db.rows("SELECT webshop_id, name FROM webshops WHERE removed_on IS NULL ORDER BY name, webshop_id")
            .map { try Membership(ofPlatform: session, $0) }
    }

    /// The same of one shop; nil where it is none of theirs.
    package static func of(_ session: Session, in shop: Int64, _ db: any Connection) throws -> Membership? {
        if session.isPlatform {
            return try db.row(
                "SELECT webshop_id, name FROM webshops WHERE webshop_id = \(shop) AND removed_on IS NULL"
            ).map { try Membership(ofPlatform: session, $0) }
        }
        return try db.row("\(selection) AND m.user_id = \(session.userID) AND m.webshop_id = \(shop)")
            .flatMap { try Membership($0) }
    }

    private init(ofPlatform session: Session, _ row: Row) throws {
        (shop, shopName) = (try row["webshop_id"], try row["name"])
        (user, email, name, role) = (session.userID, session.email, session.name, .owner)
    }

    /// Who looks after a shop, by address.
    package static func of(shop: Int64, in db: any Connection) throws -> [Membership] {
        try db.rows("\(selection) AND m.webshop_id = \(shop) ORDER BY u.email").compactMap { try Membership($0) }
    }

    /// Whether a user looks after a shop.
    package static func isOne(_ user: Int64, in shop: Int64, _ db: any Connection) throws -> Bool {
        try db.row("SELECT 1 FROM webshop_users WHERE webshop_id = \(shop) AND user_id = \(user)") != nil
    }

    /// Gives a user a role in a shop, in the place of the one they had there.
    /// - Throws: `AccessFault.noShop`; 422 where the shop would have no owner left.
    package static func set(_ role: Role, of user: Int64, in shop: Int64, by doer: Doer, _ db: any Connection) throws {
        let isThere = try db.row("SELECT 1 FROM webshops WHERE webshop_id = \(shop) AND removed_on IS NULL") != nil
        guard isThere else { throw AccessFault.noShop(shop) }
        let before = try stored(user, in: shop, db)
        try forgetInvitations(of: user, to: shop, db)
        if role != .owner { try keepAnOwner(beside: user, in: shop, db) }
        try db.run(
            """
            INSERT INTO webshop_users (webshop_id, user_id, role) VALUES (\(shop), \(user), \(role.rawValue))
            ON CONFLICT (webshop_id, user_id) DO UPDATE SET role = excluded.role
            """)
        let after = try stored(user, in: shop, db)
        guard before != after else { return }
        try User.note(
            before == nil ? "added" : "updated", user, before: before, after: after, inShop: shop, by: doer, in: db)
    }

    /// Takes a user out of a shop.
    /// - Throws: 422 where the shop would have no owner left.
    package static func remove(_ user: Int64, from shop: Int64, by doer: Doer, _ db: any Connection) throws {
        guard let before = try stored(user, in: shop, db) else { return }
        try keepAnOwner(beside: user, in: shop, db)
        try forgetInvitations(of: user, to: shop, db)
        try db.run("DELETE FROM webshop_users WHERE webshop_id = \(shop) AND user_id = \(user)")
        try User.note("removed", user, before: before, inShop: shop, by: doer, in: db)
    }

    /// Takes a user who is to be removed out of all shops, whether or not these have another owner.
    static func removeAll(of user: Int64, by doer: Doer, _ db: any Connection) throws {
        for shop in try db.rows("SELECT webshop_id FROM webshop_users WHERE user_id = \(user)") {
            let shop: Int64 = try shop["webshop_id"]
            let before = try stored(user, in: shop, db)
            try db.run("DELETE FROM webshop_users WHERE webshop_id = \(shop) AND user_id = \(user)")
            try User.note("removed", user, before: before, inShop: shop, by: doer, in: db)
        }
    }

    /// An older invitation is no way back to what somebody was.
    private static func forgetInvitations(of user: Int64, to shop: Int64, _ db: any Connection) throws {
        try db.run(
            """
            DELETE FROM login_links WHERE webshop_id = \(shop) AND kind = 'invitation'
            AND email = (SELECT email FROM users WHERE user_id = \(user))
            """)
    }

    /// What the audit says of a user in a shop.
    private static func stored(_ user: Int64, in shop: Int64, _ db: any Connection) throws -> JSON? {
        try db.row(
            """
            SELECT u.email, u.name, m.role FROM webshop_users m JOIN users u ON u.user_id = m.user_id
            WHERE m.webshop_id = \(shop) AND m.user_id = \(user)
            """
        ).map { ["email": .string(try $0["email"]), "name": .string(try $0["name"]), "role": .string(try $0["role"])] }
    }

    /// A shop that has owners goes on to have one, however many ask at once.
    private static func keepAnOwner(beside user: Int64, in shop: Int64, _ db: any Connection) throws {
        let owners: [Int64] = try db.rows(
            "SELECT user_id FROM webshop_users WHERE webshop_id = \(shop) AND role = 'owner'\(db.dialect.forUpdate)"
        ).map { try $0["user_id"] }
        if owners == [user] { throw AccessFault.lastOwner }
    }
}
