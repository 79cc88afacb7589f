import Basics
import Commerce
import Persistence
import Resources
import Support
import Testing

/// A shop that makes an app, and one that may install it.
struct AppWorld {
    let maker: TestShop
    let other: TestShop
    let id: Int64
    let token: String

    /// - Parameter body: what is said of the app beside its name and level.
    static func open(_ body: [(String, JSON)] = []) async throws -> AppWorld {
        let maker = try await TestShop.open()
        let all: [(String, JSON)] = [("name", "Ledger"), ("access_level", "write")] + body
        let made = try await maker.post("app", .object(JSONObject(all.map { .init($0.0, $0.1) })))
        try #require(made.status == 200, "\(made.text)")
        return AppWorld(
            maker: maker, other: try await TestShop.open(), id: made.json["app_id"].integer,
            token: made.json["token"].text)
    }

    var path: String { "app/\(id)" }

    func approve() async throws {
        let submitted = try await maker.post(path + "/submit", [:])
        try #require(submitted.status == 200, "\(submitted.text)")
        try await review { try await AppReview.approve(id, in: $0, publicURL: TestServer.publicURL, at: $1) }
    }

    func reject(_ reason: String = "") async throws {
        try await review {
            try await AppReview.reject(id, because: reason, in: $0, publicURL: TestServer.publicURL, at: $1)
        }
    }

    private func review(_ work: (any Storage, Instant) async throws -> Void) async throws {
        try await work(maker.server.storage, maker.server.clock.now)
    }

    @discardableResult
    func install(in shop: TestShop, _ fields: JSON = [:]) async throws -> Reply {
        try await shop.post("app-install", ["app_id": .number(id), "fields": fields])
    }

    /// What the app is told of the shops that have it.
    func status() async throws -> [JSON] {
        let reply = try await maker.anonymous("GET", "/REST/app-status", headers: ["Authorization": "App \(token)"])
        try #require(reply.status == 200, "\(reply.text)")
        return reply.json.elements
    }
}
