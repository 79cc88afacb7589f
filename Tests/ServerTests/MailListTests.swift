import Basics
import Commerce
import Jobs
import Persistence
import Resources
import Support
import Testing

/// A shop reads its own mails, and the database alone tells nothing of them.
@Suite struct MailListTests {
    @Test func `a shop sees its own mails, by status, template and whom they are to, and no others`() async throws {
        let world = try await MailWorld.open()
        let other = try await TestShop.open(on: world.server)
        let ids = [
            try await world.queue(), try await world.queue(MailWorld.draft(.tokenIdle, to: "carl@kunde.test")),
        ]
        let platform = try await world.queueOfPlatform(MailWorld.draft(.passwordReset), about: world.shop.id)
        let list = try await world.shop.get("mail?limit=10").json
        #expect(list["mails"].elements.map { $0["mail_id"].integer } == ids.reversed())
        #expect(list["paging"]["total"] == 2)
        #expect(
            list["mails"][0].names == [
                "mail_id", "to", "subject", "text", "html", "template", "status", "attempts", "error", "sent",
                "created",
                "last_modified",
            ])
        #expect(list["mails"][1] == (try await world.mail(ids[0])))
        for filter in ["template=token_idle", "to=carl@kunde.test"] {
            let found = try await world.shop.get("mail?limit=10&status=queued&\(filter)").json["mails"]
            #expect(found.elements.map { $0["mail_id"].integer } == [ids[1]], "\(filter)")
        }
        let page = try await world.shop.get("mail?limit=1").json
        let next = try await world.shop.get("mail?limit=1&after=\(page["paging"]["next"].text)").json
        #expect(next["mails"][0]["mail_id"].integer == ids[0])
        #expect(try await world.shop.get("mail/\(platform)").status == 404)
        #expect(try await other.get("mail?limit=10").json["paging"]["total"] == 0)
        #expect(try await other.get("mail/\(ids[0])").status == 404)
        #expect(try await world.shop.send("DELETE", "/REST/mail/\(ids[0])").status == 405)
        await world.close()
    }

    @Test func `a page of mails is one query, however many they are`() async throws {
        let world = try await MailWorld.open()
        for number in 0..<12 { try await world.queue(MailWorld.draft(to: "k\(number)@kunde.test")) }
        func statements(_ path: String) async throws -> Int {
            try await world.shop.get(path)
            let before = world.server.storage.statements
            #expect(try await world.shop.get(path).status == 200)
            return world.server.storage.statements - before
        }
        #expect(try await statements("mail?limit=12") == statements("mail?limit=1"))
        #expect(try await statements("mail?limit=12") == statements("brand?limit=12"))
        await world.close()
    }

    @Test func `no word of a mail lies readable in the database`() async throws {
        let world = try await MailWorld.open()
        let id = try await world.queue(MailWorld.draft(with: ["inviter": "Rosinante"]))
        try await world.queueOfPlatform(MailWorld.draft(.passwordReset, with: ["link": "https://x.test/?hemmelig"]))
        let rows = try await world.server.storage.fetch("SELECT * FROM mails")
        let stored = rows.map { "\($0.values)" }.joined()
        #expect(rows.count == 2)
        for secret in ["hemmelig", "Rosinante", "x.test", "Sko"] { #expect(!stored.contains(secret), "\(secret)") }
        #expect(try await world.mail(id)["text"].text.contains("Rosinante"))
        // Sealed with its place: put into another mail it does not open.
        let other = try await world.queue()
        _ = try await world.server.storage.write { db in
            try db.run(
                "UPDATE mails SET text = (SELECT m.text FROM mails m WHERE m.mail_id = \(id)) WHERE mail_id = \(other)")
        }
        #expect(try await world.shop.get("mail/\(other)").status == 500)
        await world.close()
    }

    @Test func `a mail is there exactly when what it tells of is`() async throws {
        struct Undone: Error {}
        let world = try await MailWorld.open()
        let (outbox, draft) = (world.server.outbox, MailWorld.draft())
        let tenant = try await world.shop.tenant
        await #expect(throws: Undone.self) {
            try await world.server.storage.transact(in: tenant, at: world.server.clock.now, as: "test") { tx in
                try outbox.queue(draft, in: tx)
                throw Undone()
            }
        }
        #expect(try await world.shop.get("mail?limit=1").json["paging"]["total"] == 0)
        #expect(try await world.server.storage.fetch("SELECT 1 FROM queue WHERE kind = 'send mails'").isEmpty)
        for address in ["nobody", "a@b.test\r\nBcc: c@d.test", "a@b.test>", "æ@b.test", "a b@c.test"] {
            await #expect(throws: MailFault.address(address)) { try await world.queue(MailWorld.draft(to: address)) }
        }
        await world.close()
    }

    @Test func `the words of a mail are gone 90 days after its end, and who got it is still told`() async throws {
        let world = try await MailWorld.open()
        let outside = try await MailServer()
        let sent = try await world.queue()
        try await world.send(outside.url())
        let waiting = try await world.queue()
        let job = world.server.runner(Mails.area.jobs)
        world.server.clock.advance(seconds: 89 * 86_400)
        try await job.open()
        try await job.runDue()
        #expect(try await world.mail(sent)["subject"].text != "")
        world.server.clock.advance(seconds: 2 * 86_400)
        try await job.runDue()
        let mail = try await world.mail(sent)
        #expect(mail["subject"] == "" && mail["text"] == "" && mail["html"] == "")
        #expect(mail["status"] == "sent" && mail["to"] == "anna@kunde.test")
        #expect(try await world.mail(waiting)["subject"].text != "")
        await world.close()
    }
}
