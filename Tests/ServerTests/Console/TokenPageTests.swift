import Basics
import Commerce
import Resources
import Support
import Testing

/// Tokens at the console.
@Suite struct TokenPageTests {
    @Test func `a token is made, shown once, limited, given another text and revoked`() async throws {
        let shop = try await TestShop.open()
        let browser = try await TestUser.make(of: shop).browser(shop.server)
        let form = try await browser.get("/admin/tokens/new?shop=\(shop.id)")
        let made = try await browser.submit(
            form, to: "/admin/tokens/new", ["name": "Kasse <1>", "access_level": "write"])
        let text = try token(on: made)
        #expect(made.words.contains("Kasse <1>") && made.words.contains("not shown again"))
        #expect(try await call(shop, text).status == 200)
        let list = try await browser.get("/admin/tokens?shop=\(shop.id)")
        #expect(list.words.contains("Kasse <1>") && !list.text.contains(text))
        let path = try #require(made.text.firstRange(of: "/admin/tokens/").map { made.text[$0.lowerBound...] })
            .prefix { $0 != "\"" }
        let page = try await browser.get(String(path))
        let id = String(path.split(separator: "?")[0].split(separator: "/").last ?? "")
        let saved = try await browser.submit(
            page, to: "/admin/tokens/\(id)",
            ["daily_limit": "", "burst": "7", "origins": "https://a.example\r\nhttps://b.example\r\n", "ip_list": ""])
        #expect(saved.words.contains("Saved."))
        let stored = try await shop.get("token/\(id)").json
        #expect(stored["daily_limit"] == .null && stored["burst"] == 7)
        #expect(stored["origins"] == ["https://a.example", "https://b.example"])
        let wrong = try await browser.submit(saved, to: "/admin/tokens/\(id)", ["origins": "nowhere"])
        #expect(
            wrong.status == 422 && wrong.words.contains("origins/0:") && wrong.words.contains("must be like https://"))
        #expect(wrong.text.contains(">nowhere</textarea>"))
        let rotated = try await browser.submit(page, to: "/admin/tokens/\(id)/rotate", ["overlap_seconds": "0"])
        #expect(try await call(shop, text).status == 401)
        #expect(try await call(shop, try token(on: rotated)).status == 200)
        _ = try await browser.submit(page, to: "/admin/tokens/\(id)/revoke")
        #expect(try await call(shop, try token(on: rotated)).status == 401)
    }

    @Test func `its calls are shown, filtered, and can be sent again from a shell`() async throws {
        let server = try await TestServer()
        let shop = try await TestShop.open(on: server)
        let browser = try await TestUser.make(of: shop).browser(shop.server)
        try await shop.get("product?limit=1", headers: ["User-Agent": "Kasse/1 <b>"])
        try await shop.get("product/999999999")
        try await server.handler.callLog.flush(to: server.storage)
        let id = try await shop.get("self").json["token_id"].integer
        try await server.handler.limiter.flush(to: server.storage)
        let page = try await browser.get("/admin/tokens/\(id)?shop=\(shop.id)")
        for words in [
            "GET /REST/product/999999999", "Kasse/1 <b>",
            "curl -H \"Authorization: Bearer $TOKEN\" 'http://butik.test/REST/product'",
        ] {
            #expect(page.words.contains(words))
        }
        #expect(page.text.contains("<svg class=\"chart\"") && !page.text.contains("<b>"))
        let failed = try await browser.get("/admin/tokens/\(id)?shop=\(shop.id)&status=404&route=")
        #expect(failed.words.contains("/REST/product/999999999") && !failed.words.contains("Kasse/1"))
        let none = try await browser.get("/admin/tokens/\(id)?shop=\(shop.id)&status=abc")
        #expect(none.status == 200 && none.text.contains("class=\"wrong\""))
        await server.stop()
    }

    @Test func `only owners change tokens, and nobody those of other shops`() async throws {
        let (shop, other) = (try await TestShop.open(), try await TestShop.open())
        let id = try await shop.get("self").json["token_id"].integer
        for role in [Role.staff, .readOnly] {
            let browser = try await TestUser.make(role, of: shop).browser(shop.server)
            #expect(try await browser.get("/admin/tokens?shop=\(shop.id)").status == 403)
            #expect(try await browser.get("/admin/tokens/new?shop=\(shop.id)").status == 403)
            let csrf = try await browser.get("/admin/account").forms[0].fields[0].value
            for path in ["/admin/tokens/new", "/admin/tokens/\(id)", "/admin/tokens/\(id)/revoke"] {
                let form = [
                    ("csrf", csrf), ("shop", "\(shop.id)"), ("name", "x"), ("access_level", "read"), ("burst", "5"),
                ]
                #expect(try await browser.send("POST", path, form: form).status == 403, "\(path)")
            }
        }
        let stranger = try await TestUser.make(of: other).browser(shop.server)
        #expect(try await stranger.get("/admin/tokens?shop=\(shop.id)").status == 404)
        #expect(try await stranger.get("/admin/tokens/\(id)?shop=\(other.id)").status == 404)
        #expect(try await stranger.get("/admin/shop?shop=\(shop.id)").status == 404)
        #expect(try await shop.get("self").status == 200)
    }

    @Test func `a token asks for the password where that was long ago`() async throws {
        let server = try await TestServer()
        let shop = try await TestShop.open(on: server)
        let browser = try await TestUser.make(of: shop).browser(server)
        server.clock.advance(seconds: 601)
        let asked = try await browser.get("/admin/tokens/new?shop=\(shop.id)")
        #expect(asked.words.contains("Is it you?"))
        let form = try await browser.submit(asked, to: "/admin/confirm", ["password": TestUser.password])
        #expect(form.words.contains("New token of Test shop"))
        await server.stop()
    }

    private func token(on page: Reply) throws -> String {
        let start = try #require(page.text.range(of: "<code class=\"secret\">")?.upperBound)
        return String(page.text[start...].prefix { $0 != "<" })
    }

    private func call(_ shop: TestShop, _ token: String) async throws -> Reply {
        try await HTTP.send(
            "GET", "/REST/self", headers: ["Authorization": "Bearer \(token)"], port: shop.server.port)
    }
}
