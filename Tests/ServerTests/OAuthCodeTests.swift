import Basics
import Commerce
import Persistence
import Resources
import Support
import Testing

/// Codes and what they are exchanged for (RFC 6749 4.1, RFC 7636, RFC 9207; threat rows 40 and 41).
@Suite struct OAuthCodeTests {
    @Test func `a code comes with state and issuer, and is exchanged for tokens and the shop's facts`() async throws {
        let world = try await OAuthWorld.open()
        let location = try await world.approve(world.request(world.codeQuery), at: .write)
        #expect(location.names == ["from", "code", "state", "iss"])
        #expect(location["state"] == OAuthWorld.state && location["iss"] == TestServer.publicURL)
        #expect(location["code"].hasPrefix("butik_ac_"))
        let reply = try await world.redeem(location["code"])
        #expect(reply.status == 200, "\(reply.text)")
        #expect(reply[header: "Cache-Control"] == "no-store" && reply[header: "Content-Type"] == "application/json")
        let json = reply.json
        #expect(json["access_token"].text.hasPrefix("butik_oat_") && json["refresh_token"].text.hasPrefix("butik_rt_"))
        #expect(json["token_type"] == "Bearer" && json["scope"] == "write" && json["expires_in"] == 3600)
        #expect(json["webshop_id"].integer == world.shop.id && json["shop_name"] == "Test shop" && json["vat"] == 25)
        #expect(json["prices_include_vat"] == 1 && json["shop_url"] == "butik.test" && json["access_level"] == "write")
        #expect(try await world.status(json["access_token"].text) == 200)
        // It never stood in an address: it has an hour and not ten minutes.
    }

    @Test func `a code is good for sixty seconds`() async throws {
        let server = try await TestServer()
        let world = try await OAuthWorld.open(on: server)
        let (first, second) = (try await world.code(), try await world.code())
        server.clock.advance(seconds: 59)
        #expect(try await world.redeem(first).status == 200)
        server.clock.advance(seconds: 1)
        let late = try await world.redeem(second)
        #expect((late.status, late.json["error"]) == (400, "invalid_grant"))
        await server.stop()
    }

    @Test func `of twenty who bring a code at once one gets tokens, and they are dead afterwards`() async throws {
        let world = try await OAuthWorld.open()
        let code = try await world.code()
        let replies = try await together(20) { _ in try await world.redeem(code) }
        let won = replies.filter { $0.status == 200 }
        #expect(won.count == 1)
        #expect(replies.count { $0.status == 400 && $0.json["error"] == "invalid_grant" } == 19)
        let tokens = try #require(won.first?.json)
        #expect(try await world.status(tokens["access_token"].text) == 401)
        #expect(try await world.refresh(tokens["refresh_token"].text).json["error"] == "invalid_grant")
    }

    @Test func `a code is exchanged by the client it was given to, at its address and with its proof`() async throws {
        let world = try await OAuthWorld.open()
        let other = try await OAuthWorld.open(on: world.server).client
        let code = try await world.code()
        let wrong: [([String: String], String)] = [
            (["redirect_uri": "https://app.example/back"], "invalid_grant"),
            (["redirect_uri": ""], "invalid_request"), (["code_verifier": ""], "invalid_request"),
            (["code_verifier": OAuthWorld.challenge], "invalid_grant"),
            (["code_verifier": String(repeating: "x", count: 43)], "invalid_grant"),
            (["code_verifier": "short"], "invalid_grant"),
            (["code_verifier": OAuthWorld.verifier + "\u{e9}"], "invalid_grant"),
            (["code": ""], "invalid_request"), (["code": "butik_ac_x"], "invalid_grant"),
            (["code": code + "x"], "invalid_grant"), (["grant_type": ""], "invalid_request"),
            (["grant_type": "password"], "unsupported_grant_type"),
            (["grant_type": "client_credentials"], "unsupported_grant_type"),
            (["grant_type": "refresh_token"], "invalid_request"),
        ]
        for (change, error) in wrong {
            let reply = try await world.redeem(code, change)
            #expect((reply.status, reply.json["error"].text) == (400, error), "\(change)")
        }
        let stolen = try await world.redeem(code, as: other)
        #expect((stolen.status, stolen.json["error"]) == (400, "invalid_grant"))
        #expect(try await world.redeem(code).status == 200)
    }

