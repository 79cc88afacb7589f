import Basics
package import Logging
import Persistence
package import Resources
import ServiceLifecycle

/// Runs a list of jobs until the server stops: those by timers of this process, and those of the queue, of which it
/// takes the next as soon as it has a free place. It counts, logs and keeps the leases.
package struct Runner: Service {
    /// How often the queue is looked at without being woken: what other processes put in line is begun within that
    /// time.
    private static let lookEvery = Duration.seconds(1)
    private static let countEvery = Duration.seconds(15)
    /// Changes within it wake a job once.
    private static let instant = Duration.milliseconds(20)

    package let counts: JobCounts
    private let jobs: [Job]
    private let pieceWorks: [String: Job.PieceWork]
    private let context: JobContext
    private let worker: QueueWorker
    private let logger: Logger

    /// - Parameter name: one that no other process has.
    package init(_ jobs: [Job], _ context: JobContext, as name: String, logger: Logger) {
        self.jobs = jobs
        self.context = context
        self.logger = logger
        counts = JobCounts(jobs.map(\.name))
        worker = QueueWorker(jobs.compactMap(\.queue), in: context.storage, as: name, clock: context.clock)
        pieceWorks = jobs.reduce(into: [:]) { works, job in
            if case .queue(let queue, let work) = job.trigger { works[queue.kind] = work }
        }
    }

    package func run() async throws {
        let (rings, ring) = context.storage.queueBell.listen()
        await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { group in
                for job in jobs {
                    guard case .everywhere(let interval, let tables, _, let work) = job.trigger else { continue }
                    group.addTask {
                        await again(every: interval, wokenBy: tables) {
                            await count(job.name) { try await work(context) }
                        }
                    }
                }
                group.addTask { await again(every: Self.lookEvery) { ring.yield() } }
                group.addTask { await again(every: .seconds(Claim.leaseSeconds / 3)) { await upkeep(worker.renew) } }
                group.addTask { await again(every: Self.countEvery) { await upkeep(countWaiting) } }
                group.addTask { await take(rings) { ring.yield() } }
            }
        }
        for job in jobs {
            if case .everywhere(_, _, true, let work) = job.trigger {
                await count(job.name) { try await work(context) }
            }
        }
    }

    private func again(every interval: Duration, _ work: () async -> Void) async {
        while !Task.isCancelled {
            await work()
            try? await Task.sleep(for: interval)
        }
    }

    /// The same, and soon after some tables were changed: once for all changes of an instant.
    private func again(every interval: Duration, wokenBy tables: Set<String>, _ work: () async -> Void) async {
        if tables.isEmpty { return await again(every: interval, work) }
        let (wakes, wake) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        context.storage.memory.follow(tables) { wake.yield() }
        await withDiscardingTaskGroup { group in
            group.addTask { await again(every: interval) { wake.yield() } }
            for await _ in wakes {
                await work()
                try? await Task.sleep(for: Self.instant)
            }
            group.cancelAll()
        }
    }

    // MARK: The queue

    /// Takes what has its turn with each ring. What is under way when the server stops is broken off and given back.
    private func take(_ rings: AsyncStream<Void>, ring: @escaping @Sendable () -> Void) async {
        await withDiscardingTaskGroup { group in
            var isOpen = false
            for await _ in rings {
                do {
                    if !isOpen { try await open() }
                    isOpen = true
                    while !Task.isCancelled, case let claims = try await worker.next(), !claims.isEmpty {
                        for claim in claims {
                            group.addTask {
                                await work(on: claim)
                                ring()
                            }
                        }
                    }
                } catch {
                    logger.error("could not look for work: \(error)")
                }
            }
            group.cancelAll()
        }
    }

    /// Makes the rows of what is done by the clock, and frees what a process before this one was at.
    package func open() async throws {
        // There is one process at a time.
        if context.storage.dialect.commitsInOrder { try await worker.freeAll() }
        let now = context.now
        let queues = jobs.compactMap(\.queue).filter { $0.interval != nil }
        try await context.storage.write { db in
            for queue in queues { try queue.open(at: now, in: db) }
        }
        try await worker.bringNearer()
    }

    /// Does what is due, as many at once as have their turn, until nothing is, and answers how many pieces that were.
    @discardableResult
    package func runDue() async throws -> Int {
        try await withThrowingTaskGroup(of: Void.self) { group in
            var (begun, ended) = (0, 0)
            while !Task.isCancelled || ended < begun {
                let claims = Task.isCancelled ? [] : try await worker.next()
                for claim in claims { group.addTask { await work(on: claim) } }
                begun += claims.count
                if claims.isEmpty, ended == begun { break }
                if claims.isEmpty, try await group.next() != nil { ended += 1 }
            }
            return begun
        }
    }

    /// Renews the leases of what is under way. The runner does so by itself.
    package func renewLeases() async throws {
        try await worker.renew()
    }

    private func work(on claim: Claim) async {
        defer { worker.end(claim) }
        guard let work = pieceWorks[claim.queue.kind] else { return }
        await count(claim.queue.kind) {
            do {
                try await end(claim, try await work(claim, context))
            } catch is LeaseLost {
                // Somebody else has it, or nobody wants it any more.
            } catch  where Task.isCancelled {
                try await worker.giveBack(claim)
            } catch let notNow as NotNow {
                try await worker.giveBack(claim, after: 1)
                throw notNow.cause
            } catch {
                try await settle { try claim.fail("\(error)", in: $0, at: $1) }
                throw error
            }
        }
    }

    private func end(_ claim: Claim, _ end: JobEnd) async throws {
        switch end {
        case .settled: return
        case .done: try await settle { try claim.done(in: $0, at: $1) }
        case .again(let seconds):
            try await settle { try claim.release(due: $1.adding(seconds: seconds), in: $0, at: $1) }
        }
    }

    private func settle(_ change: @escaping @Sendable (any Connection, Instant) throws -> Void) async throws {
        let now = context.now
        try await context.storage.write { db in
            do { try change(db, now) } catch is LeaseLost {}
        }
    }

    // MARK: Counting

    private func count(_ name: String, _ work: () async throws -> Void) async {
        let start = ContinuousClock.now
        do {
            try await work()
            counts.ran(name, .now - start, isFailure: false)
        } catch {
            counts.ran(name, .now - start, isFailure: true)
            logger.error("could not \(name): \(error)")
        }
    }

    private func upkeep(_ work: () async throws -> Void) async {
        do { try await work() } catch { logger.error("could not keep the queue: \(error)") }
    }

    private func countWaiting() async throws {
        counts.wait(try await worker.waiting())
    }
}
