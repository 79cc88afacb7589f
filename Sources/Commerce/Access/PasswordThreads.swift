import Basics
import Persistence
import Resources
import Synchronization

/// Threads for what takes half a second and 128 MB each time it is done: two at once, and sixteen in line. Who comes then is told to
/// come again, so that nobody can stop the shops by logging in.
package final class PasswordThreads: Sendable {
    private struct State {
        var running = 0
        var waiting = Queue<CheckedContinuation<Void, any Error>>()
    }

    /// Those of this process: memory is the process', whoever asks.
    package static let shared = PasswordThreads()

    /// What each costs: the logarithm of scrypt's N.
    package let logRounds: Int
    private let atOnce: Int
    private let inLine: Int
    private let state = Mutex(State())

    package init(atOnce: Int = 2, inLine: Int = 16, logRounds: Int = 17) {
        self.logRounds = logRounds
        (self.atOnce, self.inLine) = (atOnce, inLine)
    }

    /// How many are in line.
    package var waiting: Int { state.withLock { $0.waiting.count } }

    /// - Throws: 503 where the line is full; what `work` throws.
    package func run<T: Sendable>(_ work: @escaping @Sendable () throws -> T) async throws -> T {
        try await enter()
        defer { leave() }
        // Who has given up meanwhile costs nobody anything.
        try Task.checkCancellation()
        return try await OwnThread.run {
            OwnThread.giveWay()
            return try work()
        }
    }

    private func enter() async throws {
        try await withCheckedThrowingContinuation { continuation in
            let (isIn, isFull) = state.withLock { state in
                if state.running < atOnce {
                    state.running += 1
                    return (true, false)
                }
                guard state.waiting.count < inLine else { return (false, true) }
                state.waiting.append(continuation)
                return (false, false)
            }
            if isIn { continuation.resume() }
            if isFull { continuation.resume(throwing: Self.full) }
        }
    }

    private static let full: Problem = {
        var problem = Problem(
            .unavailable, "passwords_busy",
            "Many are logging in right now, and each takes a while; come again in a few seconds.")
        problem.headers = [("Retry-After", "5")]
        return problem
    }()

    private func leave() {
        let next = state.withLock { state -> CheckedContinuation<Void, any Error>? in
            let next = state.waiting.popFirst()
            if next == nil { state.running -= 1 }
            return next
        }
        next?.resume()
    }
}
