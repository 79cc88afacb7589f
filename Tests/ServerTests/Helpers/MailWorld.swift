import Basics
import Commerce
import Foundation
import Jobs
import Persistence
import Resources
import Support
import Transfers

/// A shop that writes mails, on a server of its own, since a queue is worked on for all shops.
struct MailWorld {
    let server: TestServer
    let shop: TestShop
    let loop: TransferLoop

    static let from = "Butik på Ærø <no-reply@butik.test>"
    static let limits = TransferLimits(connect: 3000, inAll: 3000)

    static func open(_ change: @Sendable (inout Shop.Opening) -> Void = { _ in }) async throws -> MailWorld {
        let server = try await TestServer()
        let shop = try await TestShop.open(on: server, change)
        return MailWorld(server: server, shop: shop, loop: TransferLoop())
    }

    func close() async {
        await loop.close()
        await server.stop()
    }

    static func draft(
        _ template: MailTemplate = .invitation, to: String = "anna@kunde.test", with more: [String: String] = [:],
        language: MailLanguage? = nil
    ) -> MailDraft {
        let values = [
            "shop": "Sko & Støvler", "inviter": "Bo", "role": "staff", "link": "https://x.test/?a=1&b=hemmelig",
        ]
        return MailDraft(template, to: to, values.merging(more) { $1 }, language: language)
    }

    /// Writes a mail of the shop and answers its id.
    @discardableResult
    func queue(_ draft: MailDraft = draft()) async throws -> Int64 {
        try await shop.write(draft)
    }

    /// Writes a mail of the platform.
    @discardableResult
    func queueOfPlatform(_ draft: MailDraft, about shop: Int64? = nil) async throws -> Int64 {
        let (outbox, now) = (server.outbox, server.clock.now)
        return try await server.storage.write(changing: Mail.tables) { db in
            try outbox.queueOfPlatform(draft, about: shop, at: now, in: db)
        }
    }

    /// A process that sends what waits.
    func sender(_ url: String, caFile: String? = nil, on storage: (any Storage)? = nil) throws -> Runner {
        guard let from = MailAddress(Self.from) else { throw MailFault.address(Self.from) }
        let server = try SMTPServer(url, caFile: caFile, limits: Self.limits)
        return self.server.runner(MailSender(server, from: from, by: loop).jobs, on: storage)
    }

    /// Sends what is due, and answers how many that were.
    @discardableResult
    func send(_ url: String, caFile: String? = nil) async throws -> Int {
        try await sender(url, caFile: caFile).runDue()
    }

    func mail(_ id: Int64) async throws -> JSON { try await shop.get("mail/\(id)").json }

    /// What is to be sent yet, and when.
    func due(_ id: Int64) async throws -> Instant? {
        let row = try await server.storage.fetch("SELECT due FROM queue WHERE kind = 'send mails' AND subject = \(id)")
            .first
        return try row.map { try $0["due"] }
    }
}

extension TestShop {
    /// Writes a mail and answers its id: clients can't.
    func write(_ draft: MailDraft) async throws -> Int64 {
        let outbox = server.outbox
        return try await server.storage.transact(in: try await tenant, at: server.clock.now, as: "test") { tx in
            try outbox.queue(draft, in: tx)
        }
    }
}
