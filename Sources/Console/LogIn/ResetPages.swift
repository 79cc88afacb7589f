import Commerce
import Resources

/// A new password for whoever forgot theirs.
enum ResetPages {
    static let all = [forgot, ask, page, reset]

    private static let forgot = Endpoint(
        page: .get, "/admin/forgot", .everybody, "forgot_page", "The form to ask for a new password."
    ) { page in try page.page("forgot") }

    private static let ask = Endpoint(
        page: .post, "/admin/forgot", .everybody, "forgot", "Sends a link to choose a new password by mail."
    ) { page in
        let email = page.text("email")
        try await PasswordReset.ask(email, from: page.call.address, in: page.storage, now: page.now)
        return try page.message(
            "Look into your mail",
            "If there is an account with this address, a mail with a link is on its way. The link works for 30 minutes."
        )
    }

    private static let page = Endpoint(
        page: .get, "/admin/reset", .everybody, "reset_page", "The form to choose a new password."
    ) { page in
        let (key, now) = (page.exact("key"), page.now)
        let link = try await page.storage.read { try LoginLink.with(key, .reset, in: $0, now: now) }
        guard let link else { return try gone(page) }
        return try page.page("reset", ["key": key, "email": link.email])
    }

    private static let reset = Endpoint(
        page: .post, "/admin/reset", .everybody, "reset", "Sets the new password; all sessions end."
    ) { page in
        let (key, password, now) = (page.exact("key"), page.exact("password"), page.now)
        // What takes half a second is not done for whoever has no link.
        guard let link = try await page.storage.read({ try LoginLink.with(key, .reset, in: $0, now: now) }) else {
            return try gone(page)
        }
        if let fault = Password.fault(password, of: link.email) {
            return try page.again("reset", fault.sentence, ["key": key, "email": link.email])
        }
        let hash = try await page.logIn().hash(password)
        let isSet = try await PasswordReset.use(
            key, hash: hash, from: page.call.address, requestID: page.call.requestID, in: page.storage, now: now)
        guard isSet else { return try gone(page) }
        return try page.message("Your password is changed", "Log in with it.")
    }

    private static func gone(_ page: PageCall) throws -> Answer {
        try page.message(
            "This link works no longer", "It was used, or is older than 30 minutes. Ask for another one.",
            next: "/admin/forgot")
    }
}
