import Basics
import ButikFiles
import Commerce
import Foundation
import Persistence
import Resources
import Secrets
import Support
import Testing

/// A server that is killed while it sends mails loses none of them.
@Suite struct MailCrashTests {
    private static let count = 1000
    private static let kills = 10

    @Test func `a thousand mails, ten kills: each is taken, and what was known to be taken is not sent again`()
        async throws
    {
        let outside = try await MailServer(.starttls)
        let binary = try await Binary.fresh()
        try await binary.succeed("shop", "create", "Test shop")
        let token = try await binary.succeed("token", "create", "--shop", "1", "--level", "all", "--unlimited")
        let settings = [
            "BUTIK_SMTP_URL": outside.url(), "BUTIK_SMTP_CA_FILE": try MailServer.certificate.get().cert,
            "BUTIK_MAIL_FROM": "no-reply@butik.test", "BUTIK_LOG_LEVEL": "notice",
        ]
        try await Self.write(binary)
        var (known, doubles): (Set<String>, Int) = ([], 0)
        for kill in 1...Self.kills {
            let serving = try await binary.serve(settings: settings)
            let wanted = Self.count * kill / (Self.kills + 1)
            try await eventually("mail \(wanted)", seconds: 60) { try outside.taken.count >= wanted }
            try await serving.kill()
            let taken = try outside.taken.map { $0["to"].text }
            known = try await Self.settled(binary)
            doubles = taken.count - Set(taken).count
            #expect(known.isSubset(of: taken))
            // A place each of what was under way at each kill.
            #expect(doubles <= kill * Outbox.queue.limits.inAll)
        }
        let before = try outside.taken.count
        let serving = try await binary.serve(settings: settings)
        let client = Client(token: token, port: serving.port)
        try await eventually("the end of the line", seconds: 60) {
            try await client.get("mail?status=sent&limit=1").json["paging"]["total"].integer == Int64(Self.count)
        }
        #expect(try await serving.stop() == 0)
        let taken = try outside.taken.map { $0["to"].text }
        #expect(Set(taken).count == Self.count)
        #expect(known.isDisjoint(with: taken.dropFirst(before)))
        print("\(Self.kills) kills: \(taken.count) deliveries of \(Self.count) mails")
    }

    /// Puts the mails in line, as whoever stands beside the server does.
    private static func write(_ binary: Binary) async throws {
        let (storage, now) = (try await Engine.open(binary.database), Instant(seconds: 1_772_366_400))
        let keys = try await Keyring.open(.made(binary.data + "/master.key"), for: storage, at: now)
        let outbox = Outbox(try MailTemplates { try ButikFiles.seed("templates/" + $0) }, keys)
        try await storage.transact(inShop: 1, publicURL: TestServer.publicURL, at: now) {
            tx in
            for number in 0..<count {
                try outbox.queue(MailDraft(.loginNotice, to: "k\(number)@kunde.test", ["time": "now"]), in: tx)
            }
        }
        await storage.close()
    }

    /// Whom mails are to that are known to be taken, once the server was killed. Nobody waits half a minute here for what it
    /// held.
    private static func settled(_ binary: Binary) async throws -> Set<String> {
        let storage = try await Engine.open(binary.database)
        if Engine.current == .postgres {
            _ = try await storage.write { try $0.run("UPDATE queue SET due = 0 WHERE worker IS NOT NULL") }
        }
        let rows = try await storage.fetch("SELECT recipient FROM mails WHERE status = 'sent'")
        await storage.close()
        return try Set(rows.map { try $0["recipient"] })
    }
}
