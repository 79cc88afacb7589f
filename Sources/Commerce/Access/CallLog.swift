package import Basics
package import Persistence
package import Resources
import Synchronization

/// The calls of all tokens, held for a moment and written in batches, so that a read does not write a row.
package final class CallLog: Sendable {
    private struct State {
        var calls: [TokenCall] = []
        /// The second in which a refused call of a token was last kept.
        var refused: [Int64: Int64] = [:]
        var dropped = 0
    }

    /// While the database is away no more are held than this: some megabytes.
    private static let heldMax = 20_000
    /// So many are written at a time, beside which an order does not wait long.
    private static let writtenAtOnce = 512

    private let state = Mutex(State())

    package init() {}

    /// Notes a call that was answered. Of those that were refused for the token's limits one a second is kept: a client that
    /// does not slow down would fill the disk.
    package func note(_ call: TokenCall) {
        state.withLock { state in
            if call.isRefused {
                guard state.refused.updateValue(call.began.seconds, forKey: call.token) != call.began.seconds else {
                    return
                }
            }
            guard state.calls.count < Self.heldMax else {
                state.dropped += 1
                return
            }
            state.calls.append(call)
        }
    }

    /// How many were not kept, because the database took none.
    package var dropped: Int { state.withLock { $0.dropped } }

    package var jobs: [Job] {
        [
            Job("write calls", everywhere: .milliseconds(250), alsoAtTheEnd: true) { [self] in
                try await flush(to: $0.storage)
            }
        ]
    }

    /// Writes what was noted since the last time.
    package func flush(to storage: any Storage) async throws {
        var rest = state.withLock { state -> [TokenCall] in
            defer { (state.calls, state.refused) = ([], [:]) }
            return state.calls
        }[...]
        while !rest.isEmpty {
            let batch = Array(rest.prefix(Self.writtenAtOnce))
            do {
                try await storage.write { db in try Self.write(batch, in: db) }
            } catch {
                let waiting = rest
                state.withLock { $0.calls.insert(contentsOf: waiting, at: 0) }
                throw error
            }
            rest = rest.dropFirst(batch.count)
        }
    }

    private static func write(_ calls: [TokenCall], in db: any Connection) throws {
        try db.run(TokenCall.insertion.statements(calls.map { $0.record(try db.newID("token_calls_seq")) }))
        try db.run(CallCounts(calls).statements)
    }

    /// How long calls are kept (CONTRACT 7).
    private static let keptSeconds: Int64 = 90 * 86_400
    private static let expiredAtOnce = 1000

    package static let expiry = Job("expire calls", every: 3600) { context in
        try await expire(in: context.storage, before: context.now.adding(seconds: -keptSeconds))
    }

    /// Forgets the calls before a time and the texts of rotated tokens that have come to their end, token by token in small
    /// transactions.
    package static func expire(in storage: any Storage, before end: Instant) async throws {
        for row in try await storage.fetch(busy(before: end)) {
            let (shop, token): (Int64, Int64) = (try row["webshop_id"], try row["token_id"])
            let owned: SQL = "webshop_id = \(shop) AND token_id = \(token)"
            var removed = expiredAtOnce
            while removed == expiredAtOnce {
                removed = try await storage.write(for: .shop(shop)) { db in
                    try db.run(
                        """
                        DELETE FROM token_calls WHERE \(owned) AND (created, call_id) IN (
                            SELECT created, call_id FROM token_calls WHERE \(owned) AND created < \(end)
                            ORDER BY created, call_id LIMIT \(expiredAtOnce))
                        """)
                }
            }
            try await storage.write(for: .shop(shop)) { db in
                try db.run("DELETE FROM token_usage WHERE \(owned) AND day < \(end.day)")
                try db.run("DELETE FROM token_routes WHERE \(owned) AND day < \(end.day)")
                try db.run("DELETE FROM token_hashes WHERE \(owned) AND expires < \(end)")
            }
        }
    }

    /// The tokens that have anything to forget.
    private static func busy(before end: Instant) -> SQL {
        let of: SQL = "x.webshop_id = t.webshop_id AND x.token_id = t.token_id"
        return """
            SELECT t.webshop_id, t.token_id FROM tokens t
            WHERE EXISTS (SELECT 1 FROM token_calls x WHERE \(of) AND x.created < \(end))
            OR EXISTS (SELECT 1 FROM token_usage x WHERE \(of) AND x.day < \(end.day))
            OR EXISTS (SELECT 1 FROM token_hashes x WHERE \(of) AND x.expires < \(end))
            ORDER BY t.webshop_id, t.token_id
            """
    }
}
