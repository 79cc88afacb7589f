import Basics
import Commerce
import Persistence
import Resources
import Support
import Testing

/// The seed's flow: the token and all that is told of the shop come with the redirect (seed 000, "OAuth login").
@Suite struct OAuthSeedFlowTests {
    @Test func `who is let in gets a token and everything about the shop, and lists products with it`() async throws {
        let world = try await OAuthWorld.open {
            $0.name = "Sko & Støvler"
            $0.domains = ["Sko.Example"]
        }
        let location = try await world.approve(world.request(world.seedQuery), at: .read)
        #expect(location.text.hasPrefix(OAuthWorld.callback + "&token=butik_oat_"))
        #expect(
            location.names == [
                "from", "token", "shop_url", "shop_name", "api_endpoint", "webshop_id", "access_level", "currency",
                "vat", "prices_include_vat", "state",
            ])
        #expect(location["shop_url"] == "sko.example" && location["shop_name"] == "Sko & Støvler")
        #expect(location["api_endpoint"] == TestServer.publicURL + "/REST")
        #expect(location["webshop_id"] == String(world.shop.id) && location["access_level"] == "read")
        #expect(location["currency"] == "DKK" && location["vat"] == "25" && location["prices_include_vat"] == "1")
        #expect(location["state"] == OAuthWorld.state)
        let token = ["Authorization": location["token"]]
        #expect(try await world.shop.anonymous("GET", "/REST/product", headers: token).status == 200)
        let me = try await world.shop.anonymous("GET", "/REST/self", headers: token).json
        #expect(
            me["token_name"] == "Regnskab" && me["access_level"] == "read" && me["webshop_id"].integer == world.shop.id)
        let shown = try await world.shop.get("token/\(me["token_id"].integer)").json
        #expect(shown["is_oauth"] == 1 && shown["daily_limit"].integer == Token.dailyLimitDefault)
        #expect(shown.names.contains("use_by") == false)
        let write = try await world.shop.anonymous("POST", "/REST/brand", Array(#"{"name":"A"}"#.utf8), headers: token)
        #expect(write.status == 403)
    }

    @Test func `a shop without a domain is at the server's, and its VAT is told as it is`() async throws {
        let world = try await OAuthWorld.open {
            $0.vatRate = 810
            $0.pricesIncludeVAT = false
            $0.currency = "EUR"
        }
        let query = ["client_id": "Min app", "redirect_uri": "https://min.example", "state": "s"]
        let location = try await world.approve(world.request(query), at: .all)
        #expect(location.text.hasPrefix("https://min.example?token="))
        #expect(location["shop_url"] == "butik.test" && location["vat"] == "8.1")
        #expect(location["prices_include_vat"] == "0" && location["currency"] == "EUR")
    }

    @Test func `nobody is given more than the client, the request or the user may`() async throws {
        let world = try await OAuthWorld.open(level: .write)
        let request = try await world.request(world.seedQuery)
        await #expect(throws: Problem.self) { try await world.approve(request, at: .all) }
        await #expect(throws: Problem.self) { try await world.approve(request, at: .write, atMost: .read) }
        let narrow = try await world.request(world.codeQuery.merging(["scope": "read"]) { $1 })
        await #expect(throws: Problem.self) { try await world.approve(narrow, at: .write) }
        let list = try await world.shop.get("token").json["tokens"].elements
        #expect(!list.contains { $0["is_oauth"] == 1 })
        #expect(try await world.approve(request, at: .read, atMost: .read)["access_level"] == "read")
    }

    @Test func `a client that was removed while the user thought about it gets nothing`() async throws {
        let world = try await OAuthWorld.open()
        for query in [world.seedQuery, world.codeQuery] {
            let request = try await world.request(query)
            _ = try await OAuthClient.remove(
                world.client.id, in: world.server.storage, publicURL: TestServer.publicURL, at: world.server.clock.now)
            let problem = await #expect(throws: Problem.self) { try await world.approve(request) }
            #expect(problem?.code == "client_changed")
            try await world.server.storage.write { db in
                _ = try db.run("UPDATE oauth_clients SET removed_on = NULL WHERE client_id = \(world.client.id)")
            }
        }
    }

    @Test func `who does not want the client says so to it, with its state and nothing else`() async throws {
        let world = try await OAuthWorld.open()
        let seed = Location(try await world.request(world.seedQuery).refuse())
        #expect(seed.names == ["from", "error", "state"])
        #expect(seed["error"] == "access_denied" && seed["state"] == OAuthWorld.state)
        let code = Location(try await world.request(world.codeQuery).refuse())
        #expect(code.names == ["from", "error", "state", "iss"] && code["iss"] == TestServer.publicURL)
    }

    // MARK: Ten minutes

    @Test func `a token that is not used within ten minutes is dead, and one that is lives on`() async throws {
        let server = try await TestServer()
        let world = try await OAuthWorld.open(on: server)
        let request = try await world.request(world.seedQuery)
        let used = try await world.approve(request)["token"]
        let unused = try await world.approve(request)["token"]
        server.clock.advance(seconds: 599)
        #expect(try await world.status(used) == 200)
        server.clock.advance(seconds: 1)
        #expect(try await world.status(unused) == 401)
        #expect(try await world.status(used) == 200)
        server.clock.advance(seconds: 30 * 86_400)
        #expect(try await world.status(used) == 200)
        #expect(try await world.status(unused) == 401)
        await server.stop()
    }

    @Test func `the first use of a token costs one write, and no later call more than any other token's`() async throws
    {
        let server = try await TestServer()
        let world = try await OAuthWorld.open(on: server)
        let token = try await world.approve(world.request(world.seedQuery))["token"]
        func statements(_ token: String) async throws -> Int {
            server.handler.authenticator.forget()
            let before = server.storage.statements
            #expect(try await world.status(token) == 200)
            return server.storage.statements - before
        }
        let plain = world.shop.token(.read)
        _ = try await (statements(plain), statements(token))
        #expect(try await statements(token) == statements(plain))
        await server.stop()
    }

    @Test func `what was never used is swept away, and its use in time is not forgotten`() async throws {
        let server = try await TestServer()
        let world = try await OAuthWorld.open(on: server)
        let request = try await world.request(world.seedQuery)
        let (used, _) = (try await world.approve(request)["token"], try await world.approve(request)["token"])
        #expect(try await world.status(used) == 200)
        server.clock.advance(seconds: 3600)
        try await world.work()
        let list = try await world.shop.get("token").json["tokens"].elements
        #expect(list.count { $0["is_oauth"] == 1 } == 1)
        #expect(try await world.status(used) == 200)
        await server.stop()
    }
}
