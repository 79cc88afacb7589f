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

    func start(path: String, beside writer: SQLiteWriter) async throws -> WorkerThread {
        try await WorkerThread.start {
            try SQLiteConnection(path: path, role: .checkpointer)
        } run: { [self] connection in
            var next = logPagesMax
            while queue.next() != nil {
                while queue.nextWaiting() != nil {}
                let log = connection.checkpoint(.passive)
                guard log > next else { continue }
                // Behind a reader who takes his time the others are not held back again and again.
                next = restart(log, connection, writer) ? logPagesMax : log + logPagesMax / 8
            }
        }
    }

    /// Readers are held back twice for an instant, and not for the work: once so that none stands on the old part of the log,
    /// which is then moved while all go on, and once more for the little that was written meanwhile. That is the writer's to
    /// do between two commits, for nobody else comes between while it has work.
    /// - Returns: whether all readers were out in time.
    private func restart(_ log: Int, _ connection: SQLiteConnection, _ writer: SQLiteWriter) -> Bool {
        let patience = patience(for: log)
        guard gate.shut(within: patience) else { return false }
        gate.open()
        connection.checkpoint(.passive)
        guard gate.shut(within: patience) else { return false }
        let isAccepted = writer.betweenCommits { [gate] connection in
            connection.restartLog()
            gate.open()
        }
        if !isAccepted { gate.open() }
        return true
    }

    /// The longer the log, the longer it is worth to wait for a reader who takes his time.
    private func patience(for log: Int) -> Duration {
        switch log / logPagesMax {
        case ...1: .milliseconds(20)
        case 2: .milliseconds(250)
        default: .seconds(2)
        }
    }

    func wake() {
        _ = queue.push(())
    }

    func close() {
        queue.close()
    }
}
