import Basics
import Persistence
import Resources

/// Puts webhooks in line that something has happened for: soon after its commit where this process wrote it, and within a second
/// where another did.
enum WebhookLook {
    static let job = Job("look for webhook events", everywhere: .seconds(1), wokenBy: [EventFeed.table]) {
        context in
        let (storage, now) = (context.storage, context.now)
        let hooks = try await behind(in: storage, at: now)
        guard !hooks.isEmpty else { return }
        let found = try await storage.fetch(hooks.map(\.question))
        let due = try zip(hooks, found).filter { try $0.1.first?["found"] == Int64(1) }.map(\.0)
        guard !due.isEmpty else { return }
        try await storage.write(changing: [JobQueue.table]) { db in
            for hook in due { try Webhook.queue.add([.init(hook.id)], ofShop: hook.shop, due: now, in: db) }
        }
    }

    /// A webhook behind whose place the feed goes on.
    private struct Hook {
        let shop: Int64
        let id: Int64
        let position: Int64
        let topics: [Topic]

        init(_ row: Row) throws {
            (shop, id, position) = (try row["webshop_id"], try row["webhook_id"], try row["position"])
            topics = try JSONText(row["events"]).texts.compactMap { Topic(rawValue: $0) }
        }

        /// Whether there is something for it: a look into the index for each of its topics.
        var question: SQL {
            let each = topics.map { topic -> SQL in
                """
                EXISTS (SELECT 1 FROM events WHERE webshop_id = \(shop) AND resource = \(topic.resource)
                AND type = \(topic.rawValue) AND position > \(position) AND position IS NOT NULL)
                """
            }
            return "SELECT CASE WHEN \(SQL.joined(each, by: " OR ")) THEN 1 ELSE 0 END AS found"
        }
    }

    /// Those that are not told of something at this moment, nor left in peace.
    private static func behind(in storage: any Storage, at now: Instant) async throws -> [Hook] {
        let active: SQL = "w.status = 'active' AND w.removed_on IS NULL"
        if !storage.dialect.commitsInOrder {
            guard try await !storage.fetch("SELECT 1 FROM webhooks w WHERE \(active) LIMIT 1").isEmpty else {
                return []
            }
            try await EventFeed.place(in: storage)
        }
        return try await storage.fetch(
            """
            SELECT w.webshop_id, w.webhook_id, w.events, s.position FROM webhooks w
            JOIN webhook_states s ON s.webshop_id = w.webshop_id AND s.webhook_id = w.webhook_id
            WHERE \(active) AND (s.resting_until IS NULL OR s.resting_until <= \(now)) AND s.position <
            (SELECT max(e.position) FROM events e WHERE e.webshop_id = w.webshop_id AND e.position IS NOT NULL)
            AND NOT EXISTS (SELECT 1 FROM queue q WHERE q.webshop_id = w.webshop_id AND q.kind = \(Webhook.queue.kind)
            AND q.subject = w.webhook_id AND q.worker IS NOT NULL)
            ORDER BY w.webshop_id, w.webhook_id
            """
        ).map { try Hook($0) }
    }
}
