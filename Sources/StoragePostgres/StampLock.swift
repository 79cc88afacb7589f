import Basics
import Persistence

/// How transactions of all processes tell which stamps are under way: each holds an advisory lock, shared and never waited
/// for, whose key says the shop and the earliest stamp. Postgres lets go of it just after the rows have become visible, shows
/// it to every role, and forgets it with the session.
enum StampLock {
    /// A key has 32 bits for the shop, and 32 for the milliseconds, which begin anew after 49 days.
    static func take(_ floor: Instant, shop: Int64) -> SQL {
        let key = (Int32(truncatingIfNeeded: shop), Int32(truncatingIfNeeded: floor.milliseconds))
        return """
            SELECT pg_advisory_xact_lock_shared(CAST(\(Int64(key.0)) AS INTEGER), CAST(\(Int64(key.1)) AS INTEGER))
            """
    }

    /// The second halves of the keys that transactions of a shop hold now.
    static func held(ofShop shop: Int64) -> SQL {
        """
        SELECT DISTINCT CAST(objid AS BIGINT) AS stamp FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 2
        AND CAST(classid AS BIGINT) = \(Int64(UInt32(truncatingIfNeeded: shop)))
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
        """
    }

    /// The earliest of held stamps, if one lies before a moment; else that moment.
    static func earliest(_ held: Rows, at now: Instant) throws -> Instant {
        let ages = try held.map { row in
            Int32(truncatingIfNeeded: now.milliseconds &- (try row["stamp"]))  // bounded: wraps, and is cut
        }
        return Instant(milliseconds: now.milliseconds - Int64(max(0, ages.max() ?? 0)))
    }
}
