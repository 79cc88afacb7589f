import Basics
import Commerce
import Foundation
import Persistence
import Resources
import Support
import Testing

/// A program is let into a shop, as the seed says: log in, choose shop and level, back with a token.
@Suite struct ConsentTests {
    @Test func `a program that nobody registered gets its token and every value`() async throws {
        let shop = try await TestShop.open { shop in
            shop.name = "Sko & Støvler"
            shop.domains = ["sko\(UInt32.random(in: 0 ... .max)).example.com"]
        }
        let product = try await shop.product("Støvle")
        let user = try await TestUser.make(of: shop)
        let browser = Browser(shop.server)
        let asked = try await browser.get(Self.link(state: "a b/&=ø"))
        #expect(asked.status == 200 && asked.words.contains("Log in"))
        let consent = try await browser.submit(
            asked, to: "/admin/login", ["email": user.email, "password": TestUser.password])
        #expect(consent.words.contains("not registered here") && consent.words.contains("app.example.com"))
        #expect(consent.words.contains("Sko & Støvler (owner)"))
        let sent = try await answer(consent, browser, ["level": "read", "password": TestUser.password], shop)
        #expect(sent.status == 303)
        let location = try #require(sent[header: "Location"])
        #expect(location.hasPrefix("https://app.example.com/back?x=1&token=butik_oat_"))
        let values = try parameters(of: location)
        let domain = try await shop.get("shop").json["domains"][0].text
        for (name, value) in [
            ("shop_url", domain), ("shop_name", "Sko & Støvler"), ("api_endpoint", "http://butik.test/REST"),
            ("webshop_id", "\(shop.id)"), ("access_level", "read"), ("currency", "DKK"), ("vat", "25"),
            ("prices_include_vat", "1"), ("state", "a b/&=ø"),
        ] {
            #expect(values[name] == value, "\(name)")
        }
        let token = try #require(values["token"])
        let list = try await HTTP.send(
            "GET", "/REST/product", headers: ["Authorization": "Bearer \(token)"], port: shop.server.port)
        #expect(list.json["products"][0]["product_id"].integer == product)
        let write = try await HTTP.send(
            "DELETE", "/REST/product/\(product)", headers: ["Authorization": "Bearer \(token)"], port: shop.server.port)
        #expect(write.status == 403)
    }

    @Test func `who refuses is sent back with the refusal and nothing else`() async throws {
        let (shop, browser, consent) = try await asked()
        let sent = try await answer(consent, browser, ["decision": "deny"], shop)
        #expect(sent[header: "Location"] == "https://app.example.com/back?x=1&error=access_denied&state=s1")
        #expect(try await issued(shop) == 0)
    }

    @Test func `a program that is not registered asks for the password each time`() async throws {
        let (shop, browser, consent) = try await asked()
        let wrong = try await answer(consent, browser, ["level": "read", "password": "wrong password"], shop)
        #expect(wrong.status == 422 && wrong.words.contains("The password is wrong."))
        #expect(try await answer(consent, browser, ["level": "read", "password": ""], shop).status == 422)
        #expect(try await issued(shop) == 0)
        #expect(try await answer(wrong, browser, ["level": "read", "password": TestUser.password], shop).status == 303)
        let again = try await browser.get(Self.link(state: "s2"))
        #expect(again.words.contains("Your password"))
    }

    @Test func `a form that is sent twice, or at once, gives one token`() async throws {
        let (shop, browser, consent) = try await asked()
        let values = ["level": "read", "password": TestUser.password]
        let statuses = try await together(4) { _ in try await answer(consent, browser, values, shop).status }
        #expect(statuses.sorted() == [303, 409, 409, 409])
        #expect(try await issued(shop) == 1)
    }

    @Test func `nothing is given without the form's own token`() async throws {
        let (shop, browser, consent) = try await asked()
        let action = try #require(consent.forms.last?.action)
        let fields = [
            ("decision", "allow"), ("shop", "\(shop.id)"), ("level", "read"), ("password", TestUser.password),
        ]
        for csrf in [[], [("csrf", "AAAA")]] {
            #expect(try await browser.send("POST", action, form: fields + csrf).status == 403)
        }
        let stranger = Browser(shop.server)
        _ = try await stranger.get("/admin")
        let token = consent.forms.last?.fields.first { $0.name == "csrf" }?.value ?? ""
        #expect(try await stranger.send("POST", action, form: fields + [("csrf", token)]).status == 403)
        #expect(try await issued(shop) == 0)
    }

    @Test func `nobody gives what is not theirs`() async throws {
        let (shop, browser, consent) = try await asked(as: .staff)
        let other = try await TestShop.open()
        let password = TestUser.password
        let elsewhere = try await answer(consent, browser, ["level": "read", "password": password], other)
        #expect(elsewhere.status == 403)
        let more = try await answer(consent, browser, ["level": "all", "password": password], shop)
        #expect(more.status == 422 && more.words.contains("you can give write at most"))
        #expect(try await answer(consent, browser, ["level": "root", "password": password], shop).status == 403)
        #expect(try await answer(consent, browser, ["level": "", "password": password], shop).status == 403)
        #expect(try await issued(shop) == 0)
        #expect(try await issued(other) == 0)
    }

