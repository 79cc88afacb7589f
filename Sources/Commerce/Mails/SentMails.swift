import Basics
import Persistence
package import Resources

/// What becomes of a mail that somebody was at.
package enum SentMails {
    /// The mail server has taken it.
    package static func succeed(_ claim: Claim, _ context: JobContext) async throws {
        try await settle(claim, context) { db, now in
            try claim.done(in: db, at: now)
            return "status = \(Mail.Status.sent), error = NULL, sent = \(now)"
        }
    }

    /// It has not.
    /// - Parameter mayPass: whether trying again may help.
    package static func fail(
        _ claim: Claim, _ reason: String, mayPass: Bool, _ context: JobContext
    ) async throws {
        let reason = String(reason.prefix(500))
        try await settle(claim, context) { db, now in
            let isOver = !mayPass || claim.queue.retries.delay(after: claim.attempts) == nil
            try claim.fail(reason, mayPass: mayPass, in: db, at: now)
            return "status = \(isOver ? Mail.Status.failed : .queued), error = \(reason)"
        }
    }

    /// Changes the mail in the transaction that ends the claim, which holds its row first: of two workers one keeps what it
    /// knows.
    private static func settle(
        _ claim: Claim, _ context: JobContext, _ end: @escaping @Sendable (any Connection, Instant) throws -> SQL
    ) async throws {
        let now = context.now
        try await context.storage.write(for: .shop(claim.shop)) { db in
            let change = try end(db, now)
            try db.run(
                """
                UPDATE mails SET \(change), attempts = attempts + 1, version = version + 1, last_modified = \(now)
                WHERE webshop_id = \(claim.shop) AND mail_id = \(claim.subject)
                """)
        }
        context.storage.counts.changed([Mail.info.table], shop: claim.shop)
    }

    // MARK: Keeping

    static let expiry = Job("empty old mails", every: 86_400) { context in
        let (storage, now) = (context.storage, context.now)
        let end = now.adding(seconds: -Mail.keptDays * 86_400)
        let old: SQL = "text <> '' AND last_modified < \(end) AND status <> \(Mail.Status.queued)"
        for row in try await storage.fetch("SELECT DISTINCT webshop_id FROM mails WHERE \(old)") {
            let shop: Int64 = try row["webshop_id"]
            try await storage.write(for: .shop(shop)) { db in
                _ = try db.run(
                    """
                    UPDATE mails SET subject = '', text = '', html = '', version = version + 1, last_modified = \(now)
                    WHERE webshop_id = \(shop) AND \(old)
                    """)
            }
        }
    }
}
