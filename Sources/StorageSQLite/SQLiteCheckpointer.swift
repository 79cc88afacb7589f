import Persistence

/// Moves the log into the database file beside the writer, which would else stand still for it while clients wait. A log that
/// has grown long, because somebody was always reading it, is begun anew in a moment without readers.
final class SQLiteCheckpointer: Sendable {
    /// Pages of the log after which it is worth the flush.
    static let pages = 500

    /// From so many pages on the log has to be begun anew: 32 MB, of the 128 that it may take.
    static let logPagesMax = 8_192

    private let logPagesMax: Int
    private let gate: ReadersGate
    private let queue = WorkQueue<Void>()

    init(_ gate: ReadersGate, logPagesMax: Int) {
        self.gate = gate
        self.logPagesMax = logPagesMax
    }

    func start(path: String) async throws -> WorkerThread {
        try await WorkerThread.start {
            try SQLiteConnection(path: path, role: .checkpointer)
        } run: { [self] connection in
            var next = logPagesMax
            while queue.next() != nil {
                while queue.nextWaiting() != nil {}
                let log = connection.checkpoint(.passive)
                guard log > next else { continue }
                // Behind a reader who takes his time the others are not held back again and again.
                next = restart(log, connection) ? logPagesMax : log + logPagesMax / 2
            }
        }
    }

    /// Readers are held back twice for an instant, and not for the work: once so that none stands on the old part of the log,
    /// which is then moved while all go on, and once more for the little that was written meanwhile.
    /// - Returns: whether all readers were out in time.
    private func restart(_ log: Int, _ connection: SQLiteConnection) -> Bool {
        // The longer the log, the longer it is worth to wait for a reader who takes his time.
        let patience = Duration.milliseconds(log < logPagesMax * 2 ? 250 : 2000)
        guard gate.emptied(within: patience) else { return false }
        connection.checkpoint(.passive)
        return gate.emptied(within: patience) { connection.checkpoint(.restart) }
    }

    func wake() {
        _ = queue.push(())
    }

    func close() {
        queue.close()
    }
}
