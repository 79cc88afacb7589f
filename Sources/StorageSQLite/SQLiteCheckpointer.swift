import Persistence
import Synchronization

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
    /// From so many pages on it is begun anew the next time.
    private let nextRestart: Atomic<Int>

    init(_ gate: ReadersGate, logPagesMax: Int) {
        self.gate = gate
        self.logPagesMax = logPagesMax
        nextRestart = Atomic(logPagesMax)
    }

    func start(path: String, beside writer: SQLiteWriter) async throws -> OwnThread {
        try await OwnThread.start {
            try SQLiteConnection(path: path, role: .checkpointer)
        } run: { [self] connection in
            var notBefore = ContinuousClock.now
            while queue.next() != nil {
                while queue.nextWaiting() != nil {}
                let log = connection.checkpoint(.passive)
                guard log > nextRestart.load(ordering: .relaxed), ContinuousClock.now >= notBefore else { continue }
                let start = ContinuousClock.now
                restart(log, connection, writer)
                // Behind a reader who takes his time the others are not held back again and again.
                notBefore = start + start.duration(to: .now) * 5
            }
        }
    }

    /// Readers are held back twice for an instant, and not for the work: once so that none stands on the old part of the log,
    /// which is then moved while all go on, and once more for the little that was written meanwhile. That is the writer's to
    /// do between two commits, for nobody else comes between while it has work.
    private func restart(_ log: Int, _ connection: SQLiteConnection, _ writer: SQLiteWriter) {
        let patience = patience(for: log)
        guard gate.shut(within: patience) else { return later(log) }
        gate.open()
        connection.checkpoint(.passive)
        guard gate.shut(within: patience) else { return later(log) }
        // Not again before the writer has come to it and opened the gate.
        nextRestart.store(.max, ordering: .relaxed)
        let isAccepted = writer.betweenCommits { [self] connection in
            if connection.restartLog() {
                nextRestart.store(logPagesMax, ordering: .relaxed)
            } else {
                later(log)
            }
            gate.open()
        }
        if !isAccepted { gate.open() }
    }

    private func later(_ log: Int) {
        nextRestart.store(log + logPagesMax / 8, ordering: .relaxed)
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
