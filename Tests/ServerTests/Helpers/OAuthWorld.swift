import Basics
import Commerce
import Crypto
import Persistence
import Resources
import Server
import Support

/// A shop, a user who looks after it, and a client that was registered.
struct OAuthWorld {
    let server: TestServer
    let shop: TestShop
    let user: Int64
    let client: OAuthClient.Registered

    static let callback = "https://app.example/back?from=butik"
    static let verifier = String(repeating: "verify-", count: 7)
    static let challenge = Base64URL.encode(Array(SHA256.hash(data: Array(verifier.utf8))))
    static let state = "ø b&c=%20+~ '\""

    static func open(
        on server: TestServer? = nil, level: Token.Level = .all, isPublic: Bool = false,
        redirectURIs: [String] = [callback], _ change: @Sendable (inout Shop.Opening) -> Void = { _ in }
    ) async throws -> OAuthWorld {
        let shop = try await TestShop.open(on: server, change)
        let (storage, now) = (shop.server.storage, shop.server.clock.now)
        let email = "u\(shop.id)-\(UInt32.random(in: 0 ... .max))@butik.test"
        let user = try await storage.write(changing: User.tables) { db in
            try User.add(email, name: "Bo", hash: "none", shops: [shop.id], by: .command(at: now), in: db)
        }
        let draft = ClientDraft(name: "Regnskab", redirectURIs: redirectURIs, maxLevel: level, isPublic: isPublic)
        let client = try await storage.write(changing: OAuthClient.tables) { db in
            try OAuthClient.register(draft, in: db, now: now)
        }
        return OAuthWorld(server: shop.server, shop: shop, user: user, client: client)
    }

    static func oauthServer(unregistered: Bool = true) -> OAuthServer {
        OAuthServer(publicURL: TestServer.publicURL, servesUnregistered: unregistered, isRateLimited: false)
    }

    // MARK: Asking

    /// What the seed's client asks for.
    var seedQuery: [String: String] {
        ["client_id": client.id, "redirect_uri": Self.callback, "state": Self.state]
    }

    /// What a client of OAuth 2.1 asks for.
    var codeQuery: [String: String] {
        seedQuery.merging([
            "response_type": "code", "code_challenge": Self.challenge, "code_challenge_method": "S256",
        ]) { $1 }
    }

    /// Asks as a browser would that came with a query.
    func ask(
        _ query: [String: String], twice: String? = nil, at page: OAuthPage = .login, unregistered: Bool = true
    ) async throws -> OAuthAsked {
        var items = query.map { Query.Item(name: $0.key, value: $0.value) }
        if let twice { items.append(Query.Item(name: twice, value: query[twice] ?? "")) }
        return try await OAuthRequest.read(
            Query(items), at: page, of: Self.oauthServer(unregistered: unregistered), in: server.storage)
    }

    func request(_ query: [String: String]) async throws -> OAuthRequest {
        switch try await ask(query) {
        case .good(let request): return request
        case .refused(let reason), .redirect(let reason): throw NotGood(description: reason)
        }
    }

    struct NotGood: Error, CustomStringConvertible {
        let description: String
    }

    /// Lets a client in, and answers where the browser goes.
    func approve(
        _ request: OAuthRequest, at level: Token.Level = .write, atMost right: Token.Level = .all
    ) async throws -> Location {
        let (user, now) = (user, server.clock.now)
        let location = try await server.storage.transact(in: try await shop.tenant, at: now, as: "consent") { tx in
            try request.approve(by: user, at: level, atMost: right, in: tx)
        }
        return Location(location)
    }

    /// A code for the client of this world.
    func code(at level: Token.Level = .write) async throws -> String {
        try await approve(request(codeQuery), at: level)["code"]
    }

    // MARK: Exchanging

    /// Sends a form of the client's, with its secret.
    func send(
        _ path: String, _ form: [String: String], as other: OAuthClient.Registered? = nil,
        headers: [String: String] = [:]
    ) async throws -> Reply {
        let client = other ?? client
        var form = ["client_id": client.id].merging(form) { $1 }
        if let secret = client.secret { form["client_secret"] = form["client_secret"] ?? secret.text }
        return try await post(path, form, headers: headers)
    }

    func post(_ path: String, _ form: [String: String], headers: [String: String] = [:]) async throws -> Reply {
        let body = form.map { "\($0.key)=\($0.value.escaped)" }.joined(separator: "&")
        let all = ["Content-Type": "application/x-www-form-urlencoded"].merging(headers) { $1 }
        return try await shop.anonymous("POST", path, Array(body.utf8), headers: all)
    }

    func redeem(
        _ code: String, _ more: [String: String] = [:], as other: OAuthClient.Registered? = nil,
        headers: [String: String] = [:]
    ) async throws -> Reply {
        let form = [
            "grant_type": "authorization_code", "code": code, "redirect_uri": Self.callback,
            "code_verifier": Self.verifier,
        ]
        return try await send("/oauth/token", form.merging(more) { $1 }, as: other, headers: headers)
    }

    func refresh(_ token: String, as other: OAuthClient.Registered? = nil) async throws -> Reply {
        try await send("/oauth/token", ["grant_type": "refresh_token", "refresh_token": token], as: other)
    }

    /// The answer to a call with a token.
    func status(_ token: String) async throws -> Int {
        try await shop.anonymous("GET", "/REST/self", headers: ["Authorization": "Bearer \(token)"]).status
    }
}

extension OAuthWorld {
    /// Looks after idle tokens, as each process does.
    func look() async throws {
        for case .everywhere(_, _, _, let work) in OAuth.area.jobs.map(\.trigger) {
            try await work(server.jobContext())
        }
    }

    /// Does what OAuth's jobs have to do now.
    func work() async throws {
        try await look()
        let runner = server.runner(OAuth.area.jobs)
        try await runner.open()
        try await runner.runDue()
    }
}

/// Where a browser is sent: the address, and the parameters behind it.
struct Location {
    let text: String
    private let items: [Query.Item]

    init(_ text: String) {
        self.text = text
        let query = text.split(separator: "?", maxSplits: 1).last ?? ""
        items = Query(encoded: query)?.items ?? []
    }

    subscript(name: String) -> String { items.first { $0.name == name }?.value ?? "" }

    var names: [String] { items.map(\.name) }

    var query: Query { Query(items) }
}

extension OAuthAsked {
    /// Where the client is told, if it is.
    var location: Location? {
        if case .redirect(let text) = self { Location(text) } else { nil }
    }

    var isRefused: Bool {
        if case .refused = self { true } else { false }
    }
}
