import Basics
import Persistence
package import Resources

extension WebhookTarget {
    /// How a turn ended.
    package enum TurnEnd: Sendable {
        /// Nothing is left that may be told now.
        case through
        /// There is more, and others wait for their turn too.
        case interrupted
        /// There is more, and the host does not answer.
        case stopped
    }

    /// Ends a turn: the work waits until there is something to tell.
    package static func end(_ claim: Claim, _ end: TurnEnd, _ context: JobContext) async throws {
        let now = context.now
        try await context.storage.write(for: .shop(claim.shop)) { db in
            guard let due = try due(claim, end, at: now, in: db) else { return try claim.done(in: db, at: now) }
            try claim.release(due: due, in: db, at: now)
        }
    }

    /// When there is something to tell again, as far as that is known; nil where nothing waits.
    private static func due(_ claim: Claim, _ end: TurnEnd, at now: Instant, in db: any Connection) throws -> Instant? {
        let row = try db.row(
            """
            SELECT w.status, s.resting_until, (SELECT min(i.due) FROM webhook_waits i WHERE i.webshop_id = s.webshop_id
            AND i.webhook_id = s.webhook_id AND (w.status = 'active' OR i.webhook_delivery_id IS NOT NULL)) AS due
            FROM webhook_states s JOIN webhooks w ON w.webshop_id = s.webshop_id AND w.webhook_id = s.webhook_id
            WHERE s.webshop_id = \(claim.shop) AND s.webhook_id = \(claim.subject) AND w.removed_on IS NULL
            """)
        guard let row else { return nil }
        let (waits, rests): (Instant?, Instant?) = (try row["due"], try row["resting_until"])
        guard try row["status"] == Webhook.Status.active.rawValue else { return waits }
        switch end {
        case .through: return waits.map { max($0, rests ?? $0) }
        case .interrupted: return rests ?? now
        case .stopped: return rests ?? now.adding(seconds: pauseSeconds)
        }
    }

    /// Tells it of nothing any more: its host said that there is nobody who wants to hear it.
    package func switchOff(_ context: JobContext) async throws {
        try await change(context, as: Webhook.queue.kind) { webhook in
            (webhook.isActive, webhook.status) = (false, .off)
        }
    }

    /// Changes a webhook, if it is active still, in a transaction of the server's own.
    static func change(
        _ id: Int64, ofShop shop: Int64, _ context: JobContext, as job: String,
        _ change: @escaping @Sendable (inout Webhook, Transaction) throws -> Void
    ) async throws {
        guard let tenant = try await context.tenant(shop) else { return }
        try await context.storage.transact(in: tenant, at: context.now, as: job) { tx in
            guard var stored = try tx.takeAll(Webhook.self, [id])[id], stored.value.status == .active else { return }
            try change(&stored.value, tx)
            try tx.update(stored)
        }
    }

    private func change(
        _ context: JobContext, as job: String, _ change: @escaping @Sendable (inout Webhook) -> Void
    ) async throws {
        try await Self.change(id, ofShop: shop, context, as: job) { webhook, _ in change(&webhook) }
    }
}
