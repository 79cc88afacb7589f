package import Basics
package import Persistence

/// Work of one kind that waits in the database, a row for each piece. A row is made in the transaction that it follows
/// from, so no crash forgets one; workers of all processes take rows in turns (`Turns`) and hold them by a lease
/// (`Claim`).
package struct JobQueue: Sendable {
    /// What is done, in the words of logs and metrics, such as `fetch images`. Stored with each row.
    package let kind: String
    package let limits: TurnLimits
    package let retries: RetrySchedule
    /// Whether a row that was given up stays and tells its error, or goes.
    package let keepsGivenUp: Bool
    /// Seconds between two turns of what is done by the clock; nil where work is put in line.
    package let interval: Int64?

    package init(
        _ kind: String, _ limits: TurnLimits, retries: RetrySchedule, keepsGivenUp: Bool = false, every: Int64? = nil
    ) {
        self.kind = kind
        self.limits = limits
        self.retries = retries
        self.keepsGivenUp = keepsGivenUp
        interval = every
    }

    /// The most seconds that a row waits by these rules.
    var longestWait: Int64 { max(Claim.leaseSeconds, retries.delays.max() ?? 0, interval ?? 0) }

    /// Whether its work has lanes with turns of their own.
    var hasLanes: Bool { limits.perLane < limits.perShop }

    /// A piece of work.
    package struct Piece: Sendable {
        /// What it is about: the id of a picture, of an import; 0 where the shop itself is meant.
        package let subject: Int64
        /// Whom it may keep us waiting for, such as a host: each lane of a shop has its turns
        /// where a lane may hold less than the shop; empty elsewhere.
        package let lane: String
        /// How many tries count already.
        package let tries: Int64

        package init(_ subject: Int64 = 0, lane: String = "", tries: Int64 = 0) {
            (self.subject, self.lane, self.tries) = (subject, lane, tries)
        }
    }

    /// The table of all queues.
    package static let table = "queue"

    /// A condition on its rows. The queue is empty most of the time and very long now and then, so no plan is kept.
    static func rows(_ condition: SQL) -> SQL { condition.plannedAnew }

    /// What waits already is due again at once; what is under way waits again behind its end.
    private static let insertion = Insertion(
        "INSERT INTO queue (webshop_id, kind, subject, lane, due, attempts) VALUES", width: 6,
        """
        ON CONFLICT (webshop_id, kind, subject) DO UPDATE SET attempts = 0, error = NULL,
        due = CASE WHEN queue.worker IS NULL THEN excluded.due ELSE queue.due END
        """)

    /// Puts work of a shop in line, together with what the transaction writes.
    package func add(_ pieces: [Piece], in tx: Transaction) throws {
        guard !pieces.isEmpty else { return }
        try add(pieces, ofShop: tx.shop, due: tx.now, in: tx.db)
        tx.markChanged(Self.table)
    }

    /// The same for work that follows from no transaction of a shop.
    package func add(_ pieces: [Piece], ofShop shop: Int64, due: Instant, in db: any Connection) throws {
        try db.run(
            Self.insertion.statements(
                pieces.map { piece in
                    [
                        shop.sqlValue, .text(kind), piece.subject.sqlValue, .text(piece.lane), due.sqlValue,
                        piece.tries.sqlValue,
                    ]
                }))
    }

    /// Makes the one row of what is done by the clock, where there is none yet.
    package func open(at now: Instant, in db: any Connection) throws {
        try db.run(
            """
            INSERT INTO queue (webshop_id, kind, subject, lane, due, attempts) VALUES (0, \(kind), 0, '', \(now), 0)
            ON CONFLICT (webshop_id, kind, subject) DO NOTHING
            """)
    }

    /// Takes work out, also what is under way: whoever is at it can't keep what it did.
    package func cancel(_ subjects: [Int64], in tx: Transaction) throws {
        try tx.db.run(
            SQL.each(subjects) {
                let row = Self.rows("webshop_id = \(tx.shop) AND kind = \(kind) AND subject IN (\($0))")
                return "DELETE FROM queue WHERE \(row)"
            })
    }
}
