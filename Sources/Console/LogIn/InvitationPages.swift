import Basics
import Commerce
import Persistence
import Resources

/// Coming to a shop by invitation.
enum InvitationPages {
    static let all = [page, accept]

    private static let nameMax = 255

    private static let page = Endpoint(
        page: .get, "/admin/invitation", .everybody, "invitation_page", "What somebody is invited to."
    ) { page in
        guard let values = try await values(page) else { return try gone(page) }
        return try page.page("invitation", values)
    }

    private static let accept = Endpoint(
        page: .post, "/admin/invitation", .everybody, "accept_invitation", "Accepts an invitation."
    ) { page in
        guard let values = try await values(page) else { return try gone(page) }
        var new: Invitation.NewUser?
        if values["isNew"] as? Bool == true {
            let password = page.exact("password")
            if let fault = Password.fault(password, of: values["email"] as? String ?? "") {
                return try page.again("invitation", fault.sentence, values.merging(["name": page.text("name")]) { $1 })
            }
            let name = page.text("name")
            if name.count > nameMax || name.hasControls {
                return try page.again(
                    "invitation", "A name has \(nameMax) characters at most.", values.merging(["name": name]) { $1 })
            }
            new = Invitation.NewUser(name: name, passwordHash: try await page.logIn().hash(password))
        }
        do {
            let isIn = try await Invitation.accept(
                page.exact("key"), new: new, requestID: page.call.requestID, in: page.storage, now: page.now)
            guard isIn else { return try gone(page) }
        } catch let fault as AccessFault {
            return try page.message("This cannot be accepted", fault.description)
        }
        return try page.message("You are in", "Log in to look after the shop.", next: "/admin/shops")
    }

    /// What the page shows; nil where the link works no longer.
    private static func values(_ page: PageCall) async throws -> [String: Any]? {
        let (key, now) = (page.exact("key"), page.now)
        let found = try await page.storage.read { db -> (email: String, role: Role, shop: String, isNew: Bool)? in
            guard let link = try LoginLink.with(key, .invitation, in: db, now: now), let shop = link.shop,
                let role = link.role, let row = try db.row("SELECT name FROM webshops WHERE webshop_id = \(shop)")
            else { return nil }
            return (link.email, role, try row["name"], try User.with(email: link.email, in: db) == nil)
        }
        return found.map {
            ["key": key, "email": $0.email, "role": $0.role.words, "shop": $0.shop, "isNew": $0.isNew]
        }
    }

    private static func gone(_ page: PageCall) throws -> Answer {
        try page.message(
            "This invitation works no longer",
            "It was accepted, withdrawn, or is older than a week. Ask for another one.")
    }
}
