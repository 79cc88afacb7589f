package import Basics
package import Persistence
import Resources

extension EventFeed {
    static let jobs = [
        Job("place events", everywhere: .seconds(1)) {
            try await place(in: $0.storage)
            try await AuditChain.extend(in: $0.storage)
        },
        Job("expire events", every: 3600) { try await expire(in: $0.storage, at: $0.now) },
    ]

    /// Rows deleted in one go.
    private static let front = 5000
    /// How long events are kept (CONTRACT 6).
    package static let keptDays: Int64 = 90

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
                ORDER BY event_id LIMIT \(front)) AS front
            """)
        guard let row, let last: Int64 = try row["last"] else { return nil }
        try db.run(
            """
            DELETE FROM events WHERE webshop_id = \(shop) AND event_id > \(start) AND event_id <= \(last) AND created < \(end)
            """)
        return try row["front"] == Int64(front) && row["kept"] == Int64(0) ? last : nil
    }
}
