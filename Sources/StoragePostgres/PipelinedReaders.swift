import Persistence
import Synchronization

/// Connections for plain reads. Many callers' statements share a connection and a round trip; one thread serves them.
final class PipelinedReaders: Sendable {
    private let inbox: ReaderInbox
    private let thread: Mutex<OwnThread?>

    init(_ address: ServerAddress, count: Int) throws(StorageError) {
        let inbox = try ReaderInbox()
        let started = try OwnThread {
            ReaderLoop(address, count: count, inbox).serve()
        }
        self.inbox = inbox
        thread = Mutex(started)
    }

    func fetch(_ statements: [BoundStatement]) async throws -> [QueryResult] {
        try await withCheckedThrowingContinuation { continuation in
            let request = FetchRequest(statements, continuation)
            if !inbox.leave(request) { request.fail(.unavailable("the database connections are closed")) }
        }
    }

    /// Lets what was handed in finish, closes the connections and waits for the thread. Blocks.
    func close() {
        inbox.close()
        let running = thread.withLock { thread in
            defer { thread = nil }
            return thread
        }
        running?.join()
    }
}
