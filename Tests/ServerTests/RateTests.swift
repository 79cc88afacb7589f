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

    @Test func `a burst of forty goes through and then the token has to slow down`() async throws {
        try await Self.limited { _, shop in
            let replies = try await Self.calls(300, shop, [:])
            let refused = replies.filter { $0.status == 429 }
            #expect(replies.allSatisfy { [200, 429].contains($0.status) })
            #expect(replies.count - refused.count >= 40)
            #expect(!refused.isEmpty)
            for reply in refused {
                #expect(reply.code == "rate_limit")
                #expect((Int(reply[header: "Retry-After"] ?? "") ?? 0) >= 1)
                #expect(reply[header: "Content-Type"] == "application/problem+json")
            }
        }
    }

    @Test func `the burst is the token's own to set, and no other token pays for it`() async throws {
        try await Self.limited { _, shop in
            let small = try await Self.token(shop, JSONObject([.init("burst", 2)]))
            let replies = try await Self.calls(20, shop, small)
            #expect(replies.filter { $0.status == 200 }.count >= 2)
            #expect(replies.contains { $0.status == 429 })
            #expect(try await shop.get("self").status == 200)
        }
    }

    @Test func `every answer says what the limits are and where the token stands`() async throws {
        try await Self.limited { _, shop in
            let reply = try await shop.get("self")
            #expect(reply[header: "RateLimit-Policy"] == "\"burst\";q=40;w=2, \"daily\";q=10000;w=86400")
            let left = reply[header: "RateLimit"] ?? ""
            #expect(left.hasPrefix("\"burst\";r=") && left.contains(";t="), "\(left)")
            let unlimited = try await Self.token(shop, JSONObject([.init("daily_limit", nil), .init("burst", 7)]))
            let policy = try await shop.get("self", headers: unlimited)[header: "RateLimit-Policy"]
            #expect(policy == "\"burst\";q=7;w=2")
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
            #expect(restarted.enter(grant, at: now) != .usedUp(retryAfter: 43_200))
            #expect(restarted.enter(grant, at: now) == .usedUp(retryAfter: 43_200))
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
        #expect(usage.serialized == #"[{"day":"2026-03-01","calls":60}]"#)
        let token = try await shop.get("token/\(id)").json
        #expect(token["usage_today"] == 60)
        #expect(token["last_used"] == "2026-03-01 13:00:00")
        await server.stop()
    }
}
