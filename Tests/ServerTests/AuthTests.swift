import Basics
import Commerce
import Resources
import Server
import Support
import Testing

/// CONTRACT 4, "Auth" and "Host": how a token is sent, when it counts, and for which shop.
@Suite struct AuthTests {
    private static func status(_ shop: TestShop, _ headers: [String: String]) async throws -> Int {
        try await shop.anonymous("GET", "/REST/self", headers: headers).status
    }

    /// A new token with settings of its own, and the header that carries it.
    private static func token(_ shop: TestShop, _ more: JSONObject) async throws -> (
        json: JSON, header: [String: String]
    ) {
        var body = more
        body.append("name", "special")
        if body["access_level"] == nil { body.append("access_level", "read") }
        let reply = try await shop.post("token", .object(body))
        #expect(reply.status == 200, "\(reply.text)")
        return (reply.json, ["Authorization": "Bearer \(reply.json["token"].text)"])
    }

    // MARK: Forms

    @Test func `every documented way to send a token works`() async throws {
        let shop = try await TestShop.open()
        let token = shop.token(.read)
        for headers in [
            ["Authorization": "Shoporama \(token)"], ["Authorization": "Bearer \(token)"], ["Authorization": token],
            ["Authorization": "shoporama \(token)"], ["Authorization": "BEARER \(token)"], ["X-Access-Token": token],
            ["Authorization": "Bearer  \(token)"], ["authorization": "bearer \(token)"],
            ["Authorization": "Shoporama \(token)", "X-Access-Token": token],
        ] {
            #expect(try await Self.status(shop, headers) == 200, "\(headers.keys.sorted())")
        }
    }

    @Test func `any other way is 401`() async throws {
        let shop = try await TestShop.open()
        let token = shop.token(.read)
        for headers in [
            [:], ["Authorization": ""], ["Authorization": "Bearer"], ["Authorization": "Basic \(token)"],
            ["Authorization": "App \(token)"], ["Authorization": "Token \(token)"],
            ["Authorization": "Bearer \(token) x"], ["Authorization": "Bearer \(token)x"],
            ["Authorization": "Bearer \(token.dropLast())"], ["Authorization": token.uppercased()],
            ["Authorization": "Bearer garbage"], ["Authorization": "Bearer " + String(repeating: "0", count: 32)],
            ["Authorization": "Bearer " + TokenText(.personal).text], ["X-Access-Token": "garbage"],
            ["X-Access-Token": "Bearer \(token)"], ["Authorization": "Basic x", "X-Access-Token": token],
            ["Cookie": "token=\(token)"],
        ] {
            #expect(try await Self.status(shop, headers) == 401, "\(headers)")
        }
        #expect(try await shop.anonymous("GET", "/REST/self?token=\(token)").status == 401)
    }

    @Test func `two Authorization headers are one too many`() async throws {
        let shop = try await TestShop.open()
        let header = "Authorization: Bearer \(shop.token(.read))"
        for second in [header, "Authorization: Bearer garbage"] {
            let reply = try await HTTP.raw(
                ["GET /REST/self HTTP/1.1", header, second], port: shop.server.port)
            #expect(reply.status == 401)
        }
        #expect(try await HTTP.raw(["GET /REST/self HTTP/1.1", header], port: shop.server.port).status == 200)
    }

    // MARK: Life

    @Test func `a new token works at once, is shown once, and is told by its ends`() async throws {
        let shop = try await TestShop.open()
        let (json, header) = try await Self.token(shop, JSONObject())
        let text = json["token"].text
        #expect(text.hasPrefix("butik_pat_") && text.count == 59)
        #expect(TokenText.checksum(String(text.dropLast(6))) == text.suffix(6))
        #expect(try await Self.status(shop, header) == 200)
        let id = json["token_id"].integer
        for path in ["token/\(id)", "token?limit=100", "event?limit=100", "self"] {
            #expect(try await shop.get(path).text.contains(text) == false, "\(path)")
        }
        let shown = try await shop.get("token/\(id)").json
        #expect(shown["last_four"].text == text.suffix(4))
        #expect(text.hasPrefix(shown["prefix"].text) && !shown["prefix"].text.isEmpty)
        #expect(shown["daily_limit"] == 10_000 && shown["burst"] == 40 && shown["is_oauth"] == 0)
    }

