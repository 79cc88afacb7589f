import Basics
import Persistence
import Resources

/// Sends what somebody asks for.
enum WebhookSending {
    /// Records an event about a webhook.
    /// - Returns: its id.
    static func record(_ type: String, _ webhook: Written<Webhook>, in tx: Transaction) throws -> Int64 {
        let id = try tx.db.newID("events_seq")
        let position: Int64? = tx.db.dialect.commitsInOrder ? id : nil
        try tx.db.run(
            """
            INSERT INTO events (webshop_id, event_id, position, type, resource, resource_id, sequence, data, request_id, created,
            actor) VALUES (\(tx.shop), \(id), \(position), \(type), \(Webhook.info.path), \(webhook.id), \(webhook.version),
            \(String(decoding: webhook.json, as: UTF8.self)), \(tx.requestID), \(tx.now), \(tx.actor))
            """)
        return id
    }

    /// Puts an event in line for a webhook, before what waits, and answers the attempt.
    static func ask(for event: Int64, _ type: String, _ webhook: Int64, in tx: Transaction) throws -> Answer {
        var delivery = try WebhookDelivery.starting(try tx.newID(WebhookDelivery.self))
        (delivery.webhook, delivery.event, delivery.type, delivery.status) = (webhook, event, type, .pending)
        delivery.nextAttempt = tx.now
        let written = try tx.insert(delivery)
        try tx.db.run(
            """
            INSERT INTO webhook_waits (webshop_id, webhook_id, event_id, position, resource, resource_id, tries, due,
            webhook_delivery_id) SELECT \(tx.shop), \(webhook), event_id, coalesce(position, 0), resource, resource_id, 0,
            CAST(\(tx.now) AS BIGINT), CAST(\(written.id) AS BIGINT) FROM events
            WHERE webshop_id = \(tx.shop) AND event_id = \(event)
            ON CONFLICT (webshop_id, webhook_id, event_id) DO UPDATE SET due = excluded.due,
            webhook_delivery_id = excluded.webhook_delivery_id
            """)
        try Webhook.queue.add([.init(webhook)], in: tx)
        return written.answer
    }
}
