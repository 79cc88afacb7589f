package import Basics
package import Persistence
package import Resources
package import Secrets

/// Where mails are written, in the transaction of what they tell of: none is sent of what never happened, and none is
/// forgotten of what did.
package struct Outbox: Sendable {
    /// Places of four for one shop, so that a newsletter of one keeps no other's mails waiting. Given up after two days.
    package static let queue = JobQueue(
        "send mails", TurnLimits(inAll: 8, perShop: 4, perLane: 4),
        retries: RetrySchedule(60, 300, 900, 3600, 3600, 7200, 14_400, 28_800, 43_200, 86_400))

    private let templates: MailTemplates
    private let keys: Keyring

    package init(_ templates: MailTemplates, _ keys: Keyring) {
        (self.templates, self.keys) = (templates, keys)
    }

    /// Writes a mail of the transaction's shop.
    /// - Throws: `MailFault` where it cannot be written.
    @discardableResult
    package func queue(_ draft: MailDraft, in tx: Transaction) throws -> Int64 {
        for table in Mail.tables { tx.markChanged(table) }
        return try queue(draft, of: tx.shop, about: tx.shop, at: tx.now, in: tx.db)
    }

    /// Writes a mail of the platform. Whoever has no `Transaction` writes by `storage.write(changing: Mail.tables)`.
    /// - Parameter shop: the one it is about, whose language and words it has; nil where it is about none.
    @discardableResult
    package func queueOfPlatform(
        _ draft: MailDraft, about shop: Int64? = nil, at now: Instant, in db: any Connection
    ) throws -> Int64 {
        try queue(draft, of: Mail.platform, about: shop, at: now, in: db)
    }

    /// The same in a transaction of the shop that it is about.
    @discardableResult
    package func queueOfPlatform(_ draft: MailDraft, in tx: Transaction) throws -> Int64 {
        for table in Mail.tables { tx.markChanged(table) }
        return try queue(draft, of: Mail.platform, about: tx.shop, at: tx.now, in: tx.db)
    }

    private func queue(
        _ draft: MailDraft, of owner: Int64, about shop: Int64?, at now: Instant, in db: any Connection
    ) throws -> Int64 {
        guard let to = MailAddress(draft.to) else { throw MailFault.address(draft.to) }
        let words = try wording(of: draft, about: shop, in: db).words(draft.values)
        let (id, vault) = (try db.newID(Mail.info.sequence), try keys.vault(in: db))
        func sealed(_ text: String, _ column: String) throws -> String {
            try vault.seal(text, as: SealedPlace(Mail.info.table, id, column))
        }
        try db.run(
            """
            INSERT INTO mails (webshop_id, mail_id, recipient, subject, text, html, template, status, attempts, message_key,
            version, created, last_modified) VALUES (\(owner), \(id), \(to.text), \(try sealed(words.subject, "subject")),
            \(try sealed(words.text, "text")), \(try sealed(words.html, "html")), \(draft.template),
            \(Mail.Status.queued), 0, \("\(id).\(Self.randomKey())"), 1, \(now), \(now))
            """)
        try Self.queue.add([.init(id)], ofShop: owner, due: now, in: db)
        return id
    }

    private func wording(of draft: MailDraft, about shop: Int64?, in db: any Connection) throws -> MailWording {
        let row = try shop.flatMap { try db.row("SELECT settings, country_id FROM webshops WHERE webshop_id = \($0)") }
        let own = try row.map { try MailLanguage(ofCountry: $0["country_id"]) }
        let language = draft.language ?? own ?? .en
        let settings = try row.map { JSONText(try $0["settings"]) }
        if let settings, let wording = try OwnWordings.wording(draft.template, in: language, of: settings) {
            return wording
        }
        guard let wording = templates.wording(draft.template, in: language) else {
            throw MailFault.noWords(draft.template)
        }
        return wording
    }

    /// What tells a mail from those that other databases number alike, in its `Message-ID`.
    private static func randomKey() -> String {
        var source = SystemRandomNumberGenerator()
        return Hex.text((0..<12).map { _ in UInt8.random(in: .min ... .max, using: &source) })
    }
}
