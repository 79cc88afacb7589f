/// Something that the server does of itself. Declared once, where its area lists its jobs; the runner does the rest.
package struct Job: Sendable {
    package typealias Work = @Sendable (JobContext) async throws -> Void
    package typealias PieceWork = @Sendable (Claim, JobContext) async throws -> JobEnd

    package enum Trigger: Sendable {
        /// In each process, by a timer of its own, and soon after this process has changed some tables; also once more when it
        /// stops, where that is said.
        case everywhere(Duration, wokenBy: Set<String>, alsoAtTheEnd: Bool, Work)
        /// A row of the queue: whichever process has a free place takes it. What is done by the clock has one row of the
        /// server's own, which is due again and again.
        case queue(JobQueue, PieceWork)
    }

    /// In the words of logs and metrics: `expire events`.
    package let name: String
    package let trigger: Trigger

    /// Work for each row of a queue.
    package init(_ queue: JobQueue, _ work: @escaping PieceWork) {
        name = queue.kind
        trigger = .queue(queue, work)
    }

    /// Work by the clock that one process at a time does; what was due while none ran is done at once when one does.
    /// - Parameter seconds: from one end to the next beginning.
    package init(_ name: String, every seconds: Int64, _ work: @escaping Work) {
        let retries = RetrySchedule(min(60, seconds), isEndless: true)
        let queue = JobQueue(name, .oneAtATime, retries: retries, every: seconds)
        self.name = name
        trigger = .queue(queue) { _, context in
            try await work(context)
            return .again(seconds: seconds)
        }
    }

    /// Work by the clock in each process, which does no harm where several are at it.
    /// - Parameter tables: whose changes by this process are not to wait for the clock.
    package init(
        _ name: String, everywhere interval: Duration, wokenBy tables: Set<String> = [], alsoAtTheEnd: Bool = false,
        _ work: @escaping Work
    ) {
        self.name = name
        trigger = .everywhere(interval, wokenBy: tables, alsoAtTheEnd: alsoAtTheEnd, work)
    }

    package var queue: JobQueue? {
        if case .queue(let queue, _) = trigger { return queue }
        return nil
    }
}
