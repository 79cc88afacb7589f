import Basics
import Commerce
import Persistence
import Resources
import Support
import Testing

/// CONTRACT 8, "Access", "Token": what a token was used for can be looked up, call by call and in sum.
@Suite struct TokenUsageTests {
    /// A server of its own, a shop on it, and a token of level `write` whose calls are counted.
    private static func with(
        _ body: (TestServer, TestShop, _ token: Int64, _ header: [String: String]) async throws -> Void
    ) async throws {
        let server = try await TestServer()
        let shop = try await TestShop.open(on: server)
        let made = try await shop.post("token", ["name": "till", "access_level": "write"]).json
        try await body(
            server, shop, made["token_id"].integer,
            ["Authorization": "Bearer \(made["token"].text)", "User-Agent": "till/1.0"])
        await server.stop()
    }

    private static func flush(_ server: TestServer) async throws {
        try await server.handler.callLog.flush(to: server.storage)
        try await server.handler.limiter.flush(to: server.storage)
    }

    private static func calls(_ shop: TestShop, _ token: Int64, _ query: String = "") async throws -> [JSON] {
        try await shop.get("token/\(token)/calls?limit=1000\(query)").json["calls"].elements
    }

    @Test func `every call is there with what was asked, from where, and how it ended`() async throws {
        try await Self.with { server, shop, token, header in
            #expect(try await Self.calls(shop, token).isEmpty)
            let named = header.merging(["X-Request-Id": "till-4711"]) { _, new in new }
            try await shop.get("product?limit=3&name=secret", headers: named)
            try await shop.send("GET", "/REST/product/999999", headers: header)
            _ = try await shop.anonymous("POST", "/REST/nothing/here", headers: header)
            try await Self.flush(server)
            let calls = try await Self.calls(shop, token)
            #expect(calls.map { $0["path"].text } == ["/REST/product/999999", "/REST/product"])
            #expect(calls.map { $0["route"].text } == ["/REST/product/{product_id}", "/REST/product"])
            #expect(calls.map { $0["status"].integer } == [404, 200])
            let first = calls[1]
            #expect(first["method"] == "GET" && first["ip"] == "127.0.0.1" && first["user_agent"] == "till/1.0")
            #expect(first["request_id"] == "till-4711" && first["created"] == "2026-03-01 13:00:00")
            #expect(!first.serialized.contains("secret"))
        }
    }

    @Test func `calls are found by time, answer and address, and walked to the end`() async throws {
        try await Self.with { server, shop, token, header in
            for number in 0..<25 {
                try await shop.send("GET", number % 5 == 0 ? "/REST/brand/99999" : "/REST/self", headers: header)
                if number % 3 == 0 { server.clock.advance(seconds: 60) }
                if number % 7 == 0 { try await Self.flush(server) }
            }
            try await Self.flush(server)
            let all = try await Self.calls(shop, token)
            #expect(all.count == 25)
            #expect(try await Self.calls(shop, token, "&status=404").count == 5)
            #expect(try await Self.calls(shop, token, "&status=200&route=/REST/self").count == 20)
            #expect(try await Self.calls(shop, token, "&from=2026-03-01T13:05:00&to=2026-03-01T13:07:00").count == 6)
            #expect(try await Self.calls(shop, token, "&to=2026-02-28").isEmpty)
            var (walked, after): ([JSON], String) = ([], "")
            repeat {
                let page = try await shop.get("token/\(token)/calls?limit=4&after=\(after)").json
                walked += page["calls"].elements
                after = page["paging"]["next"].text
            } while !after.isEmpty
            #expect(walked == all)
            for query in ["status=9", "from=soon", "after=x", "limit=-1", "status=many"] {
                #expect(try await shop.get("token/\(token)/calls?\(query)").status == 422, "\(query)")
            }
        }
    }

    @Test func `usage has calls and errors a day, and calls an address`() async throws {
        try await Self.with { server, shop, token, header in
            for path in ["self", "self", "brand/99999", "self"] {
                try await shop.send("GET", "/REST/\(path)", headers: header)
            }
            try await Self.flush(server)
            server.clock.advance(seconds: 86_400)
            try await shop.send("GET", "/REST/self", headers: header)
            try await Self.flush(server)
            let usage = try await shop.get("token/\(token)/usage").json
            #expect(
                usage["usage"] == [
                    ["day": "2026-03-02", "calls": 1, "errors": 0], ["day": "2026-03-01", "calls": 4, "errors": 1],
                ])
            #expect(
                usage["routes"] == [
                    ["method": "GET", "route": "/REST/self", "calls": 4],
                    ["method": "GET", "route": "/REST/brand/{brand_id}", "calls": 1],
                ])
            let first = try await shop.get("token/\(token)/usage?to=2026-03-01").json
            #expect(first["usage"].elements.count == 1 && first["routes"][0]["calls"] == 3)
            #expect(try await shop.get("token/\(token)/usage?from=2026-03-03").json["usage"] == [])
            #expect(try await shop.get("token/\(token)/usage?from=2026-02-30").pointers == ["?from"])
        }
    }

    @Test func `of calls over the limit one a second is kept, and none is counted`() async throws {
        let server = try await TestServer(rateLimit: true)
        let shop = try await TestShop.open(on: server)
        let made = try await shop.post("token", ["name": "x", "access_level": "read", "daily_limit": 2]).json
        let header = ["Authorization": "Bearer \(made["token"].text)"]
        for status in [200, 200, 429, 429, 429] {
            #expect(try await shop.send("GET", "/REST/self", headers: header).status == status)
        }
        server.clock.advance(seconds: 1)
        #expect(try await shop.send("GET", "/REST/self", headers: header).status == 429)
        try await Self.flush(server)
        let token = made["token_id"].integer
        #expect(try await Self.calls(shop, token).map { $0["status"].integer } == [429, 429, 200, 200])
        #expect(
            try await shop.get("token/\(token)/usage").json["usage"] == [
                ["day": "2026-03-01", "calls": 2, "errors": 0]
            ])
        await server.stop()
    }

    @Test func `the calls of a revoked token can still be looked up, for 90 days`() async throws {
        try await Self.with { server, shop, token, header in
            try await shop.send("GET", "/REST/self", headers: header)
            try await Self.flush(server)
            try await shop.delete("token/\(token)")
            #expect(try await Self.calls(shop, token).count == 1)
            for (days, count) in [(90, 1), (1, 0)] as [(Int64, Int)] {
                server.clock.advance(seconds: days * 86_400 - (count == 1 ? 1 : 0))
                try await CallLog.expire(
                    in: server.storage, before: server.clock.now.adding(seconds: -90 * 86_400))
                #expect(try await Self.calls(shop, token).count == count)
            }
            #expect(try await shop.get("token/\(token)/usage?from=2026-01-01").json["usage"] == [])
        }
    }

    @Test func `what could not be written is written later`() async throws {
        try await Self.with { server, shop, token, header in
            try await shop.send("GET", "/REST/self", headers: header)
            try await server.storage.write { try $0.script("ALTER TABLE token_calls RENAME TO elsewhere;") }
            await #expect(throws: (any Error).self) { try await Self.flush(server) }
            try await server.storage.write { try $0.script("ALTER TABLE elsewhere RENAME TO token_calls;") }
            try await shop.send("GET", "/REST/self", headers: header)
            try await Self.flush(server)
            #expect(try await Self.calls(shop, token).count == 2)
        }
    }
}
