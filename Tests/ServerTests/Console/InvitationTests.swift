import Basics
import Commerce
import Persistence
import Resources
import Support
import Testing

/// Coming in by a link of a mail: new passwords and invitations, with a real mail server.
@Suite struct InvitationTests {
    @Test func `a forgotten password is set anew by the link of a mail, once`() async throws {
        let (world, mails) = (try await MailWorld.open(), try await MailServer())
        let server = world.server
        let user = try await TestUser.make(on: server)
        let old = try await user.browser(server)
        let browser = Browser(server)
        let forgot = try await browser.get("/admin/forgot")
        let said = try await browser.submit(forgot, to: "/admin/forgot", ["email": user.email])
        #expect(said.words.contains("Look into your mail"))
        let link = try await link(to: user.email, in: world, mails)
        let page = try await browser.get(link)
        #expect(page.words.contains("Choose a new password"))
        #expect(try await browser.submit(page, to: "/admin/reset", ["password": "kort"]).status == 422)
        let done = try await browser.submit(page, to: "/admin/reset", ["password": "min nye lange sætning"])
        #expect(done.words.contains("Your password is changed"))
        #expect(try await old.get("/admin/account").words.contains("Log in"))
        #expect(try await browser.logIn(user.email, "min nye lange sætning").words.contains("Shops"))
        let token = try #require(try await browser.get("/admin/account").forms.first?.fields.first?.value)
        let again = [
            ("csrf", token), ("key", String(link.split(separator: "=")[1])), ("password", "en tredje sætning"),
        ]
        for reply in [try await browser.get(link), try await browser.send("POST", "/admin/reset", form: again)] {
            #expect(reply.words.contains("This link works no longer"))
        }
        await world.close()
    }

    @Test func `who has no account is told the same, and gets no mail`() async throws {
        let (world, mails) = (try await MailWorld.open(), try await MailServer())
        let user = try await TestUser.make(on: world.server)
        var pages: Set<String> = []
        for email in ["nobody@shop.test", user.email] {
            let browser = Browser(world.server)
            let forgot = try await browser.get("/admin/forgot")
            pages.insert(try await browser.submit(forgot, to: "/admin/forgot", ["email": email]).words)
        }
        #expect(pages.count == 1)
        try await world.work(mails)
        #expect(try mails.taken.map { $0["to"].text } == [user.email])
        await world.close()
    }

    @Test func `a link for a new password works for 30 minutes`() async throws {
        let (world, mails) = (try await MailWorld.open(), try await MailServer())
        let user = try await TestUser.make(on: world.server)
        let browser = Browser(world.server)
        _ = try await browser.submit(try await browser.get("/admin/forgot"), to: "/admin/forgot", ["email": user.email])
        let link = try await link(to: user.email, in: world, mails)
        world.server.clock.advance(seconds: 1801)
        #expect(try await browser.get(link).words.contains("This link works no longer"))
        await world.close()
    }

    @Test func `who is invited makes an account, has the role, and the invitation is used up`() async throws {
        let (world, mails) = (try await MailWorld.open(), try await MailServer())
        let (server, shop) = (world.server, world.shop)
        try await invite("Ny@Kunde.test", as: .staff, to: shop)
        let link = try await link(to: "ny@kunde.test", in: world, mails)
        let browser = Browser(server)
        let page = try await browser.get(link)
        #expect(page.words.contains("To look after Test shop as staff"))
        #expect(try await browser.submit(page, to: "/admin/invitation", ["password": "kort"]).status == 422)
        let done = try await browser.submit(
            page, to: "/admin/invitation", ["name": "Ny", "password": "en lang nok sætning"])
        #expect(done.words.contains("You are in"))
        let shops = try await browser.logIn("ny@kunde.test", "en lang nok sætning", at: "/admin/shops")
        #expect(shops.words.contains("Test shop") && shops.words.contains("staff"))
        #expect(try await browser.get(link).words.contains("works no longer"))
        await world.close()
    }

