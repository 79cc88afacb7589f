package import Persistence
import Synchronization

/// Counts a token's calls: a bucket for bursts, in memory on the monotonic clock, and a daily sum that is written to the
/// database in batches, so that a read does not write a row.
package final class Limiter: Sendable {
    package enum Verdict: Sendable, Equatable {
        /// Calls left in the bucket, and seconds until it is full.
        case allowed(left: Int64, reset: Int64)
        case tooFast(retryAfter: Int64)
        case usedUp(retryAfter: Int64)
        case tooMany
    }

    private struct Count {
        var shop: Int64
        var bucket: Double
        var filledAt: ContinuousClock.Instant
        var day: Int64
        /// Calls of the day when this process first saw the token, and those it counted since.
        var before: Int64
        var calls: Int64 = 0
        var unwritten: Int64 = 0
        var inFlight = 0
        var lastUsed: Instant
    }

    /// More requests of one token at the same time than any client needs (CONTRACT 4).
    private static let inFlightMax = 256

    private let isOn: Bool
    private let counts = Mutex<[Int64: Count]>([:])

    /// - Parameter isOn: whether bursts and quotas are enforced; calls are counted in any case.
    package init(isOn: Bool) {
        self.isOn = isOn
    }

    /// Counts a call that is about to run.
    package func enter(_ grant: Authenticator.Grant, at now: Instant, clock: ContinuousClock.Instant = .now) -> Verdict
    {
        counts.withLock { counts in
            let burst = Double(grant.burst)
            let perSecond = burst / 2
            var count =
                counts[grant.principal.tokenID]
                ?? Count(
                    shop: grant.principal.tenant.webshopID, bucket: burst, filledAt: clock, day: now.day,
                    before: grant.usageToday, lastUsed: now)
            if count.day != now.day { (count.day, count.before, count.calls) = (now.day, 0, 0) }
            let passed = (clock - count.filledAt).inSeconds
            count.bucket = min(burst, count.bucket + max(0, passed) * perSecond)
            count.filledAt = clock
            defer { counts[grant.principal.tokenID] = count }

            if isOn {
                if count.inFlight >= Self.inFlightMax { return .tooMany }
                if let limit = grant.dailyLimit, count.before + count.calls >= limit {
                    return .usedUp(retryAfter: 86_400 - now.seconds % 86_400)
                }
                if count.bucket < 1 { return .tooFast(retryAfter: Int64((1 - count.bucket) / perSecond) + 1) }
                count.bucket -= 1
            }
            count.calls += 1
            count.unwritten += 1
            count.inFlight += 1
            count.lastUsed = now
            return .allowed(left: Int64(count.bucket), reset: Int64((burst - count.bucket) / perSecond) + 1)
        }
    }

    /// Ends a call that was allowed.
    package func leave(_ grant: Authenticator.Grant) {
        counts.withLock { $0[grant.principal.tokenID]?.inFlight -= 1 }
    }

    /// Writes what was counted since the last time.
    package func flush(to storage: any Storage) async throws {
        let batch = counts.withLock { counts -> [(id: Int64, count: Count)] in
            let batch = counts.filter { $0.value.unwritten > 0 }.map { (id: $0.key, count: $0.value) }
            for (id, _) in batch { counts[id]?.unwritten = 0 }
            return batch.sorted { $0.id < $1.id }
        }
        guard !batch.isEmpty else { return }
        do {
            try await storage.write { db in
                for (id, count) in batch {
                    try db.run(
                        """
                        INSERT INTO token_usage (webshop_id, token_id, day, calls)
                        VALUES (\(count.shop), \(id), \(count.day), \(count.unwritten))
                        ON CONFLICT (webshop_id, token_id, day) DO UPDATE SET calls = token_usage.calls + excluded.calls
                        """)
                    try db.run(
                        """
                        UPDATE tokens SET last_used = \(count.lastUsed)
                        WHERE webshop_id = \(count.shop) AND token_id = \(id)
                        """)
                }
            }
        } catch {
            // Counted again with the next batch.
            counts.withLock { counts in
                for (id, count) in batch { counts[id]?.unwritten += count.unwritten }
            }
            throw error
        }
    }
}

extension Duration {
    fileprivate var inSeconds: Double {
        Double(components.seconds) + Double(components.attoseconds) / 1e18
    }
}
