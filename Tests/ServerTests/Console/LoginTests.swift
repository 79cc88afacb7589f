import Basics
import Commerce
import Persistence
import Resources
import Support
import Testing

/// Coming in by password, and staying in.
@Suite struct LoginTests {
    @Test func `whoever logs in comes to the page that was asked for`() async throws {
        let (shop, server) = try await world()
        let user = try await TestUser.make(of: shop)
        let browser = Browser(server)
        let form = try await browser.get("/admin/account?from=mail")
        #expect(form.status == 200 && form.words.contains("Log in"))
        let page = try await browser.submit(
            form, to: "/admin/login", ["email": user.email.uppercased(), "password": TestUser.password])
        #expect(page.status == 200 && page.words.contains("Where you are logged in"))
        #expect(try await browser.get("/admin").status == 303)
        #expect(try await browser.get("/admin/shops").words.contains("Test shop"))
    }

    @Test func `a wrong password and an unknown account are told alike`() async throws {
        let (shop, server) = try await world()
        let user = try await TestUser.make(of: shop)
        var answers: [String] = []
        for (email, password) in [(user.email, "wrong password"), ("nobody@shop.test", TestUser.password)] {
            let reply = try await Browser(server).logIn(email, password)
            #expect(reply.status == 422)
            answers.append(reply.words.replacing(email, with: ""))
        }
        #expect(answers[0] == answers[1] && answers[0].contains("Address or password is wrong."))
    }

    @Test func `the cookie is for this server alone, is no other's, and is another one after the log-in`() async throws
    {
        let (shop, server) = try await world()
        let user = try await TestUser.make(of: shop)
        let browser = Browser(server)
        let mine = SecretText.new()
        browser.set("butik_session", to: mine)
        let form = try await browser.get("/admin")
        #expect(form[header: "Set-Cookie"] == nil)
        let reply = try await browser.submit(
            form, to: "/admin/login", ["email": user.email, "password": TestUser.password], following: false)
        #expect(reply.status == 303 && browser.cookies["butik_session"] != mine)
        let cookie = try #require(reply[header: "Set-Cookie"])
        #expect(cookie.hasSuffix("; Path=/; HttpOnly; SameSite=Lax"))
        let row = try await server.storage.fetch("SELECT session_hash FROM sessions WHERE user_id = \(user.id)").first
        #expect(try row?["session_hash"] as String? != browser.cookies["butik_session"])
    }

    @Test func `a form without its token, or with that of another browser, does nothing`() async throws {
        let (shop, server) = try await world()
        let user = try await TestUser.make(of: shop)
        let (browser, other) = (Browser(server), try await user.browser(server))
        let form = [("email", user.email), ("password", TestUser.password)]
        let token = try await other.get("/admin/account").forms[0].fields.first { $0.name == "csrf" }?.value ?? ""
        #expect(!token.isEmpty)
        _ = try await browser.get("/admin")
        for csrf in [[], [("csrf", "")], [("csrf", "AAAA")], [("csrf", token)]] {
            let reply = try await browser.send("POST", "/admin/login", form: form + csrf)
            #expect(reply.status == 403 && reply.words.contains("came from another site"))
        }
        #expect(try await browser.send("POST", "/admin/account/sessions/end", form: [("csrf", token)]).status == 403)
        #expect(try await other.get("/admin/account").words.contains("Where you are logged in"))
    }

    @Test func `a log-in leads to pages of the console and nowhere else`() async throws {
        let (shop, server) = try await world()
        let user = try await TestUser.make(of: shop)
        for next in [
            "https://evil.test", "//evil.test", "/\\evil.test", "/admin.evil.test", "/REST", "javascript:x", "",
        ] {
            let browser = Browser(server)
            let form = try await browser.get("/admin")
            let reply = try await browser.submit(
                form, to: "/admin/login", ["email": user.email, "password": TestUser.password, "next": next],
                following: false)
            #expect(reply.status == 303 && reply[header: "Location"] == "/admin", "\(next)")
        }
    }

    @Test func `a session ends after 30 minutes without a request, and after 8 hours at all`() async throws {
        let server = try await TestServer()
        let user = try await TestUser.make(on: server)
        let browser = try await user.browser(server)
        server.clock.advance(milliseconds: 29 * 60_000)
        #expect(try await isIn(browser))
        server.clock.advance(milliseconds: 29 * 60_000)
        #expect(try await isIn(browser))
        server.clock.advance(milliseconds: 31 * 60_000)
        #expect(try await !isIn(browser))
        _ = try await browser.logIn(user.email, TestUser.password)
        for _ in 0..<23 {
            server.clock.advance(milliseconds: 20 * 60_000)
            #expect(try await isIn(browser))
        }
        server.clock.advance(milliseconds: 20 * 60_000)
        #expect(try await !isIn(browser))
        await server.stop()
    }

