package import Basics
package import Persistence
import Synchronization

/// A process that works on queues: it takes what has its turn whenever it has a free place, and holds it until it is
/// through.
package final class QueueWorker: Sendable {
    private struct State {
        var turns: [String: Turns]
        /// The lane that a shop was last served in, by kind.
        var lanes: [QueuePlace: String] = [:]
        var held: [Claim] = []
        /// What could not be given back when it should have been, and when it was to be due.
        var left: [Claim] = []
        var number = 0
        /// What the clock said at the last renewal.
        var renewed: Instant?
    }

    private let storage: any Storage
    private let queues: [JobQueue]
    private let name: String
    private let clock: @Sendable () -> Instant
    private let state: Mutex<State>

    /// - Parameter name: one that no other process has.
    package init(
        _ queues: [JobQueue], in storage: any Storage, as name: String, clock: @escaping @Sendable () -> Instant
    ) {
        self.queues = queues
        self.storage = storage
        self.name = name
        self.clock = clock
        let turns = queues.map { ($0.kind, Turns($0.limits)) }
        state = Mutex(State(turns: Dictionary(turns, uniquingKeysWith: { first, _ in first })))
    }

    /// Takes what has its turn; nothing where nothing is due that may be done now. Each is to be ended.
    package func next() async throws -> [Claim] {
        guard state.withLock({ $0.turns.values.contains { $0.free > 0 } }) else { return [] }
        let now = clock()
        let look = try await QueueLook(queues, in: storage, at: now)
        var passed: Set<QueuePlace> = []
        while case let shares = share(look, passing: passed), !shares.isEmpty {
            let claims = try await take(try await lanes(of: shares, at: now), at: now)
            if !claims.isEmpty { return claims }
            passed.formUnion(shares.map(\.place))
        }
        return []
    }

    /// The work of a claim has ended, in whatever way.
    package func end(_ claim: Claim) {
        state.withLock { state in
            state.held.removeAll { $0 == claim }
            state.turns[claim.queue.kind]?.end(claim.shop, claim.lane)
        }
    }

    /// What is under way.
    package var held: [Claim] { state.withLock { $0.held } }

    // MARK: Turns

    private func share(_ look: QueueLook, passing passed: Set<QueuePlace>) -> [QueueShare] {
        state.withLock { state in
            queues.flatMap { queue in
                let waiting = (look.waiting[queue.kind] ?? []).filter {
                    !passed.contains(QueuePlace(kind: queue.kind, shop: $0))
                }
                guard !waiting.isEmpty else { return [QueueShare]() }
                let shares = state.turns[queue.kind]?.share(among: waiting, held: look.held[queue.kind] ?? [:]) ?? []
                return shares.map { QueueShare(queue: queue, shop: $0.shop, places: $0.places) }
            }
        }
    }

    /// The lanes that shops take their places in.
    private func lanes(of shares: [QueueShare], at now: Instant) async throws -> [LaneShare] {
        let (plain, laned) = (shares.filter { !$0.queue.hasLanes }, shares.filter(\.queue.hasLanes))
        var taken = plain.map { LaneShare(share: $0, lane: "", places: $0.places) }
        guard !laned.isEmpty else { return taken }
        let last = state.withLock { state in laned.map { state.lanes[$0.place] } }
        let answers = try await storage.fetch(
            zip(laned, last).flatMap {
                [LaneLook.statement($0.place, after: $1), LaneLook.statement($0.place, after: nil)]
            })
        for (index, share) in laned.enumerated() {
            let look = try LaneLook(behind: answers[index * 2], fromStart: answers[index * 2 + 1], at: now)
            state.withLock { state in
                let turns = state.turns[share.queue.kind]
                let lanes = look.share(share.places) { turns?.room(of: share.shop, in: $0) ?? 0 }
                state.lanes[share.place] = lanes.last?.lane ?? look.last ?? last[index]
                taken += lanes.map { LaneShare(share: share, lane: $0.lane, places: $0.places) }
            }
        }
        return taken
    }

    private func take(_ lanes: [LaneShare], at now: Instant) async throws -> [Claim] {
        guard !lanes.isEmpty else { return [] }
        let tokens = state.withLock { state in
            lanes.map { _ in
                state.number += 1
                return "\(name).\(state.number)"
            }
        }
        let statements = zip(lanes, tokens).map { $0.statement(token: $1, at: now, storage.dialect) }
        let answers = try await storage.write { try $0.fetch(statements) }
        var claims: [Claim] = []
        for (index, rows) in answers.enumerated() {
            claims += try rows.map { try lanes[index].claim($0, token: tokens[index]) }
        }
        state.withLock { state in
            for claim in claims { state.turns[claim.queue.kind]?.begin(claim.shop, claim.lane) }
            state.held += claims
        }
        return claims
    }

    // MARK: Leases

    /// Renews what is under way, and gives back what could not be given back before.
    package func renew() async throws {
        let now = clock()
        let (held, left, last) = state.withLock { state in
            defer { state.renewed = now }
            return (state.held, state.left, state.renewed)
        }
        if let last, now < last { try await bringNearer() }
        for claim in left { try await giveBack(claim) }
        guard !held.isEmpty else { return }
        let until = now.adding(seconds: Claim.leaseSeconds)
        let (kinds, tokens) = (Set(held.map(\.queue.kind)).sorted(), Set(held.map(\.token)).sorted())
        try await storage.write { db in _ = try db.run(Self.renewal(kinds, tokens, until: until, db.dialect)) }
    }

    /// Who ends one of them holds its row already, and is not waited for: it may wait for what another row is held with.
    static func renewal(_ kinds: [String], _ tokens: [String], until: Instant, _ dialect: Dialect) -> SQL {
        """
        WITH mine AS MATERIALIZED (
            SELECT webshop_id AS shop, kind AS task, subject AS about FROM queue
            WHERE \(JobQueue.rows("kind IN (\(SQL.paddedList(kinds))) AND worker IN (\(SQL.paddedList(tokens)))"))
            \(dialect.forUpdateOfFree))
        UPDATE queue SET due = \(until) FROM mine WHERE webshop_id = shop AND kind = task AND subject = about
        """
    }

    /// Gives a claim back as if it had not been begun. Where that can't be told to the database, it is told with the
    /// next renewal.
    package func giveBack(_ claim: Claim, after seconds: Int64 = 0) async throws {
        let now = clock()
        do {
            try await storage.write { db in
                do { try claim.giveBack(due: now.adding(seconds: seconds), in: db, at: now) } catch is LeaseLost {}
            }
            state.withLock { state in state.left.removeAll { $0 == claim } }
        } catch {
            state.withLock { state in if !state.left.contains(claim) { state.left.append(claim) } }
            throw error
        }
    }

    /// How many pieces of each kind are due, of the first 10,000 in line.
    package func waiting() async throws -> [String: Int] {
        let now = clock()
        let answers = try await storage.fetch(queues.map { Self.waiting($0, at: now) })
        return try zip(queues, answers).reduce(into: [:]) { $0[$1.0.kind] = try $1.1.first.map { try $0["count"] } }
    }

    static func waiting(_ queue: JobQueue, at now: Instant) -> SQL {
        """
        SELECT count(*) AS count FROM (SELECT due FROM queue WHERE \(JobQueue.rows("kind = \(queue.kind)"))
        ORDER BY webshop_id, due LIMIT 10000) AS line WHERE due <= \(now)
        """
    }

    /// Lets no row wait longer than its queue does: what was written by a clock that was ahead would else be due when the
    /// time has come that it showed.
    package func bringNearer() async throws {
        let now = clock()
        try await storage.write { [queues] db in
            for queue in queues {
                let latest = now.adding(seconds: queue.longestWait)
                let rows = JobQueue.rows("kind = \(queue.kind) AND due > \(latest)")
                try db.run("UPDATE queue SET due = \(latest) WHERE \(rows)")
            }
        }
    }

    /// Frees what a process before this one held. For an engine of which one process at a time can write.
    package func freeAll() async throws {
        let now = clock()
        try await storage.write { db in
            _ = try db.run("UPDATE queue SET worker = NULL, due = \(now) WHERE worker IS NOT NULL")
        }
    }
}
