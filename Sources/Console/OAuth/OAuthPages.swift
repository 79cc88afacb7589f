import Basics
import Commerce
import Resources

/// Where a program asks a user to be let into a shop (CONTRACT 7 and 8): log in, choose shop and level, go back with the answer.
enum OAuthPages {
    static let all = [authorize] + Self.forms(at: .login) + Self.forms(at: .authorize)

    /// RFC 6749 3.1: the address that programs know. The page is among the console's, whose cookie goes there.
    private static let authorize = Endpoint(
        .get, "/oauth/authorize", .client, "oauth_authorize", "Asks a user to let a program in.",
        Documentation(tag: "console"),
        .plain { call in
            Answer(
                status: 303, contentType: "text/plain; charset=utf-8", body: [],
                headers: [("Location", address(.authorize, call.query))], isTagged: false)
        })

    private static func path(_ page: OAuthPage) -> String {
        switch page {
        case .login: "/admin/oauth/login"
        case .authorize: "/admin/oauth/authorize"
        }
    }

    /// The page with the parameters it was asked with; its form goes there too, and they are read again then.
    private static func address(_ page: OAuthPage, _ query: Query) -> String {
        let pairs = query.items.map { item in
            PercentEncoding.text(item.name.utf8) + "=" + PercentEncoding.text(item.value.utf8)
        }
        return path(page) + "?" + pairs.joined(separator: "&")
    }

    private static func forms(at place: OAuthPage) -> [Endpoint] {
        [
            Endpoint(
                page: .get, path(place), .everybody, "consent_page_\(place)", "Asks a user to let a program in."
            ) { page in
                try await with(page, at: place) { request in try await consent(request, at: place, page) }
            },
            Endpoint(page: .post, path(place), .everybody, "consent_\(place)", "Lets a program in, or refuses it.") {
                page in
                try await with(page, at: place) { request in try await decide(request, at: place, page) }
            },
        ]
    }

    /// Finds out who asks, before anybody has to log in for it.
    private static func with(
        _ page: PageCall, at place: OAuthPage, _ work: (OAuthRequest) async throws -> Answer
    ) async throws -> Answer {
        let server: OAuthServer = try page.call.services.get()
        switch try await OAuthRequest.read(page.call.query, at: place, of: server, in: page.storage) {
        case .refused(let reason):
            return try page.page("problem", ["title": "This link does not work", "detail": reason], status: 400)
        case .redirect(let location): return page.redirect(to: location)
        case .good(let request):
            if let missing = Visit.missing(.user, page.call.caller, at: page.now) { throw missing.problem }
            return try await work(request)
        }
    }

    // MARK: The question

    private static func consent(
        _ request: OAuthRequest, at place: OAuthPage, _ page: PageCall, wrong: String? = nil
    ) async throws -> Answer {
        let (user, now) = (try page.user(), page.now)
        let shops = try await page.storage.read { try Membership.of(user, in: $0) }
        let once = try await page.storage.write { try OnceForm.make(for: user, in: $0, now: now) }
        let chosen = page.text("shop")
        var values: [String: Any] = [
            "action": address(place, page.call.query), "once": once, "name": request.name,
            "isRegistered": request.isRegistered,
            "asksPassword": request.isRegistered && request.levels.contains(.all) && !user.isConfirmed(at: now),
            "host": request.redirectURI.host, "hasNone": shops.isEmpty,
            "shops": shops.map {
                [
                    "id": String($0.shop), "name": $0.shopName, "role": $0.role.words,
                    "isChosen": String($0.shop) == chosen,
                ] as [String: Any]
            },
            "levels": request.levels.map { level in
                ["level": level.rawValue, "words": words(level), "isChosen": level == request.levels.first]
                    as [String: Any]
            },
        ]
        if let wrong { values["wrong"] = wrong }
        var answer = try page.page("consent", values, status: wrong == nil ? 200 : 422)
        // A browser counts where the answer redirects to as where the form goes.
        answer.headers.append(("Content-Security-Policy", Visit.policy(formsTo: origin(request.redirectURI))))
        return answer
    }

    /// CSP has no words for an IPv6 address.
    private static func origin(_ uri: RedirectURI) -> String { uri.host.contains(":") ? "http:" : uri.origin }

    private static func words(_ level: Token.Level) -> String {
        switch level {
        case .read: "read: it sees everything in the shop and changes nothing"
        case .write: "write: it sees and changes products, orders and customers"
        case .all: "all: also tokens, apps and theme files"
        }
    }

    // MARK: The answer

    private static func decide(_ request: OAuthRequest, at place: OAuthPage, _ page: PageCall) async throws -> Answer {
        guard page.text("decision") == "allow" else { return page.redirect(to: request.refuse()) }
        let user = try page.user()
        guard let shop = WholeNumber(strict: page.text("shop"))?.int64,
            let member = try await page.storage.read({ try Membership.of(user, in: shop, $0) })
        else { throw Problem(.forbidden, "shop", "This is none of the shops you look after.") }
        guard let level = Token.Level(rawValue: page.text("level")), request.levels.contains(level) else {
            throw Problem(.forbidden, "level", "This level cannot be given to \(request.name).")
        }
        guard level <= member.role.level else {
            return try await consent(
                request, at: place, page,
                wrong:
                    "As \(member.role.words) of \(member.shopName) you can give \(member.role.level.rawValue) at most.")
        }
        // Nobody vouches for a program that is not registered, and all is a lot: both take more than a click.
        if !request.isRegistered || level == .all && !user.isConfirmed(at: page.now) {
            let isRight = try await page.logIn().isPassword(
                page.exact("password"), of: user, from: page.call.address, now: page.now)
            guard isRight else { return try await consent(request, at: place, page, wrong: "The password is wrong.") }
        }
        let (once, most) = (page.exact("once"), member.role.level)
        return page.redirect(
            to: try await page.transact(in: shop) { tx in
                try OnceForm.use(once, of: user, in: tx.db)
                return try request.approve(by: user.userID, at: level, atMost: most, in: tx)
            })
    }
}
