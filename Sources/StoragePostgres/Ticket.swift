import Persistence

/// Whose a transaction is, and how it stands to others of the same shop.
struct Ticket: Sendable {
    enum Turn {
        /// One snapshot, beside everybody.
        case read
        /// A write beside other writes.
        case beside
        /// A write with no other write of its shop beside it.
        case alone
    }

    let requester: Requester
    let turn: Turn

    /// The same work with no other write of its shop beside it; the server's own belongs to none.
    var alone: Ticket {
        guard case .shop = requester, turn == .beside else { return self }
        return Ticket(requester: requester, turn: .alone)
    }

    /// The upper half of our locks' keys: ours, and it means nothing.
    private static let lockSpace: Int64 = 7_310_217 << 32

    /// How long a write stands in line for its shop, in milliseconds: almost as long as a statement may take, because who
    /// leaves the line begins at its end.
    private static let shopWait = 4500

    /// What a transaction begins with. The mode is said outright, so that a default of the role or the database changes nothing.
    /// A write takes its shop before any row, shared or alone, and so stands in line with those of other processes: who
    /// waits for the shop holds nothing that anybody waits for. Two shops whose ids end alike only wait for each other.
    var opening: [SQL] {
        // Reports and exports may take longer than a request's statement.
        if turn == .read {
            return ["BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", "SET LOCAL statement_timeout = 30000"]
        }
        let begin: SQL = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE"
        guard case .shop(let shop) = requester else { return [begin] }
        let word = turn == .alone ? "" : "_shared"
        let key = Self.lockSpace | Int64(UInt32(truncatingIfNeeded: shop))
        return [
            begin,
            """
            SELECT set_config('lock_timeout', '\(raw: "\(Self.shopWait)")', true),
            pg_advisory_xact_lock\(raw: word)(\(key)),
            set_config('lock_timeout', '\(raw: "\(PostgresConnection.lockWait)")', true)
            """,
        ]
    }
}
