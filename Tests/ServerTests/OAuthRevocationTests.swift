import Basics
import Commerce
import Persistence
import Resources
import Support
import Testing

/// How a client ends what it was given, and asks what became of it (RFC 7009, RFC 7662, RFC 8414).
@Suite struct OAuthRevocationTests {
    @Test(arguments: ["access_token", "refresh_token"])
    func `access and refresh token end together, whichever is revoked`(_ which: String) async throws {
        let world = try await OAuthWorld.open()
        let tokens = try await world.redeem(world.code()).json
        #expect(try await world.status(tokens["access_token"].text) == 200)
        let reply = try await world.send("/oauth/revoke", ["token": tokens[which].text, "token_type_hint": "nonsense"])
        #expect(reply.status == 200)
        #expect(try await world.status(tokens["access_token"].text) == 401)
        #expect(try await world.refresh(tokens["refresh_token"].text).json["error"] == "invalid_grant")
        #expect(try await world.send("/oauth/revoke", ["token": tokens[which].text]).status == 200)
    }

    @Test func `a token of the seed's flow is revoked too, and what is no token harms nobody`() async throws {
        let world = try await OAuthWorld.open()
        let token = try await world.approve(world.request(world.seedQuery))["token"]
        #expect(try await world.status(token) == 200)
        for none in ["x", "butik_oat_x", world.shop.token(.all)] {
            #expect(try await world.send("/oauth/revoke", ["token": none]).status == 200)
        }
        #expect(try await world.status(world.shop.token(.all)) == 200)
        #expect(try await world.send("/oauth/revoke", [:]).json["error"] == "invalid_request")
        #expect(try await world.send("/oauth/revoke", ["token": token]).status == 200)
        #expect(try await world.status(token) == 401)
    }

    @Test func `nobody revokes or looks at what another client has`() async throws {
        let world = try await OAuthWorld.open()
        let other = try await OAuthWorld.open(on: world.server).client
        let tokens = try await world.redeem(world.code()).json
        for token in [tokens["access_token"].text, tokens["refresh_token"].text] {
            let refused = try await world.send("/oauth/revoke", ["token": token], as: other)
            #expect((refused.status, refused.json["error"]) == (400, "invalid_grant"))
            #expect(try await world.send("/oauth/introspect", ["token": token], as: other).json == ["active": false])
            let unproven = try await world.send("/oauth/revoke", ["token": token, "client_secret": "wrong"])
            #expect((unproven.status, unproven.json["error"]) == (401, "invalid_client"))
        }
        #expect(try await world.status(tokens["access_token"].text) == 200)
    }

    @Test func `a client is told what became of its tokens`() async throws {
        let server = try await TestServer()
        let world = try await OAuthWorld.open(on: server)
        let issued = server.clock.now.seconds
        let tokens = try await world.redeem(world.code()).json
        func asked(_ name: String) async throws -> JSON {
            try await world.send("/oauth/introspect", ["token": tokens[name].text]).json
        }
        for (name, seconds) in [("access_token", 3600), ("refresh_token", 90 * 86_400)] as [(String, Int64)] {
            let told = try await asked(name)
            #expect(told["active"] == true && told["scope"] == "write" && told["client_id"].text == world.client.id)
            #expect(told["iat"].integer == issued && told["exp"].integer == issued + seconds)
            #expect(told["sub"].text == String(world.user) && told["iss"].text == TestServer.publicURL)
            #expect(told["webshop_id"].integer == world.shop.id)
        }
        _ = try await world.refresh(tokens["refresh_token"].text)
        #expect(try await asked("refresh_token") == ["active": false])
        server.clock.advance(seconds: 3600)
        #expect(try await asked("access_token") == ["active": false])
        let none = try await world.send("/oauth/introspect", ["token": world.shop.token(.read)])
        #expect(none.json == ["active": false])
        await server.stop()
    }

    @Test func `a client without a secret may revoke, and is told nothing`() async throws {
        let world = try await OAuthWorld.open(isPublic: true)
        let tokens = try await world.redeem(world.code()).json
        let asked = try await world.send("/oauth/introspect", ["token": tokens["access_token"].text])
        #expect((asked.status, asked.json["error"]) == (401, "invalid_client"))
        #expect(try await world.send("/oauth/revoke", ["token": tokens["refresh_token"].text]).status == 200)
        #expect(try await world.status(tokens["access_token"].text) == 401)
    }

