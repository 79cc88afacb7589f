package import Basics
package import Persistence
import Resources

/// The change feed: every event of a shop in one order that never changes, and that no late commit can slip into.
package enum EventFeed {
    static let jobs = [
        Job("place events", everywhere: .seconds(1)) {
            try await place(in: $0.storage)
            try await AuditChain.extend(in: $0.storage)
        },
        Job("expire events", every: 3600) { try await expire(in: $0.storage, at: $0.now) },
    ]

    /// Rows placed or deleted in one go.
    private static let batch = 5000
    /// How long events are kept (CONTRACT 6).
    package static let keptDays: Int64 = 90

    /// Gives committed events their place. A position is handed out after the commit and under one lock, so whatever becomes
    /// visible later also stands later, and a poller that remembers where it was skips nothing.
    package static func place(in storage: any Storage) async throws {
        guard !storage.dialect.commitsInOrder else { return }
        // In the order of the index, which planners otherwise leave aside where they remember that many were waiting.
        let waiting = try await storage.fetch("SELECT 1 FROM events WHERE position IS NULL ORDER BY event_id LIMIT 1")
        guard !waiting.isEmpty else { return }
        var placed = batch
        while placed == batch {
            placed = try await storage.write { db in
                // Held to the commit: two that place at once would let a reader see the second before the first.
                _ = try db.rows("SELECT pg_advisory_xact_lock(7310216)")
                // By the place of the row on disk, which nobody else changes: by its key, planners read the whole table.
                return try db.run(
                    """
                    UPDATE events SET position = placed.position FROM (
                        SELECT place, nextval('event_positions_seq') AS position FROM (
                            SELECT ctid AS place FROM events WHERE position IS NULL ORDER BY event_id LIMIT \(batch)
                        ) waiting
                    ) placed
                    WHERE events.ctid = placed.place
                    """)
            }
        }
    }

    /// Deletes what is older than the feed promises, in small transactions.
    package static func expire(in storage: any Storage, at now: Instant) async throws {
        let end = now.adding(seconds: -keptDays * 86_400)
        for row in try await storage.fetch("SELECT webshop_id FROM webshops ORDER BY webshop_id") {
            let shop: Int64 = try row["webshop_id"]
            var start: Int64? = 0
            while let id = start {
                start = try await storage.write(for: .shop(shop)) { db in
                    try expire(shop, behind: id, before: end, at: now, db)
                }
            }
        }
    }

    /// Deletes what is old among the next events. Ids run with time, so nothing is scanned but the front of the key.
    /// - Returns: the last of their ids; nil where those begin that are kept.
    private static func expire(
        _ shop: Int64, behind start: Int64, before end: Instant, at now: Instant, _ db: any Connection
    ) throws -> Int64? {
        // A row of the future was written while a clock was wrong, and says nothing of the age of those behind it.
        let row = try db.row(
            """
            SELECT max(event_id) AS last, count(*) AS front,
            coalesce(sum(CASE WHEN created >= \(end) AND created <= \(now) THEN 1 ELSE 0 END), 0) AS kept
            FROM (SELECT event_id, created FROM events WHERE webshop_id = \(shop) AND event_id > \(start)
                ORDER BY event_id LIMIT \(batch)) AS front
            """)
        guard let row, let last: Int64 = try row["last"] else { return nil }
        try db.run(
            """
            DELETE FROM events WHERE webshop_id = \(shop) AND event_id > \(start) AND event_id <= \(last) AND created < \(end)
            """)
        return try row["front"] == Int64(batch) && row["kept"] == Int64(0) ? last : nil
    }
}
