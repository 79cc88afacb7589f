import Basics
import Resources
import Support
import Testing

/// CONTRACT 8, "Feed": a page waits for what is not there yet, and costs nobody anything meanwhile.
@Suite(.timeLimit(.minutes(3))) struct FeedWaitTests {
    private static func cursor(_ shop: TestShop) async throws -> String {
        try await shop.get("event?limit=1000").json["paging"]["next"].text
    }

    @Test func `a page that has something is answered at once`() async throws {
        let shop = try await TestShop.open()
        try await shop.post("brand", ["name": "A"])
        let plain = try await shop.get("event?resource=brand")
        let waited = try await shop.get("event?resource=brand&wait=60")
        #expect(waited.json == plain.json && waited[header: "ETag"] == plain[header: "ETag"])
    }

    @Test func `who waits hears of a change as soon as it is stored, as the page would show it`() async throws {
        let server = try await TestServer()
        let shop = try await TestShop.open(on: server)
        let after = try await Self.cursor(shop)
        async let reply = shop.get("event?resource=brand&after=\(after)&wait=60")
        try await server.listeners(1)
        try await shop.post("customer", ["name": "Ann"])
        #expect(try await server.listeners == 1)
        let start = ContinuousClock.now
        try await shop.post("brand", ["name": "A"])
        let heard = try await reply
        #expect(ContinuousClock.now - start < .seconds(1))
        let page = try await shop.get("event?resource=brand&after=\(after)")
        #expect(heard.json == page.json && heard.json["events"].elements.count == 1)
        #expect(heard[header: "ETag"] == page[header: "ETag"])
        try await server.listeners(0)
        await server.stop()
    }

    @Test func `an empty page with the same cursor ends the wait`() async throws {
        let server = try await TestServer()
        let shop = try await TestShop.open(on: server)
        let after = try await Self.cursor(shop)
        async let reply = shop.get("event?after=\(after)&wait=30")
        try await server.listeners(1)
        server.clock.advance(seconds: 29)
        #expect(try await server.listeners == 1)
        server.clock.advance(seconds: 1)
        let page = try await reply.json
        #expect(page["events"] == [] && page["paging"]["next"].text == after)
        await server.stop()
    }

    @Test func `a wait is a whole number of seconds up to a minute`() async throws {
        let shop = try await TestShop.open()
        for wait in ["x", "-1", "1.5", "61", "99999999999999999999"] {
            let reply = try await shop.get("event?wait=\(wait)")
            #expect((reply.status, reply.pointers) == (422, ["?wait"]), "\(wait)")
            #expect(reply.json["errors"][0]["message"].text == "must be a whole number from 0 to 60")
        }
        #expect(try await shop.get("event?wait=0&after=now").json["events"] == [])
    }

    @Test func `sixty-four of a token wait, beside all its other calls, and one more is told to come again`()
        async throws
    {
        let server = try await TestServer()
        let shop = try await TestShop.open(on: server)
        let after = try await Self.cursor(shop)
        let waiting = Task { try await together(64) { _ in try await shop.get("event?after=\(after)&wait=60") } }
        try await server.listeners(64)
        let refused = try await shop.get("event?after=\(after)&wait=60")
        #expect(refused.status == 429 && refused.code == "listeners" && refused[header: "Retry-After"] == "1")
        #expect(refused.json["detail"].text.contains("64 times"))
        let metrics = try await HTTP.send("GET", "/metrics", port: server.port).text
        #expect(metrics.contains("butik_requests_in_flight 1\n"))
        #expect(try await shop.send("GET", "/REST/event?after=\(after)&wait=0", as: .all).status == 200)
        _ = try await together(20) { number in try await shop.get("product?limit=\(number + 1)") }
        let before = server.storage.statements
        try await shop.post("brand", ["name": "A"])
        let replies = try await waiting.value
        #expect(replies.allSatisfy { $0.status == 200 && $0.json["events"].elements.count == 1 })
        // Read once for all of them.
        #expect(server.storage.statements - before < 30)
        await server.stop()
    }

    @Test func `who hangs up waits no longer, and who has said all is answered`() async throws {
        let server = try await TestServer()
        let shop = try await TestShop.open(on: server)
        let after = try await Self.cursor(shop)
        let gone = Task { try await shop.get("event?after=\(after)&wait=60") }
        try await server.listeners(1)
        gone.cancel()
        _ = try? await gone.value
        try await server.listeners(0)
        await server.stop()
    }

    @Test func `a server that breaks off keeps nobody waiting`() async throws {
        let server = try await TestServer()
        let shop = try await TestShop.open(on: server)
        let after = try await Self.cursor(shop)
        let headers = ["Authorization": "Bearer \(shop.token(.read))"]
        let waiting = Task {
            try await HTTP.send("GET", "/REST/event?after=\(after)&wait=60", headers: headers, port: server.port)
        }
        try await server.listeners(1)
        let start = ContinuousClock.now
        await server.stop()
        #expect(ContinuousClock.now - start < .seconds(10))
        _ = try? await waiting.value
    }
}
