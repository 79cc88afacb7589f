package import Persistence

/// The table of proofs: kept up as events get their places, so that a proof and the newest place always belong together.
package enum FeedProofs {
    /// Adds to what is there. Sums go from half to half, so that none ever overflows.
    private static let adding = """
        ON CONFLICT (webshop_id, resource) DO UPDATE SET count = feed_proofs.count + excluded.count,
        high = (feed_proofs.high + excluded.high + ((feed_proofs.low + excluded.low) >> 32)) & 4294967295,
        low = (feed_proofs.low + excluded.low) & 4294967295
        """
    private static let columns = "webshop_id, resource, count, high, low, is_whole"
    private static let insertion = Insertion("INSERT INTO feed_proofs (\(columns)) VALUES", width: 6, adding)
    private static let making = insertion.ending(adding + ", is_whole = 1 WHERE feed_proofs.is_whole = 0")

    /// Adds what changed.
    static func add(_ changes: [(resource: String, change: ProofChange)], of shop: Int64) -> [SQL] {
        insertion.statements(changes.map { row($0, $1, shop, isWhole: 0) })
    }

    /// Adds what was there before anything was kept up; once.
    package static func complete(_ rows: [(resource: String, change: ProofChange)], of shop: Int64) -> [SQL] {
        making.statements(rows.map { row($0, $1, shop, isWhole: 1) })
    }

    private static func row(_ resource: String, _ change: ProofChange, _ shop: Int64, isWhole: Int64) -> [SQLValue] {
        [
            .integer(shop), .text(resource), .integer(change.count), .integer(change.high), .integer(change.low),
            .integer(isWhole),
        ]
    }

    /// Adds what the rows of `placed` changed, an expression over events.
    static let addingPlaced: SQL = """
        INSERT INTO feed_proofs (\(raw: columns)) SELECT webshop_id, resource, count, high, low, 0
        FROM (\(changes("placed"))) AS changes ORDER BY webshop_id, resource \(raw: adding)
        """

    /// What events of a shop changed that have no place yet, and so are not in its proofs.
    package static func unplaced(of shop: Int64) -> SQL {
        changes("events WHERE position IS NULL AND webshop_id = \(shop)")
    }

    /// What events changed, by shop and resource.
    private static func changes(_ events: SQL) -> SQL {
        """
        SELECT webshop_id, resource, count, (high + (low >> 32)) & 4294967295 AS high, low & 4294967295 AS low FROM (
            SELECT webshop_id, resource, CAST(sum(proof_count) AS BIGINT) AS count, CAST(sum(proof_sum >> 32) AS BIGINT) AS high,
            CAST(sum(proof_sum & 4294967295) AS BIGINT) AS low FROM \(events) GROUP BY webshop_id, resource
        ) AS sums WHERE count IS NOT NULL
        """
    }
}
