package import Basics
import Persistence
import Resources

/// How far a webhook has come in the feed, and how its host fares.
package struct WebhookState: Sendable, Equatable {
    /// All events up to here were dealt with, or wait.
    package let position: Int64
    /// It is told of those behind this one: others may have been committed before, and have got their place later.
    let firstEvent: Int64
    /// Since when nothing got through.
    package let failingSince: Instant?
    /// Until when only one event at a time is tried.
    package let restingUntil: Instant?
    package let isWarned: Bool

    init(_ row: Row) throws {
        (position, firstEvent, isWarned) = (try row["position"], try row["first_event"], try row["is_warned"])
        (failingSince, restingUntil) = (try row["failing_since"], try row["resting_until"])
    }

    // MARK: What follows from changes of a webhook

    /// A new webhook is told of what happens from now on, and so is one that was off; one that was paused goes on where it was.
    static func follow(_ drafts: [Draft<Webhook>], in tx: Transaction) throws {
        for draft in drafts {
            let id = draft.new.id.rawValue
            switch (draft.old?.status, draft.new.status) {
            case (nil, _): try begin(id, in: tx)
            case (.off, .active): try startOver(id, in: tx)
            case (.paused, .active): try goOn(id, in: tx)
            case (.active, .off), (.paused, .off): try forget(id, in: tx)
            default: break
            }
        }
    }

    private static func newest(_ tx: Transaction) -> SQL {
        let events: SQL = "FROM events e WHERE e.webshop_id = \(tx.shop)"
        return """
            SELECT (SELECT coalesce(max(e.position), 0) \(events) AND e.position IS NOT NULL) AS newest,
            (SELECT coalesce(max(e.event_id), 0) \(events)) AS newest_event
            """
    }

    private static func begin(_ id: Int64, in tx: Transaction) throws {
        try tx.db.run(
            """
            INSERT INTO webhook_states (webshop_id, webhook_id, position, first_event)
            SELECT \(tx.shop), \(id), newest, newest_event FROM (\(newest(tx))) AS feed
            """)
    }

    private static func startOver(_ id: Int64, in tx: Transaction) throws {
        try tx.db.run(
            """
            UPDATE webhook_states SET failing_since = NULL, resting_until = NULL, is_warned = 0, position = newest,
            first_event = newest_event FROM (\(newest(tx))) AS feed WHERE webshop_id = \(tx.shop) AND webhook_id = \(id)
            """)
    }

    private static func goOn(_ id: Int64, in tx: Transaction) throws {
        let row: SQL = "webshop_id = \(tx.shop) AND webhook_id = \(id)"
        try tx.db.run(
            "UPDATE webhook_states SET failing_since = NULL, resting_until = NULL, is_warned = 0 WHERE \(row)")
        try tx.db.run("UPDATE webhook_waits SET due = \(tx.now) WHERE \(row) AND due IS NOT NULL")
        try Webhook.queue.add([.init(id)], in: tx)
    }

    /// What waited for it is not sent any more; it can be replayed.
    private static func forget(_ id: Int64, in tx: Transaction) throws {
        for table in ["webhook_waits", "webhook_replays"] {
            try tx.db.run("DELETE FROM \(raw: table) WHERE webshop_id = \(tx.shop) AND webhook_id = \(id)")
        }
        try tx.db.run(
            """
            UPDATE webhook_deliveries SET status = \(WebhookDelivery.Status.skipped), next_attempt = NULL,
            error = coalesce(error, 'the webhook was switched off'), version = version + 1, last_modified = \(tx.now)
            WHERE webshop_id = \(tx.shop) AND webhook_id = \(id)
            AND (status = \(WebhookDelivery.Status.pending) OR next_attempt > \(tx.now))
            """)
        tx.markChanged(WebhookDelivery.info.table)
    }

    static func remove(_ stored: Stored<Webhook>, in tx: Transaction) throws {
        try forget(stored.id, in: tx)
        try tx.db.run("DELETE FROM webhook_states WHERE webshop_id = \(tx.shop) AND webhook_id = \(stored.id)")
        try Webhook.queue.cancel([stored.id], in: tx)
    }
}
