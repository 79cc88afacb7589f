import Basics
import Persistence
import Resources

/// What is due by the clock: telling the owners of a shop that a webhook fails, pausing it, and forgetting old attempts.
enum WebhookUpkeep {
    static let jobs = [failing, expiry]

    /// After an hour without a success the owners are told, after five days nothing is sent any more (CONTRACT 8).
    private static let warnedAfter: Int64 = 3600
    private static let pausedAfter: Int64 = 5 * 86_400

    private static let name = "look after failing webhooks"

    private static let failing = Job(name, everywhere: .seconds(20)) { context in
        let now = context.now
        let rows = try await context.storage.fetch(
            """
            SELECT s.webshop_id, s.webhook_id, s.failing_since FROM webhook_states s
            JOIN webhooks w ON w.webshop_id = s.webshop_id AND w.webhook_id = s.webhook_id
            WHERE w.status = 'active' AND w.removed_on IS NULL AND (s.failing_since <= \(now.adding(seconds: -pausedAfter))
            OR (s.failing_since <= \(now.adding(seconds: -warnedAfter)) AND s.is_warned = 0))
            ORDER BY s.webshop_id, s.webhook_id
            """)
        for row in rows {
            let since: Instant = try row["failing_since"]
            let place = Place(shop: try row["webshop_id"], id: try row["webhook_id"], since: since)
            if since <= now.adding(seconds: -pausedAfter) {
                try await pause(place, context)
            } else {
                try await warn(place, context)
            }
        }
    }

    private struct Place {
        let shop: Int64
        let id: Int64
        let since: Instant
    }

    private static func pause(_ place: Place, _ context: JobContext) async throws {
        let outbox: Outbox = try context.services.get()
        try await WebhookTarget.change(place.id, ofShop: place.shop, context, as: name) { webhook, tx in
            (webhook.isActive, webhook.status) = (false, .paused)
            try tell(.webhookPaused, webhook, place, outbox, tx)
        }
    }

    private static func warn(_ place: Place, _ context: JobContext) async throws {
        let outbox: Outbox = try context.services.get()
        try await WebhookTarget.change(place.id, ofShop: place.shop, context, as: name) { webhook, tx in
            // Of two processes one does.
            let count = try tx.db.run(
                """
                UPDATE webhook_states SET is_warned = 1 WHERE webshop_id = \(place.shop) AND webhook_id = \(place.id)
                AND is_warned = 0
                """)
            if count == 1 { try tell(.webhookFailing, webhook, place, outbox, tx) }
        }
    }

    private static func tell(
        _ template: MailTemplate, _ webhook: Webhook, _ place: Place, _ outbox: Outbox, _ tx: Transaction
    ) throws {
        let owners = try Membership.of(shop: place.shop, in: tx.db).filter { $0.role == .owner }
        let values = [
            "shop": tx.tenant.name, "webhook": webhook.name.isEmpty ? webhook.url : webhook.name, "url": webhook.url,
            "since": Timestamp.utc(place.since),
        ]
        for owner in owners where MailAddress(owner.email) != nil {
            try outbox.queue(MailDraft(template, to: owner.email, values), in: tx)
        }
    }

    // MARK: Keeping

    private static let expiredPerTransaction = 1000

    private static let expiry = Job("expire webhook deliveries", every: 3600) { context in
        let (storage, end) = (context.storage, context.now.adding(seconds: -WebhookDelivery.keptDays * 86_400))
        for row in try await storage.fetch("SELECT DISTINCT webshop_id FROM webhook_deliveries WHERE created < \(end)")
        {
            let shop: Int64 = try row["webshop_id"]
            var removed = expiredPerTransaction
            while removed == expiredPerTransaction {
                removed = try await storage.write(for: .shop(shop)) { db in
                    try db.run(
                        """
                        DELETE FROM webhook_deliveries WHERE webshop_id = \(shop) AND webhook_delivery_id IN (
                            SELECT webhook_delivery_id FROM webhook_deliveries WHERE webshop_id = \(shop) AND created < \(end)
                            AND status <> 'pending' ORDER BY created LIMIT \(expiredPerTransaction))
                        """)
                }
                storage.counts.changed([WebhookDelivery.info.table], shop: shop)
            }
        }
        // What the feed keeps no longer can't be told of.
        _ = try await storage.write { db in
            try db.run(
                """
                DELETE FROM webhook_waits WHERE NOT EXISTS (SELECT 1 FROM events e
                WHERE e.webshop_id = webhook_waits.webshop_id AND e.event_id = webhook_waits.event_id)
                """)
        }
    }
}