    @Test func `who has an account already only accepts`() async throws {
        let (world, mails) = (try await MailWorld.open(), try await MailServer())
        let user = try await TestUser.make(on: world.server)
        try await invite(user.email, as: .readOnly, to: world.shop)
        let link = try await link(to: user.email, in: world, mails)
        let browser = Browser(world.server)
        let page = try await browser.get(link)
        #expect(!page.words.contains("Password"))
        _ = try await browser.submit(page, to: "/admin/invitation")
        let shops = try await browser.logIn(user.email, TestUser.password, at: "/admin/shops")
        #expect(shops.words.contains("read only"))
        await world.close()
    }

    @Test func `an older invitation is no way back into a shop`() async throws {
        let (world, mails) = (try await MailWorld.open(), try await MailServer())
        let user = try await TestUser.make(.staff, of: world.shop)
        try await invite(user.email, as: .owner, to: world.shop)
        let link = try await link(to: user.email, in: world, mails)
        let (shop, now) = (world.shop.id, world.server.clock.now)
        try await world.server.storage.write(changing: User.tables) { db in
            try Membership.remove(user.id, from: shop, by: .command(at: now), db)
        }
        #expect(try await Browser(world.server).get(link).words.contains("works no longer"))
        await world.close()
    }

    @Test func `a new password ends the links for another one`() async throws {
        let (world, mails) = (try await MailWorld.open(), try await MailServer())
        let user = try await TestUser.make(on: world.server)
        let browser = try await user.browser(world.server)
        let other = Browser(world.server)
        _ = try await other.submit(try await other.get("/admin/forgot"), to: "/admin/forgot", ["email": user.email])
        let link = try await link(to: user.email, in: world, mails)
        _ = try await browser.submit(
            try await browser.get("/admin/account"), to: "/admin/account/password",
            ["old": TestUser.password, "new": "en helt anden sætning"])
        #expect(try await other.get(link).words.contains("works no longer"))
        await world.close()
    }

    @Test func `a shop keeps an owner, whoever goes`() async throws {
        let shop = try await TestShop.open()
        let (first, second) = (try await TestUser.make(of: shop), try await TestUser.make(of: shop))
        let (storage, now) = (shop.server.storage, shop.server.clock.now)
        let done = try await together(2) { index in
            do {
                try await storage.write(changing: User.tables) { db in
                    try Membership.remove(index == 0 ? first.id : second.id, from: shop.id, by: .command(at: now), db)
                }
                return true
            } catch AccessFault.lastOwner {
                return false
            }
        }
        #expect(done.filter { $0 }.count == 1)
        let left = try await storage.read { try Membership.of(shop: shop.id, in: $0) }
        #expect(left.map(\.role) == [.owner])
    }

    @Test func `a log-in from a new place is told by mail`() async throws {
        let (world, mails) = (try await MailWorld.open(), try await MailServer())
        let user = try await TestUser.make(on: world.server)
        let home = ["X-Forwarded-For": "10.1.1.1"]
        for place in [home, home, ["X-Forwarded-For": "10.2.2.2", "User-Agent": "Strange browser"]] {
            _ = try await Browser(world.server, headers: place).logIn(user.email, TestUser.password)
        }
        try await world.work(mails)
        let taken = try mails.taken
        #expect(taken.count == 1)
        #expect(taken.first?["text"].text.contains("10.2.2.2") == true)
        #expect(taken.first?["text"].text.contains("Strange browser") == true)
        await world.close()
    }

    private func invite(_ email: String, as role: Role, to shop: TestShop) async throws {
        let server = shop.server
        try await server.storage.transact(in: try await shop.tenant, at: server.clock.now, as: "test") { tx in
            try Invitation.send(
                to: email, as: role, by: "Bo", publicURL: TestServer.publicURL, server.outbox, in: tx)
        }
    }

    /// The path of the link in the one mail that was sent.
    private func link(to email: String, in world: MailWorld, _ mails: MailServer) async throws -> String {
        try await world.work(mails)
        let mail = try #require(try mails.taken.last { $0["to"].text == email })
        let text = mail["text"].text
        let start = try #require(text.range(of: TestServer.publicURL)?.upperBound)
        return String(text[start...].prefix { !$0.isWhitespace })
    }
}

extension MailWorld {
    /// Does the work that waits, and sends the mails that it writes.
    fileprivate func work(_ mails: MailServer) async throws {
        try await server.runner(Users.area.jobs).runDue()
        try await send(mails.url())
    }
}
