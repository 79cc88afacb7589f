package import Persistence

/// The change feed: every event of a shop in one order that never changes, and that no late commit can slip into.
package enum EventFeed {
    /// Whoever follows it hears of every commit that has events.
    package static let table = "events"

    /// Rows placed in one go.
    private static let batch = 5000

    /// Gives committed events their place. A position is handed out after the commit and under one lock, so whatever becomes
    /// visible later also stands later, and a poller that remembers where it was skips nothing.
    package static func place(in storage: any Storage) async throws {
        guard !storage.dialect.commitsInOrder else { return }
        // In the order of the index, which planners otherwise leave aside where they remember that many were waiting.
        let waiting = try await storage.fetch("SELECT 1 FROM events WHERE position IS NULL ORDER BY event_id LIMIT 1")
        guard !waiting.isEmpty else { return }
        var placed = Int64(batch)
        while placed == batch {
            placed = try await storage.write { db in
                // Held to the commit: two that place at once would let a reader see the second before the first.
                _ = try db.rows("SELECT pg_advisory_xact_lock(7310216)")
                // By the place of the row on disk, which nobody else changes: by its key, planners read the whole table.
                return try db.row(
                    """
                    WITH placed AS (
                        UPDATE events SET position = given.position FROM (
                            SELECT place, nextval('event_positions_seq') AS position FROM (
                                SELECT ctid AS place FROM events WHERE position IS NULL ORDER BY event_id LIMIT \(batch)
                            ) waiting
                        ) given
                        WHERE events.ctid = given.place RETURNING webshop_id, resource, proof_count, proof_sum
                    ), added AS (\(FeedProofs.addingPlaced))
                    SELECT count(*) AS count FROM placed
                    """
                ).map { try $0["count"] } ?? 0
            }
        }
    }

    /// Where the feed of a shop ends, as `newest`; null where it has no events, or none any more.
    package static func newest(of shop: Int64) -> SQL { newest(of: "\(shop)" as SQL) }

    /// The same of the shop that an expression names.
    package static func newest(of shop: SQL) -> SQL {
        "SELECT max(position) AS newest FROM events WHERE webshop_id = \(shop) AND position IS NOT NULL"
    }
}