    @Test func `a token of 32 hex digits is made where a client needs one`() async throws {
        let shop = try await TestShop.open()
        let (json, header) = try await Self.token(shop, JSONObject([.init("format", "hex32")]))
        let text = json["token"].text
        #expect(text.count == 32 && text.allSatisfy { "0123456789abcdef".contains($0) })
        #expect(json["prefix"] == "")
        #expect(try await Self.status(shop, header) == 200)
        let reply = try await shop.post("token", ["name": "x", "access_level": "read", "format": "uuid"])
        #expect(reply.pointers == ["/format"])
    }

    @Test func `a revoked token stops at once`() async throws {
        let shop = try await TestShop.open()
        let (json, header) = try await Self.token(shop, JSONObject())
        #expect(try await Self.status(shop, header) == 200)
        #expect(try await shop.delete("token/\(json["token_id"].integer)").status == 200)
        #expect(try await Self.status(shop, header) == 401)
        #expect(try await Self.status(shop, ["Authorization": shop.token(.read)]) == 200)
    }

    @Test func `a token revoked by another process stops within a second`() async throws {
        let server = try await TestServer()
        let shop = try await TestShop.open(on: server)
        let (json, header) = try await Self.token(shop, JSONObject())
        #expect(try await Self.status(shop, header) == 200)
        _ = try await server.storage.write { db in
            try db.run("UPDATE tokens SET removed_on = 1 WHERE token_id = \(json["token_id"].integer)")
        }
        server.clock.advance(seconds: 1)
        #expect(try await Self.status(shop, header) == 401)
        await server.stop()
    }

    @Test func `a token works until it expires and not a moment longer`() async throws {
        let server = try await TestServer()
        let shop = try await TestShop.open(on: server)
        let (_, header) = try await Self.token(shop, JSONObject([.init("expires", "2026-03-01 13:00:10")]))
        #expect(try await Self.status(shop, header) == 200)
        server.clock.advance(seconds: 9)
        #expect(try await Self.status(shop, header) == 200)
        server.clock.advance(seconds: 1)
        #expect(try await Self.status(shop, header) == 401)
        let (_, late) = try await Self.token(shop, JSONObject([.init("expires", "2026-03-01T12:00:00Z")]))
        #expect(try await Self.status(shop, late) == 401)
        await server.stop()
    }

    // MARK: Addresses

    @Test func `a token with a list of addresses works from those only`() async throws {
        let shop = try await TestShop.open()
        for (list, status) in [
            (["127.0.0.1"], 200), (["127.0.0.0/8"], 200), (["10.0.0.0/8", "127.0.0.1"], 200), ([], 200),
            (["10.0.0.0/8"], 401), (["127.0.0.2"], 401), (["::1"], 401), (["0.0.0.0/0"], 200),
        ] as [([String], Int)] {
            let (_, header) = try await Self.token(
                shop, JSONObject([.init("ip_list", .array(list.map { .string($0) }))]))
            #expect(try await Self.status(shop, header) == status, "\(list)")
        }
    }

    @Test func `a forwarded address counts only from a proxy that is trusted`() async throws {
        let alone = try await TestServer { $0.trustedProxies = [] }
        let shop = try await TestShop.open(on: alone)
        let ip: JSONObject = JSONObject([.init("ip_list", ["203.0.113.7"])])
        let (_, header) = try await Self.token(shop, ip)
        #expect(try await Self.status(shop, header.merging(["X-Forwarded-For": "203.0.113.7"]) { $1 }) == 401)
        await alone.stop()

        let server = try await TestServer { settings in
            settings.trustedProxies = ["127.0.0.0/8", "10.0.0.0/8"].compactMap { AddressRange($0) }
        }
        let behind = try await TestShop.open(on: server)
        let (_, trusted) = try await Self.token(behind, ip)
        for (forwarded, status) in [
            ("203.0.113.7", 200), ("198.51.100.1, 203.0.113.7", 200), ("203.0.113.7, 10.1.2.3", 200),
            ("203.0.113.7, 198.51.100.1", 401), ("garbage", 401), ("", 401),
        ] {
            let headers = trusted.merging(["X-Forwarded-For": forwarded]) { $1 }
            #expect(try await Self.status(behind, headers) == status, "\(forwarded)")
        }
        await server.stop()
    }

