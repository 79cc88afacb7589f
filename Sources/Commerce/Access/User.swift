package import Basics
package import Persistence

/// Somebody who looks after shops. Users belong to the server and not to a shop.
package enum User {
    /// What is written with one.
    package static let tables: Set = ["users", "webshop_users"]

    /// Makes a user who can look after the given shops, and answers the id.
    /// - Parameter hash: of the password, made before, because that takes long.
    package static func add(
        _ email: String, name: String, hash: String, shops: [Int64], in db: any Connection, now: Instant
    ) throws -> Int64 {
        let email = email.asKey
        guard EmailAddress.isPlausible(email) else { throw AccessFault.email(email) }
        let id = try db.newID("users_seq")
        do {
            try db.run(
                """
                INSERT INTO users (user_id, email, name, password_hash, created)
                VALUES (\(id), \(email.lowercased()), \(name), \(hash), \(now))
                """)
        } catch StorageError.constraint(.unique, _) {
            throw AccessFault.emailTaken(email)
        }
        for shop in shops {
            let isThere = try db.row("SELECT 1 FROM webshops WHERE webshop_id = \(shop) AND removed_on IS NULL") != nil
            guard isThere else { throw AccessFault.noShop(shop) }
            try db.run("INSERT INTO webshop_users (webshop_id, user_id) VALUES (\(shop), \(id))")
        }
        return id
    }
}
