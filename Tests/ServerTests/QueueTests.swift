import Basics
import Jobs
import Persistence
import Resources
import Support
import Synchronization
import Testing

/// Work that waits in the database is done, whoever dies at it, and kept by one worker only (`JobQueue`, `Claim`).
@Suite struct QueueTests {
    private struct Broken: Error, CustomStringConvertible {
        let description = "it is broken"
    }

    @Test func `many workers at once take each piece once`() async throws {
        let world = try await QueueWorld.open()
        try await world.add(1...200)
        let taken = Mutex<[Int64]>([])
        _ = try await together(8) { _ in
            let worker = world.worker()
            while case let claims = try await worker.next(), !claims.isEmpty {
                for claim in claims {
                    taken.withLock { $0.append(claim.subject) }
                    try await world.settle { try claim.done(in: $0, at: $1) }
                    worker.end(claim)
                }
            }
        }
        #expect(taken.withLock { $0.sorted() } == Array(1...200))
        #expect(try await world.rows() == [])
        await world.server.stop()
    }

    @Test func `a process has no more under way than it has places, and takes the next when one is free`() async throws
    {
        let world = try await QueueWorld.open(TurnLimits(inAll: 3, perShop: 2, perLane: 2))
        let other = try await TestShop.open(on: world.server)
        try await world.add(1...5)
        try await world.add(1...5, of: other)
        let worker = world.worker()
        let claims = try await worker.next()
        #expect(claims.count == 3 && Set(claims.map(\.shop)) == [world.shop.id, other.id])
        #expect(try await worker.next() == [])
        worker.end(claims[0])
        #expect(try await worker.next().count == 1)
        #expect(try await world.worker().next().count == 3, "another process has places of its own")
        await world.server.stop()
    }

    @Test func `what a dead worker had is another's when its lease has ended, and the dead one keeps nothing`()
        async throws
    {
        let world = try await QueueWorld.open()
        try await world.add([7])
        let first = try #require(try await world.worker().next().first)
        let heir = world.worker()
        world.server.clock.advance(milliseconds: Claim.leaseSeconds * 1000 - 1)
        #expect(try await heir.next() == [])
        world.server.clock.advance(milliseconds: 1)
        let second = try #require(try await heir.next().first)
        #expect((first.attempts, second.attempts) == (1, 2))
        for late in [
            { try first.done(in: $0, at: $1) }, { try first.fail("late", in: $0, at: $1) },
            { try first.hold(progressed: true, in: $0, at: $1) }, { try first.giveBack(due: $1, in: $0, at: $1) },
        ] as [@Sendable (any Connection, Instant) throws -> Void] {
            await #expect(throws: LeaseLost.self) { try await world.settle(late) }
        }
        #expect(try await world.rows().map(\.attempts) == [2])
        try await world.settle { try second.done(in: $0, at: $1) }
        #expect(try await world.rows() == [])
        await world.server.stop()
    }

    @Test func `long work keeps its lease while its process lives`() async throws {
        let world = try await QueueWorld.open()
        try await world.add([1, 2])
        let (worker, other) = (world.worker(), world.worker())
        let claims = try await worker.next()
        worker.end(claims[0])
        for _ in 1...5 {
            world.server.clock.advance(seconds: Claim.leaseSeconds - 1)
            try await worker.renew()
            #expect(try await other.next().filter { $0.subject == claims[1].subject } == [])
        }
        try await world.settle { try claims[1].done(in: $0, at: $1) }
        await world.server.stop()
    }

