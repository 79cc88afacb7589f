import Basics
import Commerce
import Resources
import Support
import Testing

/// CONTRACT 4, "Limits": bursts and daily quotas, per token, on a server that enforces them.
@Suite struct RateTests {
    /// Runs a test on a server of its own that counts.
    private static func limited(_ body: (TestServer, TestShop) async throws -> Void) async throws {
        let server = try await TestServer(rateLimit: true)
        try await body(server, try await TestShop.open(on: server))
        await server.stop()
    }

    private static func token(_ shop: TestShop, _ more: JSONObject) async throws -> [String: String] {
        var body = more
        body.append("name", "limited")
        body.append("access_level", "read")
        let text = try await shop.post("token", .object(body)).json["token"].text
        return ["Authorization": "Bearer \(text)"]
    }

    private static func calls(_ count: Int, _ shop: TestShop, _ headers: [String: String]) async throws -> [Reply] {
        try await withThrowingTaskGroup(of: Reply.self) { group in
            for _ in 1...count { group.addTask { try await shop.get("self", headers: headers) } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
    }

    @Test func `a client that sends one request after the other is never refused`() async throws {
        try await Self.limited { server, shop in
            let start = server.clock.now
            // The page loop of the public clients: 100 rows a page, 51 pages, and other calls before it.
            for number in 0..<150 {
                let reply = try await shop.get("product?limit=100&offset=\(number * 100)")
                #expect(reply.status == 200, "call \(number)")
            }
            // 110 over the burst, 20 a second.
            let passed = server.clock.now.milliseconds - start.milliseconds
            #expect((5500...6000).contains(passed), "\(passed)")
        }
    }

    @Test(arguments: [1, 2, 3]) func `a small burst slows down and refuses nobody`(_ burst: Int64) async throws {
        try await Self.limited { _, shop in
            let small = try await Self.token(shop, JSONObject([.init("burst", .number(JSONNumber(burst)))]))
            for _ in 1...10 { #expect(try await shop.get("self", headers: small).status == 200) }
        }
    }

    @Test func `over the burst four wait for their turn and the others are refused`() async throws {
        let gate = Door()
        let server = try await TestServer(rateLimit: true) { $0.sleep = { _ in await gate.pass() } }
        let shop = try await TestShop.open(on: server)
        for _ in 1...40 { #expect(try await shop.get("self").status == 200) }
        let waiting = Task { try await Self.calls(4, shop, [:]) }
        await gate.wait(for: 4)
        let refused = try await shop.get("self")
        #expect((refused.status, refused.code) == (429, "rate_limit"))
        #expect(refused[header: "Retry-After"] == "1")
        #expect(refused[header: "RateLimit"]?.hasPrefix("\"burst\";r=0;t=1, \"daily\";r=9956;t=") == true)
        #expect(refused[header: "Content-Type"] == "application/problem+json")
        await gate.open()
        #expect(try await waiting.value.allSatisfy { $0.status == 200 })
        await server.stop()
    }

    @Test func `nobody waits for longer than two seconds`() async throws {
        let gate = Door()
        let server = try await TestServer(rateLimit: true) { $0.sleep = { _ in await gate.pass() } }
        let shop = try await TestShop.open(on: server)
        let small = try await Self.token(shop, JSONObject([.init("burst", 1)]))
        #expect(try await shop.get("self", headers: small).status == 200)
        // The first to wait has two seconds before it, the second would have four.
        let waiting = Task { try await shop.get("self", headers: small) }
        await gate.wait(for: 1)
        let refused = try await shop.get("self", headers: small)
        #expect(refused.status == 429)
        #expect(refused[header: "Retry-After"] == "4")
        await gate.open()
        #expect(try await waiting.value.status == 200)
        await server.stop()
    }

    @Test func `the burst is the token's own to set, and no other token pays for it`() async throws {
        try await Self.limited { _, shop in
            let small = try await Self.token(shop, JSONObject([.init("burst", 2)]))
            let replies = try await Self.calls(20, shop, small)
            #expect(replies.filter { $0.status == 200 }.count >= 2)
            #expect(replies.allSatisfy { [200, 429].contains($0.status) })
            let other = try await shop.get("self")
            #expect(other[header: "RateLimit"]?.hasPrefix("\"burst\";r=") == true)
            #expect(other.status == 200)
        }
    }

    @Test func `every answer says what the limits are and where the token stands`() async throws {
        try await Self.limited { _, shop in
            let reply = try await shop.get("self")
            #expect(reply[header: "RateLimit-Policy"] == "\"burst\";q=40;w=2, \"daily\";q=10000;w=86400")
            // The burst first, and then the day: it is noon.
            #expect(reply[header: "RateLimit"] == "\"burst\";r=39;t=1, \"daily\";r=9999;t=43200")
            let unlimited = try await Self.token(shop, JSONObject([.init("daily_limit", nil), .init("burst", 7)]))
            let free = try await shop.get("self", headers: unlimited)
            #expect(free[header: "RateLimit-Policy"] == "\"burst\";q=7;w=2")
            #expect(free[header: "RateLimit"] == "\"burst\";r=6;t=1")
        }
    }

    @Test func `a daily limit ends at midnight UTC`() async throws {
        try await Self.limited { server, shop in
            let headers = try await Self.token(shop, JSONObject([.init("daily_limit", 3)]))
            for _ in 1...3 { #expect(try await shop.get("self", headers: headers).status == 200) }
            for _ in 1...2 {
                let reply = try await shop.get("self", headers: headers)
                #expect(reply.status == 429)
                #expect(reply.code == "daily_limit")
                // It is noon.
                #expect(reply[header: "Retry-After"] == "43200")
                #expect(reply[header: "RateLimit"] == "\"burst\";r=37;t=1, \"daily\";r=0;t=43200")
            }
            server.clock.advance(seconds: 43_199)
            #expect(try await shop.get("self", headers: headers).status == 429)
            server.clock.advance(seconds: 1)
            #expect(try await shop.get("self", headers: headers).status == 200)
        }
    }

    @Test func `a daily limit of zero lets nothing through and null lets everything`() async throws {
        try await Self.limited { _, shop in
            let none = try await Self.token(shop, JSONObject([.init("daily_limit", 0)]))
            #expect(try await shop.get("self", headers: none).status == 429)
            let all = try await Self.token(shop, JSONObject([.init("daily_limit", nil), .init("burst", 1000)]))
            let replies = try await Self.calls(50, shop, all)
            #expect(replies.allSatisfy { $0.status == 200 })
            #expect(try await shop.get("self", headers: all).json["daily_limit"].isNull)
        }
    }

    @Test func `a server that starts anew counts on from what was written`() async throws {
        try await Self.limited { server, shop in
            let headers = try await Self.token(shop, JSONObject([.init("daily_limit", 3)]))
            for _ in 1...2 { #expect(try await shop.get("self", headers: headers).status == 200) }
            try await server.handler.limiter.flush(to: server.storage)
            server.handler.authenticator.forget()
            let text = headers["Authorization"]?.dropFirst("Bearer ".count) ?? ""
            let now = server.clock.now
            let grant = try #require(try await server.handler.authenticator.grant(for: String(text), at: now))
            let restarted = Limiter(isOn: true)
            #expect(restarted.enter(grant, at: now).verdict != .usedUp(retryAfter: 43_200))
            #expect(restarted.enter(grant, at: now).verdict == .usedUp(retryAfter: 43_200))
        }
    }

    @Test func `a call that is refused for its level does not block the next`() async throws {
        try await Self.limited { _, shop in
            for _ in 1...30 {
                let refused = try await shop.send("POST", "/REST/brand", ["name": "A"], as: .read)
                #expect(refused.status == 403)
            }
            let next = try await shop.send("GET", "/REST/brand", as: .read)
            #expect(next.status == 200)
        }
    }

    @Test func `where limits are off nobody is stopped, and calls are counted all the same`() async throws {
        let server = try await TestServer()
        let shop = try await TestShop.open(on: server)
        let headers = try await Self.token(shop, JSONObject([.init("daily_limit", 2), .init("burst", 1)]))
        let replies = try await Self.calls(60, shop, headers)
        #expect(replies.allSatisfy { $0.status == 200 })
        try await server.handler.limiter.flush(to: server.storage)
        #expect(try await shop.get("self", headers: headers).json["usage_today"] == 60)
        let id = try await shop.get("self", headers: headers).json["token_id"].integer
        let usage = try await shop.get("token/\(id)/usage").json["usage"]
        #expect(usage.serialized == #"[{"day":"2026-03-01","calls":60,"errors":0}]"#)
        let token = try await shop.get("token/\(id)").json
        #expect(token["usage_today"] == 60)
        #expect(token["last_used"] == "2026-03-01 13:00:00")
        await server.stop()
    }
}
