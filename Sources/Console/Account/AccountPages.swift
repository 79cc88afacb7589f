import Basics
import Commerce
import Resources

/// What somebody sees and changes of their own account.
enum AccountPages {
    static let all = [page, password, end, endOthers]

    private static let page = Endpoint(
        page: .get, "/admin/account", .user, "account", "The account, and where it is logged in."
    ) { page in try await account(page) }

    private static func account(_ page: PageCall, wrong: String? = nil) async throws -> Answer {
        let (session, now) = (try page.user(), page.now)
        let (sessions, codesLeft, hasFactor) = try await page.storage.read { db in
            (
                try Sessions.live(of: session.userID, in: db, at: now),
                try SecondFactor.codesLeft(of: session.userID, in: db),
                try User.with(id: session.userID, in: db)?.hasSecondFactor ?? false
            )
        }
        var values: [String: Any] = [
            "email": session.email, "hasSecondFactor": hasFactor, "codesLeft": String(codesLeft),
            "sessions": sessions.map { one -> [String: Any] in
                [
                    "id": String(one.id), "isThis": one.id == session.id, "created": Timestamp.page(one.created),
                    "lastUsed": Timestamp.page(one.lastUsed), "address": one.address, "device": one.userAgent,
                ]
            },
        ]
        if let wrong { values["wrong"] = wrong }
        return try page.page("account", values, status: wrong == nil ? 200 : 422)
    }

    private static let password = Endpoint(
        page: .post, "/admin/account/password", .user, "change_password", "Changes the password; other sessions end."
    ) { page in
        let (session, new) = (try page.user(), page.exact("new"))
        if let fault = Password.fault(new, of: session.email) {
            return try await account(page, wrong: fault.sentence)
        }
        let isChanged = try await page.logIn().change(
            session, from: page.exact("old"), to: new, at: page.call.address,
            requestID: page.call.requestID, now: page.now)
        guard isChanged else { return try await account(page, wrong: "The old password is wrong.") }
        return try page.message(
            "Your password is changed", "All other sessions have ended.", next: "/admin/account")
    }

    private static let end = Endpoint(
        page: .post, "/admin/account/sessions/{session_id}/end", .user, "end_session", "Ends one of the own sessions."
    ) { page in
        let (user, id, now) = (try page.user(), try page.call.id(of: "session"), page.now)
        try await page.storage.write { db in _ = try Sessions.end(id, of: user.userID, in: db, now: now) }
        return page.redirect(to: "/admin/account")
    }

    private static let endOthers = Endpoint(
        page: .post, "/admin/account/sessions/end", .user, "end_sessions", "Ends all other own sessions."
    ) { page in
        let (user, now) = (try page.user(), page.now)
        try await page.storage.write { db in
            try Sessions.endAll(of: user.userID, except: user.id, in: db, now: now)
        }
        return page.redirect(to: "/admin/account")
    }
}

extension Timestamp {
    /// `2026-03-01 13:05` in UTC, which pages say beside it.
    static func page(_ instant: Instant) -> String {
        String(utc(instant).prefix(16)).replacing("T", with: " ")
    }
}
