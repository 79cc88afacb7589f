package import Basics
package import Commerce
import Foundation
import Persistence
package import Resources
import Seeding

/// A shop of a test's own, with a token of each level, and the ways a test talks to it.
package struct TestShop: Sendable {
    package let server: TestServer
    package let id: Int64
    package let tokens: [AccessLevel: String]

    /// Opens a new shop on the shared server, or on one a test started.
    package static func open(
        on server: TestServer? = nil, _ change: @Sendable (inout Shop.Opening) -> Void = { _ in }
    ) async throws -> TestShop {
        let server = if let server { server } else { try await TestServer.shared }
        var opening = Shop.Opening(name: "Test shop")
        change(&opening)
        let wanted = opening
        let now = server.clock.now
        await Gate.shops.enter()
        defer { Task { await Gate.shops.leave() } }
        let (id, tokens) = try await server.storage.openShop(wanted, publicURL: TestServer.publicURL, at: now) { tx in
            var tokens: [AccessLevel: String] = [:]
            for level in Token.Level.allCases {
                let text = try Token.issue(level.rawValue, level: level, in: tx)
                tokens[AccessLevel(rawValue: level.rawValue) ?? .read] = text.text
            }
            return tokens
        }
        return TestShop(server: server, id: id, tokens: tokens)
    }

    package func token(_ level: AccessLevel) -> String { tokens[level] ?? "" }

    package var tenant: Tenant {
        get async throws {
            let id = id
            let tenant = try await server.storage.read { db in
                try Shop.tenant(id, in: db, publicURL: TestServer.publicURL)
            }
            guard let tenant else { throw AccessFault.noShop(id) }
            return tenant
        }
    }

    // MARK: Requests

    /// Sends a request with the token of a level and checks the answer against the OpenAPI document.
    @discardableResult
    package func send(
        _ method: String, _ path: String, _ body: JSON? = nil, as level: AccessLevel = .all,
        headers: [String: String] = [:]
    ) async throws -> Reply {
        var all = ["Authorization": "Bearer \(token(level))"]
        if body != nil { all["Content-Type"] = "application/json" }
        all.merge(headers) { _, new in new }
        let reply = try await HTTP.send(method, path, body: body?.bytes ?? [], headers: all, port: server.port)
        Contract.check(reply, method, path)
        return reply
    }

    @discardableResult
    package func get(_ path: String, headers: [String: String] = [:]) async throws -> Reply {
        try await send("GET", "/REST/" + path, headers: headers)
    }

    @discardableResult
    package func post(_ path: String, _ body: JSON, headers: [String: String] = [:]) async throws -> Reply {
        try await send("POST", "/REST/" + path, body, headers: headers)
    }

    @discardableResult
    package func put(_ path: String, _ body: JSON, headers: [String: String] = [:]) async throws -> Reply {
        try await send("PUT", "/REST/" + path, body, headers: headers)
    }

    @discardableResult
    package func delete(_ path: String, headers: [String: String] = [:]) async throws -> Reply {
        try await send("DELETE", "/REST/" + path, headers: headers)
    }

    // MARK: Things to sell

    /// Makes a product and answers its id.
    package func product(
        _ name: String = "Shirt", price: JSON = 100, stock: Int64 = 0, _ more: JSONObject = JSONObject()
    ) async throws -> Int64 {
        var body = more
        body.append("name", .string(name))
        body.append("price", price)
        let id = try await post("product", .object(body)).json["product_id"].integer
        if stock != 0 { try await put("stock/\(id)", ["count": .number(JSONNumber(stock))]) }
        return id
    }

    package func stock(_ product: Int64) async throws -> Int64 {
        try await get("stock/\(product)").json["stock"][0]["count"].integer
    }

    /// The sum of a product's ledger.
    package func ledger(_ product: Int64) async throws -> Int64 {
        try await get("stock-entry?product_id=\(product)&limit=1000").json["stock_entries"].elements
            .reduce(0) { $0 + $1["change"].integer }
    }
}
