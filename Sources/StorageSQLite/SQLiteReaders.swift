import Persistence

/// The threads that read, each with a connection of its own, all taking from one queue.
final class SQLiteReaders: Sendable {
    typealias Read = @Sendable (SQLiteConnection) -> Void

    private let gate: ReadersGate
    private let queue = WorkQueue<Read>()

    init(_ gate: ReadersGate) {
        self.gate = gate
    }

    /// Opens `count` connections. When one cannot be opened the others are closed again.
    func start(path: String, count: Int) async throws -> [OwnThread] {
        var threads: [OwnThread] = []
        do {
            while threads.count < max(count, 1) { threads.append(try await startOne(path: path)) }
            return threads
        } catch {
            close()
            await OwnThread.join(threads)
            throw error
        }
    }

    private func startOne(path: String) async throws -> OwnThread {
        try await OwnThread.start {
            try SQLiteConnection(path: path, role: .reader)
        } run: { [self] connection in
            while let read = queue.next() { gate.pass { read(connection) } }
        }
    }

    /// Answers false when they are closed.
    func submit(for requester: Requester, _ read: @escaping Read) -> Bool {
        queue.push(read, for: requester)
    }

    func close() {
        queue.close()
    }
}
