import Basics
import Persistence

/// Places of a shop that are in one lane.
struct LaneShare {
    let share: QueueShare
    let lane: String
    let places: Int

    /// Takes what has waited longest. Rows that another worker is just taking are passed over.
    func statement(token: String, at now: Instant, _ dialect: Dialect) -> SQL {
        let row = JobQueue.rows("webshop_id = \(share.shop) AND kind = \(share.queue.kind)")
        return """
            WITH next AS MATERIALIZED (
                SELECT subject AS about FROM queue WHERE \(row) AND lane = \(lane) AND due <= \(now)
                ORDER BY due, subject LIMIT \(raw: String(places))\(dialect.forUpdateOfFree))
            UPDATE queue SET worker = \(token), due = \(now.adding(seconds: Claim.leaseSeconds)), attempts = attempts + 1
            FROM next WHERE \(row) AND subject = about RETURNING subject, attempts
            """
    }

    func claim(_ row: Row, token: String) throws -> Claim {
        Claim(
            queue: share.queue, shop: share.shop, subject: try row["subject"], lane: lane,
            attempts: try row["attempts"],
            token: token)
    }
}
