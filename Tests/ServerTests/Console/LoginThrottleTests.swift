import Commerce
import Resources
import Support
import Testing

/// Guessing passwords.
@Suite struct LoginThrottleTests {
    @Test func `after five wrong tries an account waits, longer each time, and the right password works then`()
        async throws
    {
        let server = try await TestServer()
        let user = try await TestUser.make(on: server)
        let browser = Browser(server)
        var waits: [String] = []
        for round in 0..<12 {
            let reply = try await browser.logIn(user.email, "wrong password \(round)")
            if round < 5 { #expect(reply.status == 422) }
            guard reply.status == 429 else { continue }
            waits.append(reply[header: "Retry-After"] ?? "")
            #expect(reply.words.contains("too many tries"))
            #expect(try await browser.logIn(user.email, TestUser.password).status == 429)
            server.clock.advance(milliseconds: (Int64(waits.last ?? "") ?? 0) * 1000)
        }
        #expect(
            waits == ["30", "60", "120", "240", "480", "900", "900"].prefix(waits.count).map { $0 } && waits.count > 2)
        #expect(try await browser.logIn(user.email, TestUser.password).words.contains("Shops"))
        #expect(try await Browser(server).logIn(user.email, "wrong again").status == 422)
        await server.stop()
    }

    @Test func `an account that does not exist waits as long`() async throws {
        let server = try await TestServer()
        for round in 0..<7 {
            let reply = try await Browser(server).logIn("nobody@shop.test", "wrong password")
            #expect(reply.status == (round < 5 ? 422 : 429))
        }
        await server.stop()
    }

    @Test func `of many wrong tries at once none is free`() async throws {
        let server = try await TestServer()
        let user = try await TestUser.make(on: server)
        let statuses = try await together(15) { _ in
            try await Browser(server).logIn(user.email, "wrong password").status
        }
        #expect(statuses.filter { $0 == 422 }.count == 5)
        #expect(statuses.filter { $0 == 429 }.count == 10)
        await server.stop()
    }

    @Test func `whoever has an address of IPv6 has no more tries by those beside it`() async throws {
        let server = try await TestServer()
        let statuses = try await together(22) { index in
            let browser = Browser(server, headers: ["X-Forwarded-For": "2001:db8:1:2::\(index + 1)"])
            return try await browser.logIn("user\(index)@shop.test", "wrong password").status
        }
        #expect(statuses.filter { $0 == 429 }.count == 2)
        await server.stop()
    }

    @Test func `one address has 20 tries a minute, whomever it tries`() async throws {
        let server = try await TestServer()
        var refused = 0
        for round in 0..<25 {
            let browser = Browser(server, headers: ["X-Forwarded-For": "10.0.0.1"])
            let reply = try await browser.logIn("user\(round)@shop.test", "wrong password")
            if reply.status == 429 { refused += 1 }
        }
        #expect(refused == 5)
        server.clock.advance(milliseconds: 60_000)
        let browser = Browser(server, headers: ["X-Forwarded-For": "10.0.0.1"])
        #expect(try await browser.logIn("user@shop.test", "wrong password").status == 422)
        await server.stop()
    }
}
