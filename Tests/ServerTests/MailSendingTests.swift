import Basics
import Commerce
import Foundation
import Jobs
import Persistence
import Resources
import Support
import Testing
import Transfers

/// Mails reach a real mail server, or say why they do not.
@Suite struct MailSendingTests {
    @Test(arguments: [nil, MailServer.TLS.starttls, .smtps], [nil, "butik:p%40ss:w%C3%B8rd"])
    func `a mail reaches the server, with and without TLS and log-in`(_ tls: MailServer.TLS?, _ account: String?)
        async throws
    {
        let world = try await MailWorld.open()
        let outside = try await MailServer(tls, account: account.flatMap { $0.removingPercentEncoding })
        let id = try await world.queue(MailWorld.draft(with: ["inviter": "Bo <b>&</b> Åse"]))
        let cert = try MailServer.certificate.get().cert
        #expect(try await world.send(outside.url(account: account), caFile: tls == nil ? nil : cert) == 1)
        let mail = try await world.mail(id)
        #expect(mail["status"] == "sent" && mail["attempts"] == 1 && mail["error"] == .null)
        #expect(mail["sent"] == "2026-03-01 13:00:00")
        let taken = try outside.taken
        try #require(taken.count == 1)
        #expect(taken[0]["sender"] == "no-reply@butik.test" && taken[0]["to"] == "anna@kunde.test")
        #expect(taken[0]["tls"] == (tls == nil ? 0 : 1))
        #expect(taken[0]["user"] == (account == nil ? .null : "butik"))
        #expect(taken[0]["type"] == "multipart/alternative")
        #expect(taken[0]["headers"]["subject"] == mail["subject"])
        #expect(taken[0]["text"].text.replacing("\r\n", with: "\n") == mail["text"].text)
        #expect(taken[0]["html"].text.replacing("\r\n", with: "\n") == mail["html"].text)
        #expect(mail["text"].text.contains("Bo <b>&</b> Åse") && mail["text"].text.contains("?a=1&b=hemmelig"))
        #expect(mail["html"].text.contains("Bo &lt;b&gt;&amp;&lt;/b&gt; Åse"))
        // Done: nothing is left in line.
        #expect(try await world.due(id) == nil)
        await world.close()
    }

    @Test func `long lines, dots and spaces at their ends arrive as they were, in lines that every server takes`()
        async throws
    {
        let world = try await MailWorld.open()
        let outside = try await MailServer()
        let odd = String(repeating: "Åse=🛒 ", count: 400) + "\n.\n..x \n\t\nFrom here=\t"
        let name = String(repeating: "Sko & Støvler 👟 ", count: 30)
        let id = try await world.queue(MailWorld.draft(with: ["inviter": odd, "shop": name]))
        try await world.send(outside.url())
        let mail = try await world.mail(id)
        let taken = try outside.taken[0]
        #expect(taken["text"].text.replacing("\r\n", with: "\n") == mail["text"].text)
        #expect(taken["html"].text.replacing("\r\n", with: "\n") == mail["html"].text)
        #expect(mail["text"].text.contains(odd) && mail["subject"].text.contains(name))
        #expect(taken["headers"]["subject"] == mail["subject"])
        #expect(taken["headers"]["from"] == "Butik på Ærø <no-reply@butik.test>")
        #expect(taken["headers"]["date"] == "Sun, 01 Mar 2026 12:00:00 +0000")
        #expect(taken["longest"].integer <= 78)
        await world.close()
    }

    @Test func `who is refused for good is told at once, and nobody else waits for him`() async throws {
        let world = try await MailWorld.open()
        let outside = try await MailServer()
        let refused = try await world.queue(MailWorld.draft(to: "refused@kunde.test"))
        let unwanted = try await world.queue(MailWorld.draft(to: "unwanted@kunde.test"))
        let other = try await world.queue()
        #expect(try await world.send(outside.url()) == 3)
        let mail = try await world.mail(refused)
        #expect(mail["status"] == "failed" && mail["attempts"] == 1)
        #expect(mail["error"] == "the mail server answered: 550-5.1.1 Nobody here 5.1.1 has that name")
        let words = try await world.mail(unwanted)
        #expect(words["status"] == "failed")
        #expect(words["error"] == "the mail server answered: 554 5.7.1 No such words here")
        #expect(try await world.mail(other)["status"] == "sent")
        world.server.clock.advance(seconds: 100_000)
        #expect(try await world.send(outside.url()) == 0)
        #expect(try outside.taken.count == 1)
        await world.close()
    }

    @Test func `who can't be asked now is asked again a minute later`() async throws {
        let world = try await MailWorld.open()
        let outside = try await MailServer()
        let id = try await world.queue(MailWorld.draft(to: "later@kunde.test"))
        try await world.send(outside.url())
        let mail = try await world.mail(id)
        #expect(mail["status"] == "queued" && mail["attempts"] == 1 && mail["sent"] == .null)
        #expect(mail["error"] == "the mail server answered: 451 4.2.1 Come again")
        #expect(try await world.due(id) == world.server.clock.now.adding(seconds: 60))
        world.server.clock.advance(seconds: 60)
        #expect(try await world.send(outside.url()) == 1)
        let sent = try await world.mail(id)
        #expect(sent["status"] == "sent" && sent["attempts"] == 2 && sent["error"] == .null)
        await world.close()
    }

