import Dispatch
import Glibc
import Persistence
import Synchronization

/// Connections for transactions, each on a thread of its own, because libpq blocks and a transaction's body may too.
///
/// Threads and connections are made when work needs them, and the one that rested the shortest is used first.
final class ConnectionPool: Sendable {
    /// One transaction to run. It answers what to do once its worker is free again, so that a caller who goes on at
    /// once finds that worker resting.
    struct Job: Sendable {
        let work: @Sendable (PoolWorker) -> @Sendable () -> Void
        let refuse: @Sendable (StorageError) -> Void
        let deadline: ContinuousClock.Instant
    }

    private struct State {
        var queue = Queue<Job>()
        var resting: [PoolWorker] = []
        var threads: [OwnThread] = []
        var size = 0
        var isWatched = false
        var isClosed = false
    }

    /// What is to become of a job that was just handed in.
    private enum Placement {
        case wake(PoolWorker), grow, wait(startsWatch: Bool), refuse
    }

    /// How long a transaction may wait for a connection before its caller hears that we are busy.
    private let patience: Duration

    private let address: ServerAddress
    private let shared: SharedState
    private let limit: Int
    private let state = Mutex(State())

    init(_ address: ServerAddress, limit: Int?, patience: Duration, _ shared: SharedState) {
        let cores = sysconf(Int32(_SC_NPROCESSORS_ONLN))
        self.address = address
        self.shared = shared
        self.patience = patience
        self.limit = max(1, limit ?? min(32, max(4, 2 * cores)))
    }

    /// Runs `body` on a worker's thread.
    func run<T: Sendable>(_ body: @escaping @Sendable (PoolWorker) throws -> T) async throws -> T {
        try await withCheckedThrowingContinuation { continuation in
            submit(
                Job(
                    work: { worker in
                        let result = Result { try body(worker) }
                        return { continuation.resume(with: result) }
                    },
                    refuse: { continuation.resume(throwing: $0) },
                    deadline: .now + patience))
        }
    }

    private func submit(_ job: Job) {
        switch place(job) {
        case .wake(let worker): worker.begin(job)
        case .grow: grow(job)
        case .wait(let startsWatch): if startsWatch { watch(until: job.deadline) }
        case .refuse: job.refuse(.unavailable("the database connections are closed"))
        }
    }

    private func place(_ job: Job) -> Placement {
        state.withLock { state in
            if state.isClosed { return .refuse }
            if let worker = state.resting.popLast() { return .wake(worker) }
            if state.size < limit {
                state.size += 1
                return .grow
            }
            state.queue.append(job)
            defer { state.isWatched = true }
            return .wait(startsWatch: !state.isWatched)
        }
    }

    private func grow(_ job: Job) {
        let worker = PoolWorker(address, shared)
        do {
            // Under the lock, so that `close` finds every thread that was started.
            try state.withLock { state in
                state.threads.append(
                    try OwnThread.start { [self] in worker.serve(job, of: self) })
            }
        } catch {
            state.withLock { $0.size -= 1 }
            job.refuse(.busy("no thread could be started: \(error)"))
        }
    }

    /// What a worker does next: a waiting job, or it rests until `begin`. False ends it.
    func next(for worker: PoolWorker) -> (job: Job?, goesOn: Bool) {
        state.withLock { state in
            if let job = state.queue.popFirst() { return (job, true) }
            if state.isClosed { return (nil, false) }
            state.resting.append(worker)
            return (nil, true)
        }
    }

    private func watch(until deadline: ContinuousClock.Instant) {
        let delay = (deadline - .now).components
        let nanoseconds = max(0, delay.seconds * 1_000_000_000 + delay.attoseconds / 1_000_000_000)
        DispatchQueue.global().asyncAfter(deadline: .now() + .nanoseconds(Int(nanoseconds))) { [self] in
            expire()
        }
    }

    /// Refuses who waited too long. One timer follows the head of the queue, however many wait.
    private func expire() {
        let now = ContinuousClock.now
        let (late, next) = state.withLock { state in
            var late: [Job] = []
            while let job = state.queue.first, job.deadline <= now {
                late.append(job)
                _ = state.queue.popFirst()
            }
            state.isWatched = !state.queue.isEmpty
            return (late, state.queue.first?.deadline)
        }
        for job in late { job.refuse(.busy("no database connection was free in time")) }
        if let next { watch(until: next) }
    }

    /// Lets what was handed in finish, ends every worker and waits for its thread. Blocks.
    func close() {
        let resting = state.withLock { state in
            state.isClosed = true
            defer { state.resting = [] }
            return state.resting
        }
        for worker in resting { worker.end() }
        while let thread = state.withLock({ $0.threads.popLast() }) { thread.join() }
    }
}
