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
        let ticket: Ticket
        let work: @Sendable (PoolWorker) -> @Sendable () -> Void
        let refuse: @Sendable (StorageError) -> Void
        let deadline: ContinuousClock.Instant
    }

    /// A job that begins now, and the worker that was resting; without one a new one is made.
    private typealias Start = (job: Job, worker: PoolWorker?)

    private struct State {
        var admission: Admission
        var resting: [PoolWorker] = []
        var threads: [OwnThread] = []
        var size = 0
        var isWatched = false
        var isClosed = false

        /// Takes out what can begin, as far as there are connections.
        mutating func starts(limit: Int) -> [Start] {
            var starts: [Start] = []
            while !resting.isEmpty || size < limit, let job = admission.next() {
                let worker = resting.popLast()
                if worker == nil { size += 1 }
                starts.append((job, worker))
            }
            return starts
        }
    }

    /// How long a transaction may wait to begin before its caller hears that we are busy.
    private let patience: Duration

    private let address: ServerAddress
    private let shared: SharedState
    private let limit: Int
    private let state: Mutex<State>

    init(_ address: ServerAddress, limit: Int?, patience: Duration, _ shared: SharedState) {
        let cores = sysconf(Int32(_SC_NPROCESSORS_ONLN))
        let limit = max(1, limit ?? min(32, max(6, 2 * cores + 2)))
        self.address = address
        self.shared = shared
        self.patience = patience
        self.limit = limit
        // A third is always left for others.
        state = Mutex(State(admission: Admission(share: max(1, limit - max(1, limit / 3)))))
    }

    /// Runs `body` on a worker's thread when its turn has come.
    func run<T: Sendable>(
        _ ticket: Ticket, _ body: @escaping @Sendable (PoolWorker) throws -> T
    ) async throws -> T {
        try await withCheckedThrowingContinuation { continuation in
            submit(
                Job(
                    ticket: ticket,
                    work: { worker in
                        let result = Result { try body(worker) }
                        return { continuation.resume(with: result) }
                    },
                    refuse: { continuation.resume(throwing: $0) },
                    deadline: .now + patience))
        }
    }

    private func submit(_ job: Job) {
        let (starts, startsWatch, isClosed) = state.withLock { state -> ([Start], Bool, Bool) in
            if state.isClosed { return ([], false, true) }
            state.admission.enter(job)
            let starts = state.starts(limit: limit)
            let startsWatch = state.admission.isWaiting && !state.isWatched
            if startsWatch { state.isWatched = true }
            return (starts, startsWatch, false)
        }
        if isClosed { return job.refuse(.unavailable("the database connections are closed")) }
        for start in starts { begin(start) }
        if startsWatch { watch(until: job.deadline) }
    }

    private func begin(_ start: Start) {
        if let worker = start.worker { return worker.begin(start.job) }
        let worker = PoolWorker(address, shared)
        do {
            // Under the lock, so that `close` finds every thread that was started.
            try state.withLock { state in
                state.threads.append(
                    try OwnThread { [self] in worker.serve(start.job, of: self) })
            }
        } catch {
            state.withLock { state in
                state.size -= 1
                state.admission.leave(start.job.ticket)
            }
            start.job.refuse(.busy("no thread could be started: \(error)"))
        }
    }

    /// What a worker does next: a waiting job, or it rests until `begin`. False ends it.
    /// - Parameter done: what it has done before.
    func next(for worker: PoolWorker, after done: Ticket) -> (job: Job?, goesOn: Bool) {
        let (own, goesOn, starts) = state.withLock { state -> (Job?, Bool, [Start]) in
            state.admission.leave(done)
            let own = state.admission.next()
            if own == nil, state.isClosed { return (nil, false, []) }
            if own == nil { state.resting.append(worker) }
            // Many may have waited for the one that was alone.
            return (own, true, state.starts(limit: limit))
        }
        for start in starts { begin(start) }
        return (own, goesOn)
    }

    private func watch(until deadline: ContinuousClock.Instant) {
        let delay = (deadline - .now).components
        let nanoseconds = max(0, delay.seconds * 1_000_000_000 + delay.attoseconds / 1_000_000_000)
        DispatchQueue.global().asyncAfter(deadline: .now() + .nanoseconds(Int(nanoseconds))) { [self] in
            expire()
        }
    }

    /// Refuses who waited too long. One timer follows the first deadline, however many wait.
    private func expire() {
        let (late, next) = state.withLock { state in
            let late = state.admission.expire(at: .now)
            state.isWatched = state.admission.isWaiting
            return (late, state.admission.nextDeadline)
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