    @Test func `what fails is tried again by its schedule, and then given up`() async throws {
        for keeps in [false, true] {
            let world = try await QueueWorld.open(retries: RetrySchedule(30, 300), keepsGivenUp: keeps)
            try await world.add([1])
            let runner = world.runner { _, _ in throw Broken() }
            for (tries, wait) in [(Int64(1), Int64(30)), (2, 300)] {
                #expect(try await runner.runDue() == 1)
                let row = QueueWorld.Row(
                    subject: 1, due: wait, attempts: tries, isHeld: false, error: "it is broken")
                #expect(try await world.rows() == [row])
                world.server.clock.advance(seconds: wait - 1)
                #expect(try await runner.runDue() == 0)
                world.server.clock.advance(seconds: 1)
            }
            #expect(try await runner.runDue() == 1)
            let given = QueueWorld.Row(subject: 1, due: nil, attempts: 3, isHeld: false, error: "it is broken")
            #expect(try await world.rows() == (keeps ? [given] : []))
            world.server.clock.advance(seconds: 1_000_000)
            #expect(try await runner.runDue() == 0)
            #expect(runner.counts.text.contains(#"butik_job_failures_total{job="test"} 3"#))
            await world.server.stop()
        }
    }

    @Test func `what is asked for again while it is under way is done again, and what waits waits once`() async throws {
        let world = try await QueueWorld.open()
        try await world.add([1])
        try await world.add([1])
        let worker = world.worker()
        let claim = try #require(try await worker.next().first)
        try await world.add([1])
        #expect(try await world.worker().next() == [], "it is still under way")
        try await world.settle { try claim.done(in: $0, at: $1) }
        worker.end(claim)
        #expect(try await world.rows().map(\.attempts) == [0])
        let again = try #require(try await worker.next().first)
        try await world.settle { try again.done(in: $0, at: $1) }
        #expect(try await world.rows() == [])
        await world.server.stop()
    }

    @Test func `what was taken out of line while it was under way is not kept`() async throws {
        let world = try await QueueWorld.open()
        try await world.add([1])
        let tenant = try await world.shop.tenant
        let runner = world.runner { claim, context in
            try await context.storage.transact(in: tenant, at: context.now, as: "test") {
                try world.queue.cancel([1], in: $0)
            }
            throw Broken()
        }
        #expect(try await runner.runDue() == 1)
        #expect(try await world.rows() == [])
        await world.server.stop()
    }

    @Test func `a claim that could not be given back, since the database was away, is given back later`() async throws {
        let world = try await QueueWorld.open()
        try await world.add([1])
        let storage = AwayStorage(world.server.storage)
        let worker = world.worker(on: storage)
        let claim = try #require(try await worker.next().first)
        storage.isAway.store(true, ordering: .relaxed)
        await #expect(throws: StorageError.self) { try await worker.giveBack(claim) }
        worker.end(claim)
        storage.isAway.store(false, ordering: .relaxed)
        #expect(try await worker.next() == [])
        try await worker.renew()
        #expect(try await worker.next().map(\.attempts) == [1], "a process that lives is not counted as one that died")
        await world.server.stop()
    }

    @Test func `a server that stops gives back what it was at`() async throws {
        let world = try await QueueWorld.open()
        try await world.add([1])
        let (begun, begin) = AsyncStream<Void>.makeStream()
        let runner = world.runner { _, _ in
            begin.yield()
            try await Task.sleep(for: .seconds(3600))
            return .done
        }
        let running = Task { try await runner.run() }
        for await _ in begun { break }
        running.cancel()
        _ = try await running.value
        #expect(
            try await world.rows() == [.init(subject: 1, due: 0, attempts: 0, isHeld: false, error: nil)])
        await world.server.stop()
    }

    @Test func `what a clock wrote that was ahead is due within the time that its queue lets it wait`() async throws {
        let world = try await QueueWorld.open(retries: RetrySchedule(30, 300))
        let clock = world.server.clock
        let worker = world.worker()
        try await worker.renew()
        let day: Int64 = 86_400
        clock.advance(seconds: day)
        try await world.add([1])
        try await worker.renew()
        #expect(try await world.rows().map(\.due) == [0])
        clock.advance(seconds: -day)
        #expect(try await worker.next() == [])
        try await worker.renew()
        #expect(try await world.rows().map(\.due) == [300])
        clock.advance(seconds: 300)
        #expect(try await worker.next().count == 1)
        await world.server.stop()
    }
}
