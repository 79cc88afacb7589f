package import Basics
package import Persistence
package import Resources

/// Users come to a shop by a mail with a link, which makes the account where there is none yet.
package enum Invitation {
    /// An invitation that waits.
    package struct Waiting: Sendable {
        package let id: Int64
        package let email: String
        package let role: Role
        package let expires: Instant
    }

    /// Invites somebody to the transaction's shop; an older invitation to the same address works no longer.
    /// - Parameter inviter: as the mail names them.
    /// - Throws: `AccessFault.email`, `MailFault`.
    package static func send(
        to email: String, as role: Role, by inviter: String, publicURL: String, _ outbox: Outbox, in tx: Transaction
    ) throws {
        let email = User.key(of: email)
        guard EmailAddress.isPlausible(email) else { throw AccessFault.email(email) }
        try tx.db.run(
            "DELETE FROM login_links WHERE webshop_id = \(tx.shop) AND email = \(email) AND kind = 'invitation'")
        let text = try LoginLink.make(.invitation, for: email, shop: tx.shop, role: role, in: tx.db, now: tx.now)
        let values = [
            "shop": tx.tenant.name, "inviter": inviter, "role": role.words,
            "link": publicURL + "/admin/invitation?key=" + text,
            "days": String(LoginLink.Kind.invitation.seconds / 86_400),
        ]
        try outbox.queueOfPlatform(MailDraft(.invitation, to: email, values), in: tx)
        Audit.note("invited", "user", email, after: ["email": .string(email), "role": .string(role.rawValue)], in: tx)
    }

    /// Those to a shop that nobody has accepted yet.
    package static func waiting(for shop: Int64, in db: any Connection, now: Instant) throws -> [Waiting] {
        try db.rows(
            """
            SELECT link_id, email, role, expires FROM login_links WHERE webshop_id = \(shop) AND kind = 'invitation'
            AND expires > \(now) ORDER BY email
            """
        ).compactMap { row in
            guard let role = Role(rawValue: try row["role"]) else { return nil }
            return Waiting(id: try row["link_id"], email: try row["email"], role: role, expires: try row["expires"])
        }
    }

    package static func withdraw(_ id: Int64, from shop: Int64, in db: any Connection) throws {
        try db.run(
            "DELETE FROM login_links WHERE webshop_id = \(shop) AND kind = 'invitation' AND link_id = \(id)")
    }

    /// What somebody new says of themselves.
    package struct NewUser: Sendable {
        let name: String
        let passwordHash: String

        package init(name: String, passwordHash: String) {
            (self.name, self.passwordHash) = (name, passwordHash)
        }
    }

    /// Accepts an invitation.
    /// - Parameter new: used where there is no user with that address yet.
    /// - Returns: whether the link still worked, and it is known who it is.
    package static func accept(
        _ text: String, new: NewUser?, requestID: String, in storage: any Storage, now: Instant
    ) async throws -> Bool {
        try await storage.write(changing: User.tables) { db in
            guard let link = try LoginLink.with(text, .invitation, in: db, now: now), let shop = link.shop,
                let role = link.role
            else { return false }
            // Whoever has the link is whom it was sent to.
            let doer = Doer(Actor(.user, id: nil, name: link.email), requestID: requestID, now: now)
            let known = try User.with(email: link.email, in: db)?.id
            guard known != nil || new != nil, try link.use(in: db) else { return false }
            let made = try new.flatMap { new in
                known == nil
                    ? try User.add(link.email, name: new.name, hash: new.passwordHash, by: doer, in: db) : nil
            }
            guard let user = known ?? made else { return false }
            try Membership.set(role, of: user, in: shop, by: doer, db)
            return true
        }
    }
}
