import Commerce
import Foundation
import Resources
import Support
import Synchronization
import Testing

/// Few passwords are hashed at once, some wait, and more are told to come again.
@Suite struct PasswordThreadsTests {
    /// Work that is under way until it is let go.
    private final class Work: Sendable {
        private let counts = Mutex((running: 0, most: 0, done: 0))
        private let gate = DispatchSemaphore(value: 0)

        var running: Int { counts.withLock { $0.running } }
        var most: Int { counts.withLock { $0.most } }
        var done: Int { counts.withLock { $0.done } }

        func run() {
            counts.withLock { counts in
                counts.running += 1
                counts.most = max(counts.most, counts.running)
            }
            gate.wait()
            counts.withLock { counts in
                counts.running -= 1
                counts.done += 1
            }
        }

        func letGo(_ count: Int) { for _ in 0..<count { gate.signal() } }
    }

    @Test func `two run at once, sixteen wait, and the next is told to come again`() async throws {
        let (threads, work) = (PasswordThreads(), Work())
        let tasks = (0..<18).map { _ in Task { try await threads.run { work.run() } } }
        try await eventually("a full line") { work.running == 2 && threads.waiting == 16 }
        let problem = await #expect(throws: Problem.self) { try await threads.run { work.run() } }
        #expect(problem?.kind == .unavailable && problem?.code == "passwords_busy")
        #expect(problem?.headers.map(\.name) == ["Retry-After"])
        work.letGo(18)
        for task in tasks { try await task.value }
        #expect(work.most == 2 && work.done == 18)
        // There is room again.
        work.letGo(1)
        try await threads.run { work.run() }
        #expect(work.done == 19 && threads.waiting == 0)
    }

    @Test func `who has given up while waiting costs nothing`() async throws {
        let (threads, work) = (PasswordThreads(atOnce: 1, inLine: 1), Work())
        let first = Task { try await threads.run { work.run() } }
        try await eventually("the first") { work.running == 1 }
        let second = Task { try await threads.run { work.run() } }
        try await eventually("the second in line") { threads.waiting == 1 }
        second.cancel()
        work.letGo(1)
        try await first.value
        await #expect(throws: CancellationError.self) { try await second.value }
        #expect(work.done == 1)
    }
}
