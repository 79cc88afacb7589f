import Commerce
import Resources
import Secrets

/// Turning the second factor on and off. The password is asked for first.
enum SecondFactorPages {
    static let all = [page, turnOn, turnOff]

    private static let page = Endpoint(
        page: .get, "/admin/account/second-factor", .confirmed, "second_factor_page", "A secret for an app."
    ) { page in try form(TOTP(), page) }

    /// - Parameter wrong: why it is shown again.
    private static func form(_ totp: TOTP, _ page: PageCall, wrong: String? = nil) throws -> Answer {
        let address = totp.address(of: try page.user().email)
        let values: [String: Any] = ["secret": totp.base32, "address": address]
        return try wrong.map { try page.again("second_factor", $0, values) } ?? page.page("second_factor", values)
    }

    private static let turnOn = Endpoint(
        page: .post, "/admin/account/second-factor", .confirmed, "turn_on_second_factor",
        "Turns the second factor on, and shows the recovery codes."
    ) { page in
        let (user, doer, now) = (try page.user(), try page.doer(), page.now)
        guard let totp = TOTP(base32: page.text("secret")) else { return try form(TOTP(), page) }
        let code = page.text("code").filter { !$0.isWhitespace }
        guard let step = totp.step(of: code, at: now, after: 0) else {
            return try form(totp, page, wrong: "This code does not belong to the secret, or is too old.")
        }
        let keys: Keyring = try page.call.services.get()
        let codes = try await page.storage.write(changing: User.tables) { db in
            let codes = try SecondFactor.turnOn(totp, step: step, of: user.userID, by: doer, keys, in: db)
            try Sessions.endAll(of: user.userID, except: user.id, in: db, now: now)
            return codes
        }
        return try page.page("recovery_codes", ["codes": codes])
    }

    private static let turnOff = Endpoint(
        page: .post, "/admin/account/second-factor/off", .confirmed, "turn_off_second_factor",
        "Turns the second factor off."
    ) { page in
        let (user, doer) = (try page.user(), try page.doer())
        try await page.storage.write(changing: User.tables) { db in
            try SecondFactor.turnOff(of: user.userID, by: doer, in: db)
        }
        return page.redirect(to: "/admin/account")
    }
}
