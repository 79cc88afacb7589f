import Basics
import Commerce
import Resources
import Support
import Testing

/// Who may ask for what, and where the answer may go (CONTRACT 8, "OAuth page"; threat rows 39, 41 and 47).
@Suite struct OAuthRequestTests {
    @Test func `a registered client is shown by its name, with the levels that it can be given`() async throws {
        let world = try await OAuthWorld.open(level: .write)
        let request = try await world.request(world.seedQuery)
        #expect(request.name == "Regnskab" && request.isRegistered)
        #expect(request.redirectURI.host == "app.example" && request.redirectURI.origin == "https://app.example")
        #expect(request.levels == [.read, .write] && request.state == OAuthWorld.state)
        #expect(request.flow == .token)
        let code = try await world.request(world.codeQuery.merging(["scope": "read"]) { $1 })
        #expect(code.levels == [.read] && code.flow == .code(challenge: OAuthWorld.challenge))
        let wide = try await world.request(world.codeQuery.merging(["scope": "read all"]) { $1 })
        #expect(wide.levels == [.read, .write])
    }

    @Test func `an address that was not registered byte for byte is told to nobody`() async throws {
        let world = try await OAuthWorld.open(
            redirectURIs: ["https://app.example/back", "https://app.example:8443/é".replacing("é", with: "%C3%A9")])
        let tricks = [
            "https://app.example/Back", "https://app.example/back/", "https://app.example/back/../back",
            "https://app.example/back%2F", "https://app.example/%62ack", "https://app.example/back?x=1",
            "https://app.example/back#x", "https://app.example/bac", "https://app.example/backdoor",
            "https://app.example:443/back", "https://app.example:8443/back", "https://App.example/back",
            "HTTPS://app.example/back", "http://app.example/back", "https://app.example.evil.example/back",
            "https://evil.example/back", "https://app.example@evil.example/back",
            "https://evil.example\\@app.example/back", "https://user:pass@app.example/back",
            "https://app.example/back\n", "https://app.example /back", "//app.example/back", "/back",
            "https:app.example/back", "javascript:alert(1)", "data:text/html,x", "https://app.example:8443/e\u{301}",
            "https://app.example:8443/\u{e9}", "https://app.example:8443/%c3%a9", "https://app.example:0/back",
            "https://xn--app.example/back", "https://app%2eexample/back", "https://[::1]/back", "",
        ]
        for trick in tricks {
            for query in [world.seedQuery, world.codeQuery] {
                let asked = try await world.ask(query.merging(["redirect_uri": trick]) { $1 })
                #expect(asked.isRefused, "\(trick)")
            }
        }
        for uri in ["https://app.example/back", "https://app.example:8443/%C3%A9"] {
            _ = try await world.request(world.seedQuery.merging(["redirect_uri": uri]) { $1 })
        }
    }

