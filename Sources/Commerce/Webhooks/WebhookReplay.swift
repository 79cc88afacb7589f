import Basics
import Persistence
import Resources

/// A part of the feed that a webhook is told of once more.
struct WebhookReplay {
    private let webhook: Stored<Webhook>
    private let after: Int64
    private let until: Int64

    /// - Throws: a `Problem` where it is not said which part, or there is no such place.
    init(_ webhook: Stored<Webhook>, after: String?, since: Instant?, until: Instant?, in tx: Transaction) throws {
        guard webhook.value.status == .active else {
            throw Problem.conflict(
                "webhook_inactive", "A webhook that is not active is told of nothing: set is_active to 1 first.")
        }
        guard (after == nil) != (since == nil) else {
            throw Problem.invalid("/after", "required", "or /since must say where to begin, and not both")
        }
        self.webhook = webhook
        // What comes behind its place it will be told of anyway.
        let place: Int64 =
            try tx.db.row(
                """
                SELECT position FROM webhook_states WHERE webshop_id = \(tx.shop) AND webhook_id = \(webhook.id)
                """
            ).map { try $0["position"] } ?? 0
        let begin = since ?? tx.now
        self.after = try after.map { try Self.position($0) } ?? Self.last(upTo: place, tx) { $0 < begin }
        self.until = try until.map { end in try Self.last(upTo: place, tx) { $0 <= end } } ?? place
    }

    private static func position(_ cursor: String) throws -> Int64 {
        guard let position = WholeNumber(strict: cursor)?.int64, position >= 0 else {
            throw Problem.invalid("/after", "cursor", "is not a cursor of the feed")
        }
        return position
    }

    /// The last place of what happened before a time. It is halved towards, since the feed runs with time and may be long.
    private static func last(
        upTo place: Int64, _ tx: Transaction, where isBefore: (Instant) -> Bool
    ) throws -> Int64 {
        var (before, behind) = (Int64(0), place)
        while before < behind {
            let middle = before + (behind - before + 1) / 2
            let row = try tx.db.row(
                """
                SELECT position, created FROM events WHERE webshop_id = \(tx.shop) AND position <= \(middle)
                AND position IS NOT NULL ORDER BY position DESC LIMIT 1
                """)
            guard let row, let position: Int64 = try row["position"], position > before else {
                // There is nothing up to the middle.
                before = middle
                continue
            }
            let created: Instant = try row["created"]
            if isBefore(created) { before = middle } else { behind = middle - 1 }
        }
        return before
    }

    /// Puts it in line.
    /// - Returns: how many events it has, up to 10,000.
    func begin(in tx: Transaction) throws -> Int64 {
        guard until > after else { return 0 }
        let topics = try webhook.value.events.texts
        let count: Int64 =
            try tx.db.row(
                """
                SELECT count(*) AS count FROM (SELECT 1 FROM events WHERE webshop_id = \(tx.shop) AND position > \(after)
                AND position <= \(until) AND type IN (\(SQL.list(topics))) LIMIT 10000) AS counted
                """
            ).map { try $0["count"] } ?? 0
        try tx.db.run(
            """
            INSERT INTO webhook_replays (webshop_id, webhook_id, replay_id, position, until)
            VALUES (\(tx.shop), \(webhook.id), \(try tx.db.newID("webhook_replays_seq")), \(after), \(until))
            """)
        try Webhook.queue.add([.init(webhook.id)], in: tx)
        return count
    }
}