    @Test func `a name is text, whatever letters stand before and behind its signs`() async throws {
        let shop = try await TestShop.open()
        let browser = try await TestUser.make(of: shop).browser(shop.server)
        // U+0600 and U+0301 make one letter of themselves and the sign beside them.
        let name = "\u{600}<form action=https://evil.test method=post \u{600}>\"\u{301}<\u{301}b\u{301}>\u{301}"
        let link =
            "/admin/oauth/login?client_id=\(PercentEncoding.text(name.utf8))&redirect_uri=https%3A%2F%2Fa.test&state=s"
        let page = try await browser.get(link)
        #expect(page.status == 200 && Data(page.body).range(of: Data("&lt;form action=".utf8)) != nil)
        let marks = page.text.utf8.filter { $0 == UInt8(ascii: "<") }.count
        let plain = try await browser.get(
            "/admin/oauth/login?client_id=App&redirect_uri=https%3A%2F%2Fa.test&state=s")
        #expect(marks == plain.text.utf8.filter { $0 == UInt8(ascii: "<") }.count)
    }

    @Test func `who is out of a shop takes along what they let in`() async throws {
        let server = try await TestServer()
        let shop = try await TestShop.open(on: server)
        let user = try await TestUser.make(.owner, of: shop)
        let browser = try await user.browser(server)
        var tokens: [String] = []
        for level in ["read", "write"] {
            let consent = try await browser.get(Self.link())
            let sent = try await answer(consent, browser, ["level": level, "password": TestUser.password], shop)
            let values = try parameters(of: sent[header: "Location"] ?? "")
            tokens.append(try #require(values["token"]))
        }
        _ = try await TestUser.make(.owner, of: shop)
        for (role, statuses) in [(Role.readOnly, [200, 401]), (nil, [401, 401])] as [(Role?, [Int])] {
            let now = server.clock.now
            try await server.storage.write(changing: User.tables) { db in
                if let role {
                    try Membership.set(role, of: user.id, in: shop.id, by: .command(at: now), db)
                } else {
                    try Membership.remove(user.id, from: shop.id, by: .command(at: now), db)
                }
            }
            for job in OAuth.area.jobs {
                guard case .everywhere(_, _, _, let work) = job.trigger else { continue }
                try await work(server.jobContext(at: now))
            }
            for (token, status) in zip(tokens, statuses) {
                let reply = try await HTTP.send(
                    "GET", "/REST/self", headers: ["Authorization": "Bearer \(token)"], port: server.port)
                #expect(reply.status == status)
            }
        }
        await server.stop()
    }

    @Test func `a link that leads somewhere else is told on the page and sends nobody anywhere`() async throws {
        let shop = try await TestShop.open()
        for uri in [
            "http://app.example.com/back", "//app.example.com", "javascript:alert(1)", "https://user@app.example.com/",
            "https://app.example.com/#x", "https:/app.example.com", "ftp://app.example.com",
            "https://app.example.com\\@b",
            "data:text/html,x", "", "https://", "http://127.0.0.1.evil.test/",
        ] {
            let reply = try await Browser(shop.server).get(Self.link(uri))
            #expect(reply.status == 400 && reply[header: "Location"] == nil, "\(uri)")
            #expect(!reply.text.contains("<form method=\"post\" action=\"/admin/login\""))
        }
        let noState = try await Browser(shop.server).get(
            "/admin/oauth/login?client_id=App&redirect_uri=https%3A%2F%2Fapp.example.com%2Fback")
        #expect(noState.status == 400)
    }

    @Test func `the page's form may go where the answer goes, and to no other site`() async throws {
        let (_, _, consent) = try await asked()
        #expect(
            consent[header: "Content-Security-Policy"]?.contains("form-action 'self' https://app.example.com;") == true)
        #expect(consent.headers.filter { $0.name.lowercased() == "content-security-policy" }.count == 1)
    }

    // MARK: The way there

    private static func link(
        _ uri: String = "https://app.example.com/back?x=1", state: String = "s1"
    ) -> String {
        "/admin/oauth/login?client_id=App%20%3Cb%3E&redirect_uri=\(PercentEncoding.text(uri.utf8))"
            + "&state=\(PercentEncoding.text(state.utf8))"
    }

    /// A user who has logged in and is asked.
    private func asked(as role: Role = .owner) async throws -> (TestShop, Browser, Reply) {
        let shop = try await TestShop.open()
        let browser = try await TestUser.make(role, of: shop).browser(shop.server)
        let consent = try await browser.get(Self.link())
        #expect(consent.status == 200 && consent.words.contains("Let App <b> in?"))
        return (shop, browser, consent)
    }

    private func answer(
        _ consent: Reply, _ browser: Browser, _ values: [String: String], _ shop: TestShop
    ) async throws -> Reply {
        let action = try #require(consent.forms.last?.action)
        let all = ["decision": "allow", "shop": "\(shop.id)"].merging(values) { $1 }
        return try await browser.submit(consent, to: action, all, following: false)
    }

    private func issued(_ shop: TestShop) async throws -> Int64 {
        let row = try await shop.server.storage.fetch(
            "SELECT count(*) AS count FROM tokens WHERE webshop_id = \(shop.id) AND is_oauth = 1"
        ).first
        return try row?["count"] ?? -1
    }

    private func parameters(of location: String) throws -> [String: String] {
        let items = try #require(URLComponents(string: location)?.queryItems)
        return Dictionary(items.map { ($0.name, $0.value ?? "") }) { $1 }
    }
}
