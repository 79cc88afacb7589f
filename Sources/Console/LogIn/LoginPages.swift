import Commerce
import Resources

/// Coming in: password, second factor, the same again before what matters; and going.
enum LoginPages {
    static let all = [page, logIn, code, confirm, logOut]

    private static let page = Endpoint(
        page: .get, "/admin/login", .everybody, "log_in_page", "The form to log in."
    ) { page in
        page.session == nil ? try page.page("login", ["next": page.next]) : page.redirect(to: page.next)
    }

    private static let logIn = Endpoint(
        page: .post, "/admin/login", .everybody, "log_in", "Logs in with address and password."
    ) { page in
        let email = page.text("email")
        let cookie = try await page.logIn().logIn(email, page.exact("password"), at: page.place, now: page.now)
        guard let cookie else {
            return try page.again("login", "Address or password is wrong.", ["next": page.next, "email": email])
        }
        // The page that is next asks for the second factor where that is due.
        return page.redirect(to: page.next, cookie: cookie)
    }

    private static let code = Endpoint(
        page: .post, "/admin/code", .everybody, "second_factor", "Takes the code of the second factor."
    ) { page in
        guard case .user(let session) = page.call.caller else { throw Visit.Missing.login.problem }
        guard !session.isWhole else { return page.redirect(to: page.next) }
        let cookie = try await page.logIn().secondFactor(page.text("code"), of: session, at: page.place, now: page.now)
        guard let cookie else { return try page.again("code", "This code is wrong, or too old.", ["next": page.next]) }
        return page.redirect(to: page.next, cookie: cookie)
    }

    private static let confirm = Endpoint(
        page: .post, "/admin/confirm", .user, "confirm", "Takes the password once more, before what matters."
    ) { page in
        let session = try page.user()
        let cookie = try await page.logIn().confirm(
            session, password: page.exact("password"), code: page.text("code"), from: page.call.address, now: page.now)
        guard let cookie else { return try page.again("confirm", "Password or code is wrong.", ["next": page.next]) }
        return page.redirect(to: page.next, cookie: cookie)
    }

    private static let logOut = Endpoint(
        page: .post, "/admin/logout", .everybody, "log_out", "Ends the session."
    ) { page in
        if case .user(let session) = page.call.caller {
            let now = page.now
            try await page.storage.write { db in
                _ = try Sessions.end(session.id, of: session.userID, in: db, now: now)
            }
        }
        return page.redirect(to: "/admin", cookie: SecretText.new())
    }
}