    @Test func `sessions are listed, and ended one by one or all at once`() async throws {
        let (shop, server) = try await world()
        let user = try await TestUser.make(of: shop)
        let mine = try await user.browser(server)
        let phone = Browser(server, headers: ["User-Agent": "Phone <b>1</b>"])
        _ = try await phone.logIn(user.email, TestUser.password)
        let third = try await user.browser(server)
        let list = try await mine.get("/admin/account")
        #expect(list.words.contains("Phone <b>1</b>") && !list.text.contains("<b>1</b>"))
        let ends = list.forms.map(\.action).filter { $0.hasSuffix("/end") && $0 != "/admin/account/sessions/end" }
        #expect(ends.count == 2)
        let row = try #require(list.text.components(separatedBy: "<tr>").first { $0.contains("Phone") })
        let end = try #require(ends.first { row.contains("\"\($0)\"") })
        _ = try await mine.submit(list, to: end)
        #expect(try await !isIn(phone))
        #expect(try await isIn(third))
        _ = try await mine.submit(try await mine.get("/admin/account"), to: "/admin/account/sessions/end")
        #expect(try await !isIn(third))
        #expect(try await isIn(mine))
        let stranger = try await TestUser.make(of: shop).browser(server)
        let mineToo = try await mine.get("/admin/account")
        let token = try await stranger.get("/admin/account").forms[0].fields[0].value
        _ = try await stranger.send("POST", end, form: [("csrf", token)])
        #expect(mineToo.status == 200)
        _ = try await mine.submit(mineToo, to: "/admin/logout")
        #expect(try await !isIn(mine))
    }

    @Test func `a new password ends all other sessions and the old one lets nobody in`() async throws {
        let (shop, server) = try await world()
        let user = try await TestUser.make(of: shop)
        let (mine, other) = (try await user.browser(server), try await user.browser(server))
        let page = try await mine.get("/admin/account")
        for (old, new, words) in [
            ("wrong", "en helt anden sætning", "The old password is wrong."),
            (TestUser.password, "for kort", "A password needs 10 to 1024 bytes."),
            (TestUser.password, "Qwertyuiop", "This password is one of the first"),
        ] {
            let reply = try await mine.submit(page, to: "/admin/account/password", ["old": old, "new": new])
            #expect(reply.status == 422 && reply.words.contains(words))
        }
        let done = try await mine.submit(
            page, to: "/admin/account/password", ["old": TestUser.password, "new": "en helt anden sætning"])
        #expect(done.words.contains("Your password is changed"))
        #expect(try await isIn(mine))
        #expect(try await !isIn(other))
        #expect(try await Browser(server).logIn(user.email, TestUser.password).status == 422)
        #expect(try await Browser(server).logIn(user.email, "en helt anden sætning").status == 200)
    }

    @Test func `pages may not be framed, run no script and tell nobody where one came from`() async throws {
        let (_, server) = try await world()
        for path in ["/admin", "/admin/forgot", "/admin/nothing-here", "/admin/style.css", "/admin/reset?key=x"] {
            let reply = try await Browser(server).get(path)
            let policy = reply[header: "Content-Security-Policy"] ?? ""
            #expect(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "\(path)")
            #expect(!policy.contains("script-src") && !policy.contains("unsafe"))
            #expect(reply[header: "Referrer-Policy"] == "no-referrer")
            #expect(reply[header: "X-Content-Type-Options"] == "nosniff" && reply[header: "X-Frame-Options"] == "DENY")
            #expect(!reply.text.lowercased().contains("<script"))
            // Caches of others keep the stylesheet, and with it whatever cookie it had.
            if path == "/admin/style.css" { #expect(reply[header: "Set-Cookie"] == nil) }
            if path == "/admin" { #expect(reply[header: "Cache-Control"] == "no-store") }
        }
    }

    @Test func `what is typed is shown as it was typed`() async throws {
        let (_, server) = try await world()
        let reply = try await Browser(server).logIn("\"><img src=x onerror=alert(1)>", "0123456789")
        #expect(reply.status == 422 && !reply.text.contains("<img"))
    }

    private func world() async throws -> (TestShop, TestServer) {
        let shop = try await TestShop.open()
        return (shop, shop.server)
    }

    private func isIn(_ browser: Browser) async throws -> Bool {
        try await browser.get("/admin/account").words.contains("Where you are logged in")
    }
}
