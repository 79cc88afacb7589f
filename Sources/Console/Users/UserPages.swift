import Basics
import Commerce
import Persistence
import Resources

/// Who looks after a shop, and who is invited to. Its owners decide.
enum UserPages {
    static let all = [page, invite, withdraw, role, remove]

    private static let page = Endpoint(
        shopPage: .get, "/admin/users", .user, "users", "Who looks after a shop."
    ) { shop in try await users(shop) }

    private static func users(_ shop: ShopCall, _ problem: Problem? = nil) async throws -> Answer {
        let (id, now, me) = (shop.shop, shop.page.now, shop.member.session.userID)
        let (members, invitations) = try await shop.page.storage.read { db in
            (try Membership.of(shop: id, in: db), try Invitation.waiting(for: id, in: db, now: now))
        }
        var values: [String: Any] = [
            "members": members.map { member -> [String: Any] in
                [
                    "id": String(member.user), "email": member.email, "name": member.name, "role": member.role.words,
                    "isMe": member.user == me, "roles": roles(chosen: member.role),
                ]
            },
            "invitations": invitations.map { one -> [String: Any] in
                [
                    "id": String(one.id), "email": one.email, "role": one.role.words,
                    "expires": Timestamp.page(one.expires),
                ]
            },
            "hasInvitations": !invitations.isEmpty, "roles": roles(chosen: .staff), "email": shop.page.text("email"),
            "isSent": shop.page.text("sent") == "1",
        ]
        values.merge(problem.wrongs) { $1 }
        return try shop.page("users", values, status: problem == nil ? 200 : 422)
    }

    private static func roles(chosen: Role) -> [[String: Any]] {
        Role.allCases.map { ["role": $0.rawValue, "words": $0.words, "isChosen": $0 == chosen] }
    }

    // MARK: Changes

    private static let invite = Endpoint(
        shopPage: .post, "/admin/users/invite", .confirmed, "invite_user", "Invites somebody to a shop by mail."
    ) { shop in
        try await change(shop, then: "/admin/users?sent=1") { db, role, tx in
            let (email, url) = (shop.page.text("email"), shop.page.pages.publicURL)
            let outbox: Outbox = try shop.page.call.services.get()
            do {
                try Invitation.send(
                    to: email, as: role ?? .readOnly, by: shop.member.session.email, publicURL: url, outbox, in: tx)
            } catch let fault as MailFault {
                throw Problem.invalid("/email", "email", fault.description)
            }
        }
    }

    private static let withdraw = Endpoint(
        shopPage: .post, "/admin/invitations/{invitation_id}/withdraw", .user, "withdraw_invitation",
        "Takes an invitation back."
    ) { shop in
        let id = try shop.page.call.id(of: "invitation")
        return try await change(shop) { db, _, tx in try Invitation.withdraw(id, from: tx.shop, in: db) }
    }

    private static let role = Endpoint(
        shopPage: .post, "/admin/users/{user_id}/role", .confirmed, "change_role",
        "Gives a user another role in a shop."
    ) { shop in
        let (user, doer) = (try shop.page.call.id(of: "user"), try shop.page.doer())
        return try await change(shop) { db, role, tx in
            guard let role else { throw Problem.invalid("/role", "role", "must be owner, staff or read_only") }
            try isThere(user, in: tx)
            try Membership.set(role, of: user, in: tx.shop, by: doer, db)
        }
    }

    private static let remove = Endpoint(
        shopPage: .post, "/admin/users/{user_id}/remove", .user, "remove_member", "Takes a user out of a shop."
    ) { shop in
        let (user, doer) = (try shop.page.call.id(of: "user"), try shop.page.doer())
        return try await change(shop) { db, _, tx in
            try isThere(user, in: tx)
            try Membership.remove(user, from: tx.shop, by: doer, db)
        }
    }

    /// Nobody comes in without an invitation.
    private static func isThere(_ user: Int64, in tx: Transaction) throws {
        guard try Membership.isOne(user, in: tx.shop, tx.db) else { throw Problem.notFound("user") }
    }

    private static func change(
        _ shop: ShopCall, then next: String = "/admin/users",
        _ work: @escaping @Sendable (any Connection, Role?, Transaction) throws -> Void
    ) async throws -> Answer {
        try shop.ownerOnly()
        let role = Role(rawValue: shop.page.text("role"))
        return try await shop.attempt {
            try await shop.page.transact(in: shop.shop) { tx in
                for table in User.tables { tx.markChanged(table) }
                try work(tx.db, role, tx)
            }
            return shop.redirect(to: next)
        } orAgain: { problem in
            try await users(shop, problem)
        }
    }
}