    // MARK: Host

    @Test func `a token is refused at the domain of another shop and nowhere else`() async throws {
        let shop = try await TestShop.open()
        let mine = "mine-\(shop.id).example"
        let theirs = "theirs-\(shop.id).example"
        let other = try await TestShop.open { $0.domains = [theirs] }
        try await shop.put("shop", ["domains": [.string(mine)]])
        let token = ["Authorization": "Bearer \(shop.token(.read))"]
        for (host, status) in [
            (mine, 200), (mine + ":8080", 200), (mine.uppercased(), 200), ("localhost", 200), ("nobody.example", 200),
            (theirs, 403), (theirs + ":8080", 403), (theirs.uppercased(), 403), ("www." + theirs, 200),
        ] {
            #expect(try await Self.status(shop, token.merging(["Host": host]) { $1 }) == status, "\(host)")
        }
        let reply = try await shop.anonymous("GET", "/REST/self", headers: token.merging(["Host": theirs]) { $1 })
        #expect(reply.code == "other_shop")
        let own = ["Authorization": "Bearer \(other.token(.read))", "Host": theirs]
        #expect(try await Self.status(other, own) == 200)
    }

    @Test func `no shop takes the server's own address, nor a name below it, from its neighbours`() async throws {
        let server = try await TestServer()
        let shop = try await TestShop.open(on: server)
        // Alone there, it takes nothing from anybody.
        #expect(try await shop.put("shop", ["domains": ["www.butik.test"]]).status == 200)
        let other = try await TestShop.open(on: server)
        for name in ["butik.test", "BUTIK.test", "api.butik.test"] {
            let refused = try await other.put("shop", ["domains": ["free.example", .string(name)]])
            #expect((refused.status, refused.pointers) == (422, ["/domains/1"]), "\(name)")
        }
        #expect(try await other.put("shop", ["domains": ["notbutik.test"]]).status == 200)
        // What it has it keeps, and the server's own address stays everybody's.
        #expect(try await shop.put("shop", ["domains": ["www.butik.test", "more.example"]]).status == 200)
        let hosted = ["Authorization": "Bearer \(other.token(.read))", "Host": "butik.test"]
        #expect(try await Self.status(other, hosted) == 200)
        await server.stop()
    }

    @Test(.timeLimit(.minutes(1)))
    func `a domain that is given while the domains are being read is known at once`() async throws {
        let server = try await TestServer()
        let shop = try await TestShop.open(on: server)
        let storage = PausedStorage(server.storage, at: "SELECT webshop_id, domains")
        let authenticator = Authenticator(storage, publicURL: TestServer.publicURL)
        let now = server.clock.now
        let reading = Task { try await authenticator.shop(ofHost: "new.example", at: now) }
        try await storage.whilePaused { () async throws in
            #expect(try await shop.put("shop", ["domains": ["new.example"]]).status == 200)
        }
        #expect(try await reading.value == nil)
        #expect(try await authenticator.shop(ofHost: "new.example", at: now) == shop.id)
        await server.stop()
    }

    @Test func `domains are read again where a clock was set back`() async throws {
        let server = try await TestServer()
        let shop = try await TestShop.open(on: server)
        let authenticator = Authenticator(server.storage, publicURL: TestServer.publicURL)
        let now = server.clock.now
        #expect(try await authenticator.shop(ofHost: "new.example", at: now) == nil)
        // As another process would: nobody here is told.
        let domains = try await server.storage.write { db in
            try db.run("UPDATE webshops SET domains = '[\"new.example\"]' WHERE webshop_id = \(shop.id)")
        }
        #expect(domains == 1)
        #expect(try await authenticator.shop(ofHost: "new.example", at: now.adding(seconds: 4)) == nil)
        #expect(try await authenticator.shop(ofHost: "new.example", at: now.adding(seconds: -3600)) == shop.id)
        await server.stop()
    }
}