    @Test func `a client proves itself by header or form, and by nothing else`() async throws {
        let world = try await OAuthWorld.open()
        let secret = try #require(world.client.secret?.text)
        func basic(_ id: String, _ secret: String, _ form: [String: String]) async throws -> Reply {
            let proof = Array("\(id):\(secret)".utf8).base64
            return try await world.post("/oauth/token", form, headers: ["Authorization": "Basic \(proof)"])
        }
        let form = [
            "grant_type": "authorization_code", "redirect_uri": OAuthWorld.callback,
            "code_verifier": OAuthWorld.verifier, "code": try await world.code(),
        ]
        let id = ["client_id": world.client.id]
        let both = try await basic(world.client.id, secret, form.merging(["client_secret": secret]) { $1 })
        #expect((both.status, both.json["error"]) == (400, "invalid_request"))
        let twoNames = try await basic(world.client.id, secret, form.merging(["client_id": "another"]) { $1 })
        #expect((twoNames.status, twoNames.json["error"]) == (400, "invalid_request"))
        for reply in [
            try await basic(world.client.id, secret + "x", form), try await basic("another", secret, form),
            try await basic(world.client.id, "", form), try await world.post("/oauth/token", form),
            try await world.post("/oauth/token", form.merging(id) { $1 }),
            try await world.post("/oauth/token", form.merging(id) { $1 }, headers: ["Authorization": "Bearer x"]),
            try await world.post("/oauth/token", form.merging(id) { $1 }, headers: ["Authorization": "Basic %"]),
            try await world.redeem(form["code"] ?? "", ["client_secret": world.shop.token(.all)]),
        ] {
            #expect((reply.status, reply.json["error"]) == (401, "invalid_client"))
            #expect(reply[header: "WWW-Authenticate"] == "Basic realm=\"butik\"")
            #expect(reply[header: "Cache-Control"] == "no-store")
        }
        #expect(try await basic(world.client.id, secret, form).status == 200)
    }

    @Test func `a client without a secret is known by its id and its proof`() async throws {
        let world = try await OAuthWorld.open(isPublic: true)
        #expect(world.client.secret == nil)
        let code = try await world.code()
        let reply = try await world.redeem(code, ["client_secret": "made-up"])
        #expect((reply.status, reply.json["error"]) == (401, "invalid_client"))
        #expect(try await world.redeem(code, ["code_verifier": ""]).json["error"] == "invalid_request")
        #expect(try await world.redeem(code).status == 200)
    }

    @Test func `what is no form is told in OAuth's words`() async throws {
        let world = try await OAuthWorld.open()
        let form = "application/x-www-form-urlencoded"
        for (body, type) in [
            (#"{"grant_type":"refresh_token"}"#, "application/json"), ("", form), ("grant_type=%zz", form),
            ("grant_type=a&grant_type=b", form), ("grant_type=%00", form),
        ] {
            let reply = try await world.shop.anonymous(
                "POST", "/oauth/token", Array(body.utf8), headers: ["Content-Type": type])
            #expect((reply.status, reply.json["error"]) == (400, "invalid_request"), "\(body)")
        }
    }

    @Test func `a form that is too long is refused before it is read`() async throws {
        let world = try await OAuthWorld.open()
        let reply = try await world.redeem("butik_ac_x", ["more": String(repeating: "x", count: 70_000)])
        #expect((reply.status, reply.json["error"]) == (400, "invalid_request"))
        #expect(reply.json["error_description"].text.contains("65536"))
    }

    @Test func `a program that is a page itself reads its tokens where a shop lets it in`() async throws {
        let world = try await OAuthWorld.open(isPublic: true)
        let origin = "https://front-\(world.shop.id).example"
        func told(_ origin: String) async throws -> [String?] {
            let headers = ["Origin": origin]
            let code = try await world.code()
            let asked = try await world.shop.anonymous(
                "OPTIONS", "/oauth/token", headers: headers.merging(["Access-Control-Request-Method": "POST"]) { $1 })
            let answers = [asked, try await world.redeem(code, headers: headers)]
            #expect(answers.allSatisfy { $0.status == 200 })
            return answers.map { $0[header: "Access-Control-Allow-Origin"] }
        }
        #expect(try await told(origin) == [nil, nil])
        try await world.shop.put("shop", ["origins": [.string(origin)]])
        #expect(try await told(origin) == [origin, origin])
        #expect(try await told("https://evil.example") == [nil, nil])
        let metadata = "/.well-known/oauth-authorization-server"
        #expect(try await world.shop.anonymous("GET", metadata)[header: "Access-Control-Allow-Origin"] == "*")
    }

    @Test func `a client that asks too often is told when to come again, and keeps no other waiting`() async throws {
        let server = try await TestServer(rateLimit: true)
        let world = try await OAuthWorld.open(on: server)
        let other = try await OAuthWorld.open(on: server)
        for _ in 0..<30 { #expect(try await world.redeem("butik_ac_x").status == 400) }
        let reply = try await world.redeem("butik_ac_x")
        #expect((reply.status, reply.json["error"]) == (429, "slow_down"))
        #expect(reply[header: "Retry-After"] == "2")
        #expect(try await other.redeem("butik_ac_x").status == 400)
        server.clock.advance(seconds: 2)
        #expect(try await world.redeem("butik_ac_x").status == 400)
        await server.stop()
    }

    @Test func `no code, secret or token of OAuth lies in the database`() async throws {
        let world = try await OAuthWorld.open()
        let code = try await world.code()
        let tokens = try await world.redeem(code).json
        let secrets = [
            code, world.client.secret?.text ?? "", tokens["access_token"].text, tokens["refresh_token"].text,
        ]
        for table in ["oauth_clients", "oauth_codes", "oauth_grants", "oauth_refresh_tokens", "tokens", "token_hashes"]
        {
            let rows = try await world.server.storage.fetch("SELECT * FROM \(raw: table)")
            #expect(!rows.isEmpty)
            let text = String(decoding: rows.bytes, as: UTF8.self)
            for secret in secrets { #expect(!text.contains(secret.dropFirst(10)), "\(table)") }
        }
    }
}