    @Test func `the audit names who let a client in, and what became of the token`() async throws {
        let world = try await OAuthWorld.open()
        let tokens = try await world.redeem(world.code()).json
        let next = try await world.refresh(tokens["refresh_token"].text).json
        _ = try await world.send("/oauth/revoke", ["token": next["access_token"].text])
        let rows = try await world.server.storage.fetch(
            """
            SELECT action, actor FROM audit WHERE webshop_id = \(world.shop.id) AND resource = 'token'
            ORDER BY audit_id DESC LIMIT 3
            """)
        #expect(try rows.map { try $0["action"] as String } == ["deleted", "rotated", "created"])
        let actor: String = try rows[2]["actor"]
        #expect(actor.hasPrefix(#"{"type":"user","id":\#(world.user),"#))
    }

    @Test func `a client that is removed takes all it was given along`() async throws {
        let world = try await OAuthWorld.open()
        let seed = try await world.approve(world.request(world.seedQuery))["token"]
        let tokens = try await world.redeem(world.code()).json
        let code = try await world.code()
        for token in [seed, tokens["access_token"].text] { #expect(try await world.status(token) == 200) }
        let (storage, now) = (world.server.storage, world.server.clock.now)
        for isThere in [true, false] {
            let isRemoved = try await OAuthClient.remove(
                world.client.id, in: storage, publicURL: TestServer.publicURL, at: now)
            #expect(isRemoved == isThere)
        }
        for token in [seed, tokens["access_token"].text] { #expect(try await world.status(token) == 401) }
        #expect(try await world.redeem(code).json["error"] == "invalid_client")
        let id = "\"\(world.client.id)\""
        let audit = try await storage.fetch(
            """
            SELECT action, before, after FROM audit WHERE webshop_id = 0 AND resource = 'client' AND resource_id = \(id)
            ORDER BY audit_id
            """)
        #expect(try audit.map { try $0["action"] as String } == ["created", "deleted"])
        let (made, gone): (String?, String?) = (try audit[0]["after"], try audit[1]["before"])
        #expect(made == gone && made?.contains("Regnskab") == true)
        #expect(try await world.refresh(tokens["refresh_token"].text).json["error"] == "invalid_client")
    }

    @Test func `what is revoked here is refused by another process within a second`() async throws {
        let server = try await TestServer()
        let world = try await OAuthWorld.open(on: server)
        // Another handle on the database, as another process has; SQLite has one process, whose cache is as old.
        let storage = Engine.current == .postgres ? try await Engine.open(server.databaseURL) : server.storage
        let elsewhere = Authenticator(storage, publicURL: TestServer.publicURL)
        let tokens = try await world.redeem(world.code()).json
        let text = tokens["access_token"].text
        #expect(try await elsewhere.grant(for: text, at: server.clock.now) != nil)
        #expect(try await world.send("/oauth/revoke", ["token": tokens["refresh_token"].text]).status == 200)
        #expect(try await world.status(text) == 401)
        server.clock.advance(milliseconds: 1000)
        #expect(try await elsewhere.grant(for: text, at: server.clock.now) == nil)
        if Engine.current == .postgres { await storage.close() }
        await server.stop()
    }

    @Test func `where everything is stands at its well-known address`() async throws {
        let shop = try await TestShop.open()
        let json = try await shop.anonymous("GET", "/.well-known/oauth-authorization-server").json
        #expect(json["issuer"].text == TestServer.publicURL)
        for (member, path) in [
            ("authorization", "authorize"), ("token", "token"), ("revocation", "revoke"),
            ("introspection", "introspect"),
        ] { #expect(json[member + "_endpoint"].text == TestServer.publicURL + "/oauth/" + path) }
        #expect(json["response_types_supported"] == ["code"] && json["code_challenge_methods_supported"] == ["S256"])
        #expect(json["grant_types_supported"] == ["authorization_code", "refresh_token"])
        #expect(json["authorization_response_iss_parameter_supported"] == true)
        #expect(json["scopes_supported"] == ["read", "write", "all"])
    }
}
