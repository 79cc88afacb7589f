import Basics
import Commerce
import Persistence
import Resources
import Support
import Testing

/// Shops, their users and mails, and the server at the console.
@Suite struct ConsolePageTests {
    @Test func `every page of the navigation is there, with one heading and a title`() async throws {
        let shop = try await TestShop.open()
        let user = try await TestUser.make(on: shop.server, isPlatform: true)
        let browser = try await user.browser(shop.server)
        let id = try await shop.get("self").json["token_id"].integer
        for path in [
            "shops", "shop?shop=\(shop.id)", "tokens?shop=\(shop.id)", "tokens/new?shop=\(shop.id)",
            "tokens/\(id)?shop=\(shop.id)", "users?shop=\(shop.id)", "mails?shop=\(shop.id)", "oauth?shop=\(shop.id)",
            "audit?shop=\(shop.id)", "webhooks?shop=\(shop.id)", "webhooks/new?shop=\(shop.id)",
            "account", "account/second-factor", "clients", "platform-mails", "health",
        ] {
            let page = try await browser.get("/admin/" + path)
            #expect(page.status == 200, "\(path): \(page.words)")
            #expect(page.text.components(separatedBy: "<h1>").count == 2, "\(path)")
            #expect(page.text.contains("· Butik</title>") && !page.text.contains("{{"), "\(path)")
        }
        #expect(try await browser.get("/admin/tokens?shop=x").status == 404)
        #expect(try await browser.get("/admin/nothing").status == 404)
        #expect(try await browser.get("/admin/nothing").words.contains("There is nothing at /admin/nothing"))
    }

    @Test func `a shop's settings are changed, and what is wrong is told beside what was typed`() async throws {
        let shop = try await TestShop.open()
        let browser = try await TestUser.make(of: shop).browser(shop.server)
        let page = try await browser.get("/admin/shop?shop=\(shop.id)")
        let domain = "b\(UInt32.random(in: 0 ... .max)).example.com"
        let saved = try await browser.submit(
            page, to: "/admin/shop",
            [
                "name": "Bø & Co", "domains": domain + "\r\n", "country_id": "45", "origins": "",
                "prices_include_vat": "1",
            ])
        #expect(saved.words.contains("Saved.") && saved.words.contains("Bø & Co"))
        let stored = try await shop.get("shop").json
        #expect(stored["name"] == "Bø & Co" && stored["domains"] == [.string(domain)])
        let wrong = try await browser.submit(
            saved, to: "/admin/shop", ["time_zone": "Mars/Base", "domains": "no domain", "country_id": "45"])
        #expect(wrong.status == 422 && wrong.words.contains("must be an IANA zone"))
        #expect(wrong.text.contains("value=\"Mars/Base\"") && wrong.words.contains("domains/0:"))
        #expect(try await shop.get("shop").json["time_zone"] == "Europe/Copenhagen")
        let audit = try await browser.get("/admin/audit?shop=\(shop.id)&resource=shop&action=updated")
        #expect(audit.words.contains("name: Test shop Bø & Co"))
        let staff = try await TestUser.make(.staff, of: shop).browser(shop.server)
        let read = try await staff.get("/admin/shop?shop=\(shop.id)")
        #expect(read.status == 200 && !read.text.contains("<button>Save</button>"))
        #expect(try await staff.submit(read, to: "/admin/shop", ["name": "Mine", "country_id": "45"]).status == 403)
    }

    @Test func `owners invite users, change what they are and take them out`() async throws {
        let shop = try await TestShop.open()
        let me = try await TestUser.make(of: shop)
        let (staff, browser) = (try await TestUser.make(.staff, of: shop), try await me.browser(shop.server))
        let page = try await browser.get("/admin/users?shop=\(shop.id)")
        #expect(page.words.contains(staff.email) && page.words.contains("you"))
        let invited = try await browser.submit(
            page, to: "/admin/users/invite", ["email": "ny@kunde.test", "role": "read_only"])
        #expect(invited.words.contains("The invitation is on its way.") && invited.words.contains("ny@kunde.test"))
        let wrong = try await browser.submit(page, to: "/admin/users/invite", ["email": "nobody", "role": "staff"])
        #expect(wrong.status == 422 && wrong.words.contains("nobody is not an e-mail address"))
        let withdraw = try #require(invited.forms.map(\.action).first { $0.hasSuffix("/withdraw") })
        let gone = try await browser.submit(invited, to: withdraw)
        #expect(!gone.words.contains("ny@kunde.test"))
        let changed = try await browser.submit(page, to: "/admin/users/\(staff.id)/role", ["role": "read_only"])
        #expect(changed.status == 200)
        #expect(try await role(of: staff, in: shop) == .readOnly)
        let alone = try await browser.submit(page, to: "/admin/users/\(me.id)/role", ["role": "staff"])
        #expect(alone.status == 422 && alone.words.contains("a shop needs an owner"))
        let audit = try await shop.get("audit?resource=user&limit=100").json["audit"].elements
        #expect(audit.contains { $0["action"] == "updated" && $0["before"]["role"] == "staff" })
        #expect(audit.contains { $0["action"] == "invited" && $0["actor"]["name"].text == me.email })
        let theirs = try await staff.browser(shop.server)
        let list = try await theirs.get("/admin/users?shop=\(shop.id)")
        #expect(list.status == 200 && !list.text.contains("/invite"))
        let csrf = try await theirs.get("/admin/account").forms[0].fields[0].value
        for path in ["/admin/users/invite", "/admin/users/\(me.id)/remove", "/admin/users/\(staff.id)/role"] {
            let form = [("csrf", csrf), ("shop", "\(shop.id)"), ("role", "owner"), ("email", "x@y.test")]
            #expect(try await theirs.send("POST", path, form: form).status == 403)
        }
        _ = try await browser.submit(page, to: "/admin/users/\(staff.id)/remove")
        #expect(try await role(of: staff, in: shop) == nil)
        #expect(try await theirs.get("/admin/users?shop=\(shop.id)").status == 404)
    }

