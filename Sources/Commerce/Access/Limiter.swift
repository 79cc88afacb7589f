package import Basics
package import Persistence
package import Resources
import Synchronization

/// Counts a token's calls: a bucket for bursts, in memory on the monotonic clock, and a daily sum that is written to the
/// database in batches, so that a read does not write a row.
package final class Limiter: Sendable {
    package enum Verdict: Sendable, Equatable {
        case allowed
        /// Allowed, when its turn comes.
        case waits(Duration)
        case tooFast(retryAfter: Int64)
        case usedUp(retryAfter: Int64)
        case tooMany
    }

    /// Where a token stands, as `RateLimit` tells it.
    package struct Standing: Sendable {
        /// Calls left, and seconds until there are more: of the burst, and of the day where that has a limit.
        package let burst: (left: Int64, reset: Int64)
        package let day: (left: Int64, reset: Int64)?
    }

    fileprivate struct Count {
        var shop: Int64
        /// Calls that may be made now. Below zero are those that wait for their turn.
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
    fileprivate static let inFlightMax = 256
    /// How long a request over the burst may wait for its turn, and beside how many others of its token (CONTRACT 4): whoever
    /// sends one after the other is slowed down and never refused.
    fileprivate static let waitSecondsMax = 2.0
    fileprivate static let waitingMax = 4

    private let isOn: Bool
    private let counts = Mutex<[Int64: Count]>([:])

    /// - Parameter isOn: whether bursts and quotas are enforced; calls are counted in any case.
    package init(isOn: Bool) {
        self.isOn = isOn
    }

    /// Counts a call that is about to run.
    /// - Returns: whether and when it may, and where the token stands after it; no standing where nothing is enforced.
    package func enter(
        _ grant: Authenticator.Grant, at now: Instant, clock: ContinuousClock.Instant = .now
    ) -> (verdict: Verdict, standing: Standing?) {
        counts.withLock { counts in
            var count =
                counts[grant.principal.tokenID]
                ?? Count(
                    shop: grant.principal.tenant.webshopID, bucket: Double(grant.burst), filledAt: clock, day: now.day,
                    before: grant.usageToday, lastUsed: now)
            count.fill(grant, now, clock)
            defer { counts[grant.principal.tokenID] = count }
            let verdict = isOn ? count.admit(grant, now) : .allowed
            switch verdict {
            case .allowed, .waits: count.begin(now)
            case .tooFast, .usedUp, .tooMany: break
            }
            return (verdict, isOn ? count.standing(grant, now, verdict) : nil)
        }
    }

    /// Ends a call that was allowed.
    package func leave(_ grant: Authenticator.Grant) {
        counts.withLock { $0[grant.principal.tokenID]?.inFlight -= 1 }
    }

    /// A token sees its own calls within a second (CONTRACT 8, "Usage"), and none is lost when the server stops.
    package var jobs: [Job] {
        [
            Job("write usage", everywhere: .milliseconds(250), alsoAtTheEnd: true) { [self] in
                try await flush(to: $0.storage)
            }
        ]
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
                try db.run(
                    SQL.insertions(
                        "INSERT INTO token_usage (webshop_id, token_id, day, calls) VALUES",
                        batch.map { [.integer($1.shop), .integer($0), .integer($1.day), .integer($1.unwritten)] },
                        """
                        ON CONFLICT (webshop_id, token_id, day) DO UPDATE SET calls = token_usage.calls + excluded.calls
                        """))
                // Another process may have served a later call.
                try db.run(
                    batch.map { id, count in
                        """
                        UPDATE tokens SET last_used = \(count.lastUsed) WHERE webshop_id = \(count.shop)
                        AND token_id = \(id) AND (last_used IS NULL OR last_used < \(count.lastUsed))
                        """
                    })
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

extension Limiter.Count {
    fileprivate mutating func fill(_ grant: Authenticator.Grant, _ now: Instant, _ clock: ContinuousClock.Instant) {
        if day != now.day { (day, before, calls) = (now.day, 0, 0) }
        let passed = max(0, (clock - filledAt).inSeconds)
        bucket = min(Double(grant.burst), bucket + passed * grant.callsPerSecond)
        filledAt = clock
    }

    /// Takes a call from the bucket, if it may be made.
    fileprivate mutating func admit(_ grant: Authenticator.Grant, _ now: Instant) -> Limiter.Verdict {
        if inFlight >= Limiter.inFlightMax { return .tooMany }
        if let limit = grant.dailyLimit, before + calls >= limit { return .usedUp(retryAfter: now.secondsOfDayLeft) }
        let wait = max(0, (1 - bucket) / grant.callsPerSecond)
        guard wait > 0 else {
            bucket -= 1
            return .allowed
        }
        guard wait <= Limiter.waitSecondsMax, inFlight < Limiter.waitingMax else {
            return .tooFast(retryAfter: Int64(wait.rounded(.up)))
        }
        bucket -= 1
        return .waits(.seconds(wait))
    }

    fileprivate mutating func begin(_ now: Instant) {
        calls += 1
        unwritten += 1
        inFlight += 1
        lastUsed = now
    }

    /// Says no other time than `Retry-After` does.
    fileprivate func standing(
        _ grant: Authenticator.Grant, _ now: Instant, _ verdict: Limiter.Verdict
    ) -> Limiter.Standing {
        let untilFull = Int64((Double(grant.burst) - bucket) / grant.callsPerSecond) + 1
        let reset = if case .tooFast(let seconds) = verdict { seconds } else { untilFull }
        return Limiter.Standing(
            burst: (max(0, Int64(bucket.rounded(.down))), reset),
            day: grant.dailyLimit.map { (max(0, $0 - before - calls), now.secondsOfDayLeft) })
    }
}

extension Authenticator.Grant {
    /// A burst is refilled within two seconds.
    fileprivate var callsPerSecond: Double { Double(burst) / 2 }
}

extension Instant {
    /// Until the day of all counters ends.
    fileprivate var secondsOfDayLeft: Int64 { 86_400 - seconds % 86_400 }
}

extension Duration {
    fileprivate var inSeconds: Double {
        Double(components.seconds) + Double(components.attoseconds) / 1e18
    }
}
