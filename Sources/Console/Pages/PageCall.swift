import Basics
import Commerce
import Persistence
import Resources

/// One request for a page, or a form of one.
struct PageCall: Sendable {
    let call: Call
    let storage: any Storage
    let pages: Pages

    init(_ call: Call, _ storage: any Storage) throws {
        (self.call, self.storage) = (call, storage)
        pages = try call.services.get()
    }

    var now: Instant { call.clock() }
    var place: BrowserPlace { BrowserPlace(address: call.address, userAgent: call.userAgent) }

    /// Who has logged in; nil where nobody has, or the second factor is still due.
    var session: Session? {
        guard case .user(let session) = call.caller, session.isWhole else { return nil }
        return session
    }

    /// Who has logged in, in the words of the audit.
    func doer() throws -> Doer { Doer(try user().actor, requestID: call.requestID, now: now) }

    /// - Throws: what makes the door ask for it, where nobody has logged in.
    func user() throws -> Session {
        guard let session else { throw Visit.Missing.login.problem }
        return session
    }

    func logIn() throws -> LogIn { try LogIn(storage, call.services) }

    /// A field of the form, or of the query, trimmed; empty where there is none.
    func text(_ name: String) -> String { exact(name).trimmed }

    /// The same as it was sent, such as a password.
    func exact(_ name: String) -> String {
        guard case .object(let object) = call.body, case .string(let text)? = object[name] else {
            return call.query[name] ?? ""
        }
        return text
    }

    // MARK: Answers

    /// Under which word of the navigation a page stands.
    private static let sections = [
        "shops": "shops", "shop": "shop", "tokens": "tokens", "token": "tokens", "token_new": "tokens",
        "token_made": "tokens", "users": "users", "grants": "grants", "mails": "mails", "mail": "mails",
        "audit": "audit", "webhooks": "webhooks", "webhook_new": "webhooks", "webhook_made": "webhooks",
        "webhook": "webhooks", "webhook_delivery": "webhooks",
        "clients": "clients", "client_made": "clients", "platform_mails": "platform_mails", "health": "health",
        "account": "account", "second_factor": "account", "recovery_codes": "account",
    ]

    func page(_ name: String, _ values: [String: Any] = [:], status: Int = 200) throws -> Answer {
        var all = values
        all["csrf"] = Visit.formToken(of: call.cookie)
        if let section = Self.sections[name] { all["at_" + section] = true }
        if let session { all["user"] = ["email": session.email, "isPlatform": session.isPlatform] as [String: Any] }
        return .page(try pages.html(name, all), status: status)
    }

    /// The same page again, with what was wrong; nothing was done.
    func again(_ name: String, _ wrong: String, _ values: [String: Any] = [:]) throws -> Answer {
        try page(name, values.merging(["wrong": wrong]) { $1 }, status: 422)
    }

    /// A page that says one thing.
    func message(_ title: String, _ text: String, next: String = "/admin") throws -> Answer {
        try page("message", ["title": title, "text": text, "next": next])
    }

    /// Does work in one transaction of a shop, in the name of who has logged in.
    func transact<T: Sendable>(
        in shop: Int64, _ work: @escaping @Sendable (Transaction) throws -> T
    ) async throws -> T {
        let (user, clock, url) = (try user(), call.clock, pages.publicURL)
        let tenant = try await storage.read { db in try Shop.tenant(shop, in: db, publicURL: url) }
        guard let tenant else { throw Problem.notFound("shop") }
        return try await storage.transact(in: tenant, at: clock(), as: call.requestID, by: user.actor, work)
    }

    /// 303: whatever was sent is not sent again (threat 46 of the security bar).
    /// - Parameter cookie: what the browser has from now on.
    func redirect(to path: String, cookie: String? = nil) -> Answer {
        var headers = [("Location", path)]
        if let cookie { headers.append(("Set-Cookie", Visit.setCookie(cookie, pages.publicURL))) }
        return Answer(
            status: 303, contentType: "text/plain; charset=utf-8", body: [], headers: headers, isTagged: false)
    }

    /// Where a form says to go on to: a page of the console, and nowhere else.
    var next: String {
        let next = exact("next")
        let isHere = next == "/admin" || next.hasPrefix("/admin/") || next.hasPrefix("/admin?")
        let isPlain = next.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\\") }
        return isHere && isPlain ? next : "/admin"
    }
}

extension Endpoint {
    /// A page, or what one of its forms does.
    init(
        page method: Method, _ path: String, _ need: PageNeed, _ name: String, _ summary: String,
        _ work: @escaping @Sendable (PageCall) async throws -> Answer
    ) {
        self.init(
            method, path, .page(need), name, summary, Documentation(tag: "console"),
            .command { call, storage in try await work(try PageCall(call, storage)) })
    }
}
