import Persistence

/// Moves the log into the database file beside the writer, which would else stand still for it while clients wait. What the
/// log grows to in spite of that, the writer moves itself.
final class SQLiteCheckpointer: Sendable {
    /// Pages of the log after which it is worth the flush.
    static let pages = 500

    private let queue = WorkQueue<Void>()

    func start(path: String) async throws -> WorkerThread {
        try await WorkerThread.start {
            try SQLiteConnection(path: path, role: .checkpointer)
        } run: { [self] connection in
            while queue.next() != nil {
                while queue.nextWaiting() != nil {}
                connection.checkpoint(.passive)
            }
        }
    }

    func wake() {
        _ = queue.push(())
    }

    func close() {
        queue.close()
    }
}