    @Test func `a mail whose answer was lost comes twice, as the same mail`() async throws {
        let world = try await MailWorld.open()
        let outside = try await MailServer()
        let id = try await world.queue(MailWorld.draft(to: "lost@kunde.test"))
        try await world.send(outside.url())
        #expect(try await world.mail(id)["status"] == "queued")
        world.server.clock.advance(seconds: 60)
        try await world.send(outside.url())
        #expect(try await world.mail(id)["status"] == "sent")
        let taken = try outside.taken
        try #require(taken.count == 2)
        #expect(taken[0] == taken[1])
        #expect(taken[0]["headers"]["message-id"].text.hasSuffix("@butik.test>"))
        await world.close()
    }

    @Test func `a server that is away is tried again until the mail is given up`() async throws {
        let world = try await MailWorld.open()
        let gone = try await MailServer()
        try await gone.stop()
        let id = try await world.queue()
        let runner = try world.sender(gone.url())
        var tries = 0
        while let due = try await world.due(id), tries < 20 {
            world.server.clock.advance(milliseconds: max(0, due.milliseconds - world.server.clock.now.milliseconds))
            #expect(try await runner.runDue() == 1)
            tries += 1
        }
        #expect(tries == Outbox.queue.retries.delays.count + 1)
        let mail = try await world.mail(id)
        #expect(mail["status"] == "failed" && mail["attempts"].integer == Int64(tries))
        #expect(mail["error"].text.contains("127.0.0.1"), "\(mail["error"])")
        #expect(runner.counts.text.contains("butik_job_failures_total{job=\"send mails\"} \(tries)\n"))
        await world.close()
    }

    @Test func `a server that hangs takes no longer than the limit, and nobody who comes then waits for it`()
        async throws
    {
        let world = try await MailWorld.open()
        let outside = try await MailServer()
        let hanging = try await world.queue(MailWorld.draft(to: "hang@kunde.test"))
        let start = ContinuousClock.now
        try await world.send(outside.url())
        #expect(.now - start < .seconds(20))
        #expect(try await world.mail(hanging)["status"] == "queued")
        #expect(try await world.mail(hanging)["error"].text.contains("time"))
        let other = try await world.queue()
        try await world.send(outside.url())
        let mail = try await world.mail(other)
        #expect(mail["status"] == "sent", "\(mail["error"])")
        await world.close()
    }

    @Test func `what is under way when the server stops is broken off and waits as before`() async throws {
        let world = try await MailWorld.open()
        let outside = try await MailServer()
        let id = try await world.queue(MailWorld.draft(to: "hang@kunde.test"))
        let runner = try world.sender(outside.url())
        let task = Task { try await runner.runDue() }
        try await eventually("a mail under way") {
            try await world.server.storage.fetch("SELECT worker FROM queue WHERE worker IS NOT NULL").count == 1
        }
        task.cancel()
        _ = await task.result
        #expect(try await world.mail(id)["status"] == "queued")
        #expect(try await world.mail(id)["attempts"] == 0)
        #expect(try await world.due(id) == world.server.clock.now)
        await world.close()
    }

    @Test func `nothing goes to a server that is not who it must be, or offers no TLS`() async throws {
        let world = try await MailWorld.open()
        let (stranger, plain) = (try await MailServer(.starttls), try await MailServer(account: "butik:right"))
        let id = try await world.queue()
        let wrong: [(url: String, words: String)] = [
            (stranger.url(), "SSL certificate problem"),
            ("smtp://127.0.0.1:\(plain.port)", "STARTTLS"),
            (plain.url(account: "butik:wrong"), "the mail server answered: 535"),
        ]
        for (place, (url, words)) in wrong.enumerated() {
            world.server.clock.advance(seconds: 4000)
            #expect(try await world.send(url) == 1)
            let mail = try await world.mail(id)
            #expect(mail["status"] == "queued" && mail["attempts"].integer == Int64(place + 1))
            #expect(mail["error"].text.contains(words), "\(mail["error"])")
            #expect(!mail["error"].text.contains("wrong"))
        }
        #expect(try stranger.taken.isEmpty && plain.taken.isEmpty)
        await world.close()
    }

    @Test func `without a mail server mails wait, can be read, and nobody looks at them`() async throws {
        let world = try await MailWorld.open()
        let id = try await world.queue()
        let mail = try await world.mail(id)
        #expect(mail["status"] == "queued" && mail["attempts"] == 0 && mail["text"].text.contains("hemmelig"))
        let runner = world.server.runner([])
        #expect(try await runner.runDue() == 0)
        #expect(try await world.due(id) == world.server.clock.now)
        await world.close()
    }
}