    @Test func `a program on the user's own machine takes any port, and nothing else is free`() async throws {
        let world = try await OAuthWorld.open(redirectURIs: [
            "http://127.0.0.1/callback", "http://[::1]:1/callback", "https://127.0.0.1/secure",
        ])
        func isGood(_ uri: String) async throws -> Bool {
            let asked = try await world.ask(world.codeQuery.merging(["redirect_uri": uri]) { $1 })
            #expect(asked.location == nil)
            return !asked.isRefused
        }
        for uri in [
            "http://127.0.0.1/callback", "http://127.0.0.1:49152/callback", "http://127.0.0.1:1/callback",
            "http://[::1]/callback", "http://[::1]:65535/callback", "https://127.0.0.1/secure",
        ] { #expect(try await isGood(uri), "\(uri)") }
        for uri in [
            "http://localhost:8080/callback", "http://127.0.0.1:8080/callback/", "http://127.0.0.1:8080/other",
            "http://127.0.0.1:/callback", "http://127.0.0.1:99999/callback",
            "http://127.0.0.1:8080@evil.example/callback",
            "http://127.0.0.1.evil.example/callback", "https://127.0.0.1:8080/callback",
            "https://127.0.0.1:8080/secure",
            "http://127.1/callback", "http://2130706433/callback", "http://127.0.0.2/callback", "http://[::2]/callback",
            "http://[::1]:8080:8080/callback", "http://127.0.0.1:8080?/callback",
        ] { #expect(try await !isGood(uri), "\(uri)") }
    }

    @Test func `what a registered client asks wrongly is told to it, with its state`() async throws {
        let world = try await OAuthWorld.open()
        let wrong: [(drop: [String], with: [String: String], error: String)] = [
            (["code_challenge"], [:], "invalid_request"), (["code_challenge_method"], [:], "invalid_request"),
            ([], ["code_challenge_method": "plain"], "invalid_request"),
            ([], ["code_challenge_method": "s256"], "invalid_request"),
            ([], ["code_challenge": OAuthWorld.verifier], "invalid_request"),
            ([], ["code_challenge": String(repeating: "=", count: 43)], "invalid_request"),
            (["response_type"], [:], "invalid_request"), ([], ["response_type": "token"], "unsupported_response_type"),
            ([], ["response_type": "code id_token"], "unsupported_response_type"),
            ([], ["scope": "write admin"], "invalid_scope"), ([], ["scope": " "], "invalid_scope"),
        ]
        for (drop, with, error) in wrong {
            for page in [OAuthPage.login, .authorize] {
                let query = world.codeQuery.filter { !drop.contains($0.key) }.merging(with) { $1 }
                let location = try #require(try await world.ask(query, at: page).location, "\(drop) \(with)")
                #expect(location.text.hasPrefix(OAuthWorld.callback + "&error=\(error)&"), "\(location.text)")
                #expect(location["state"] == OAuthWorld.state && !location["error_description"].isEmpty)
                #expect(location["token"].isEmpty && location["code"].isEmpty)
                if !drop.contains("response_type") { #expect(location["iss"] == TestServer.publicURL) }
            }
        }
    }

    @Test func `nobody gets a token into an address by leaving parameters out`() async throws {
        let world = try await OAuthWorld.open()
        let location = try #require(try await world.ask(world.seedQuery, at: .authorize).location)
        #expect(location["error"] == "invalid_request" && location["iss"] == TestServer.publicURL)
    }

    @Test func `without its state, or with too long a one, nothing is given out`() async throws {
        let world = try await OAuthWorld.open()
        for query in [world.seedQuery, world.codeQuery] {
            for state in [nil, "", String(repeating: "s", count: 2049)] as [String?] {
                var query = query
                query["state"] = state
                let location = try #require(try await world.ask(query).location)
                #expect(location["error"] == "invalid_request" && !location.names.contains("state"))
            }
            let longest = String(repeating: "s", count: 2048)
            let request = try await world.request(query.merging(["state": longest]) { $1 })
            #expect(request.state == longest)
        }
    }

    @Test func `a parameter that is there twice is refused, whichever it is`() async throws {
        let world = try await OAuthWorld.open()
        for name in world.codeQuery.keys {
            let asked = try await world.ask(world.codeQuery, twice: name)
            let isWho = ["client_id", "redirect_uri"].contains(name)
            #expect(asked.isRefused == isWho, "\(name)")
            #expect(isWho || asked.location?["error"] == "invalid_request", "\(name)")
        }
    }

    // MARK: Unregistered clients

    @Test func `a name that nobody registered is served in the seed's way, and only there`() async throws {
        let world = try await OAuthWorld.open()
        let query = ["client_id": "Min app", "redirect_uri": "https://min.example/cb?a=1", "state": "s"]
        let request = try await world.request(query)
        #expect(request.name == "Min app" && !request.isRegistered && request.levels == [.read, .write, .all])
        #expect(try await world.ask(query, at: .authorize).isRefused)
        #expect(try await world.ask(query, unregistered: false).isRefused)
        let code = world.codeQuery.merging(query) { $1 }
        #expect(try await world.ask(code).isRefused)
        for uri in ["http://min.example/cb", "ftp://min.example/cb", "min.example/cb", "https://min.example/#cb"] {
            #expect(try await world.ask(query.merging(["redirect_uri": uri]) { $1 }).isRefused, "\(uri)")
        }
        _ = try await world.request(query.merging(["redirect_uri": "http://localhost:3000/cb"]) { $1 })
    }

    @Test func `a link to us sends nobody on to where nobody registered`() async throws {
        let world = try await OAuthWorld.open()
        let query = ["client_id": "Evil", "redirect_uri": "https://evil.example/"]
        #expect(try await world.ask(query).isRefused)
        #expect(try await world.ask(query.merging(["state": "s"]) { $1 }, twice: "state").isRefused)
        for id in ["", "a\u{0}b", "a\nb", String(repeating: "x", count: 256)] {
            #expect(try await world.ask(query.merging(["state": "s", "client_id": id]) { $1 }).isRefused)
        }
    }

    @Test func `the id of a client that was removed is nobody's name`() async throws {
        let world = try await OAuthWorld.open()
        let isRemoved = try await OAuthClient.remove(
            world.client.id, in: world.server.storage, publicURL: TestServer.publicURL, at: world.server.clock.now)
        #expect(isRemoved)
        #expect(try await world.ask(world.seedQuery).isRefused)
        #expect(try await world.ask(world.codeQuery).isRefused)
    }
}
