import Areas
import Basics
import Jobs
import Persistence
import Resources
import Support
import Synchronization
import Testing

/// What the server does of itself is declared once, run and counted (`Job`, `Runner`).
@Suite struct JobTests {
    @Test func `what is due by the clock is done by one process, and caught up by whoever comes next`() async throws {
        let server = try await TestServer()
        let runs = Mutex(0)
        let jobs = [Job("tidy up", every: 3600) { _ in runs.withLock { $0 += 1 } }]
        let first = server.runner(jobs)
        try await first.open()
        _ = try await together(4) { number in try await (number == 0 ? first : server.runner(jobs)).runDue() }
        #expect(runs.withLock { $0 } == 1)
        server.clock.advance(seconds: 3599)
        try await first.runDue()
        #expect(runs.withLock { $0 } == 1)
        server.clock.advance(seconds: 40_000)
        let next = server.runner(jobs)
        try await next.open()
        #expect(try await next.runDue() == 1)
        #expect(runs.withLock { $0 } == 2)
        await server.stop()
    }

    @Test func `what is done by the clock does not wait for a time that a wrong clock showed`() async throws {
        let server = try await TestServer()
        let runs = Mutex(0)
        let jobs = [Job("tidy up", every: 3600) { _ in runs.withLock { $0 += 1 } }]
        server.clock.advance(seconds: 100_000_000)
        let wrong = server.runner(jobs)
        try await wrong.open()
        try await wrong.runDue()
        server.clock.advance(seconds: -100_000_000)
        let right = server.runner(jobs)
        try await right.open()
        #expect(try await right.runDue() == 0)
        server.clock.advance(seconds: 3600)
        #expect(try await right.runDue() == 1)
        #expect(runs.withLock { $0 } == 2)
        await server.stop()
    }

    @Test func `what failed by the clock is tried again within a minute`() async throws {
        let server = try await TestServer()
        let runner = server.runner([Job("tidy up", every: 3600) { _ in throw StorageError.busy("it is") }])
        try await runner.open()
        for _ in 1...4 {
            #expect(try await runner.runDue() == 1)
            server.clock.advance(seconds: 59)
            #expect(try await runner.runDue() == 0)
            server.clock.advance(seconds: 1)
        }
        #expect(runner.counts.text.contains(#"butik_job_failures_total{job="tidy up"} 4"#))
        await server.stop()
    }

    @Test(.timeLimit(.minutes(1)))
    func `what is put in line wakes a runner that waits, and its end is counted`() async throws {
        let world = try await QueueWorld.open()
        let (done, end) = AsyncStream<Int64>.makeStream()
        let runner = world.runner { claim, _ in
            end.yield(claim.subject)
            return .done
        }
        let running = Task { try await runner.run() }
        try await world.add([42])
        #expect(await done.first { _ in true } == 42)
        try await eventually("the end of the row") { try await world.rows() == [] }
        try await eventually("its count") { runner.counts.text.contains(#"butik_job_runs_total{job="test"} 1"#) }
        running.cancel()
        _ = try await running.value
        await world.server.stop()
    }

    @Test func `a job of each process runs once more at the end, where it says so`() async throws {
        let server = try await TestServer()
        let (runs, run) = AsyncStream<Void>.makeStream()
        let count = Mutex(0)
        let runner = server.runner([
            Job("write down", everywhere: .seconds(3600), alsoAtTheEnd: true) { _ in
                count.withLock { $0 += 1 }
                run.yield()
            }
        ])
        let running = Task { try await runner.run() }
        for await _ in runs { break }
        running.cancel()
        _ = try await running.value
        #expect(count.withLock { $0 } == 2)
        await server.stop()
    }

    @Test func `every job has a name of its own`() {
        let names = House.jobs.map(\.name)
        #expect(Set(names).count == names.count)
    }
}