    @Test func `an invitation asks for the password where that was long ago`() async throws {
        let server = try await TestServer()
        let shop = try await TestShop.open(on: server)
        let browser = try await TestUser.make(of: shop).browser(server)
        let page = try await browser.get("/admin/users?shop=\(shop.id)")
        server.clock.advance(seconds: 601)
        let asked = try await browser.submit(
            page, to: "/admin/users/invite", ["email": "ny@kunde.test", "role": "owner"])
        #expect(asked.words.contains("Is it you?"))
        #expect(try await !browser.get("/admin/users?shop=\(shop.id)").words.contains("ny@kunde.test"))
        await server.stop()
    }

    @Test func `a shop sees its mails and sends one again; the platform's are shown without their words`() async throws
    {
        let (world, mails) = (try await MailWorld.open(), try await MailServer())
        let server = world.server
        let id = try await world.queue()
        try await world.queueOfPlatform(MailWorld.draft(.passwordReset, with: ["link": "https://x.test/hemmelig"]))
        let browser = try await TestUser.make(of: world.shop).browser(server)
        let list = try await browser.get("/admin/mails?shop=\(world.shop.id)")
        #expect(list.words.contains("anna@kunde.test") && list.words.contains("queued"))
        let queued = try await browser.get("/admin/mails/\(id)?shop=\(world.shop.id)")
        #expect(queued.words.contains("inviterer dig til at passe") && !queued.text.contains("/resend"))
        try await world.send(mails.url())
        let sent = try await browser.get("/admin/mails/\(id)?shop=\(world.shop.id)")
        #expect(sent.words.contains("sent, 1 tries"))
        let again = try await browser.submit(sent, to: "/admin/mails/\(id)/resend")
        #expect(again.words.contains("queued"))
        #expect(try await world.shop.post("mail/\(id)/resend", [:]).code == "mail_queued")
        try await world.send(mails.url())
        let taken = try mails.taken.filter { $0["to"] == "anna@kunde.test" && $0["text"].text.contains("at passe") }
        #expect(taken.count == 2 && taken[0]["headers"]["message-id"] == taken[1]["headers"]["message-id"])
        let none = try await browser.get("/admin/mails?shop=\(world.shop.id)&status=failed")
        #expect(none.words.contains("None."))
        #expect(try await browser.get("/admin/platform-mails").status == 403)
        let platform = try await TestUser.make(on: server, isPlatform: true).browser(server)
        let theirs = try await platform.get("/admin/platform-mails")
        #expect(theirs.words.contains("password_reset") && !theirs.text.contains("hemmelig"))
        await world.close()
    }

    @Test func `whoever looks after the server registers programs, and nobody else`() async throws {
        let shop = try await TestShop.open()
        let platform = try await TestUser.make(on: shop.server, isPlatform: true).browser(shop.server)
        let page = try await platform.get("/admin/clients")
        let values = ["name": "Kasse", "redirect_uris": "https://kasse.example/back", "max_level": "write"]
        let made = try await platform.submit(page, to: "/admin/clients", values)
        #expect(made.words.contains("butik_cs_") && made.words.contains("not shown again"))
        let wrong = try await platform.submit(page, to: "/admin/clients", values.merging(["redirect_uris": "x"]) { $1 })
        #expect(wrong.status == 422 && wrong.words.contains("redirect uris/0: must begin with https://"))
        let list = try await platform.get("/admin/clients")
        #expect(list.words.contains("https://kasse.example/back") && !list.text.contains("butik_cs_"))
        let remove = try #require(list.forms.map(\.action).first { $0.hasSuffix("/remove") })
        _ = try await platform.submit(list, to: remove)
        #expect(try await platform.send("POST", remove, form: [("csrf", list.forms[0].fields[0].value)]).status == 404)
        let owner = try await TestUser.make(of: shop).browser(shop.server)
        let csrf = try await owner.get("/admin/account").forms[0].fields[0].value
        for path in ["/admin/clients", "/admin/health", "/admin/platform-mails"] {
            #expect(try await owner.get(path).status == 403)
        }
        let form = values.map { ($0.key, $0.value) } + [("csrf", csrf)]
        #expect(try await owner.send("POST", "/admin/clients", form: form).status == 403)
    }

    private func role(of user: TestUser, in shop: TestShop) async throws -> Role? {
        try await shop.server.storage.read { try Membership.of(shop: shop.id, in: $0) }.first { $0.user == user.id }?
            .role
    }
}
