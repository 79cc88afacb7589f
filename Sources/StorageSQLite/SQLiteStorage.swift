package import Basics
import CSQLite
package import Persistence
package import Synchronization

/// The embedded database: one file, one thread that writes and a few that read.
package final class SQLiteStorage: Storage {
    /// Statements that bodies and fetches have run, so that a test can tell one query from one per row.
    package let statementCount = Atomic<Int>(0)

    /// Believed until something is written, because nobody else can write.
    package let counts = RowCounts(keptFor: nil)

    package let memory = Memory()

    let path: String
    private let readers: SQLiteReaders
    private let readerThreads: [OwnThread]
    private let writer: SQLiteWriter?
    private let writerThread: OwnThread?
    private let checkpointer: SQLiteCheckpointer
    private let checkpointerThread: OwnThread?
    private let closing = Mutex<Task<Void, Never>?>(nil)

    private static let closedError = StorageError.unavailable("the database is closed")

    private init(
        path: String, readers: SQLiteReaders, readerThreads: [OwnThread], writer: SQLiteWriter?,
        writerThread: OwnThread?, checkpointer: SQLiteCheckpointer, checkpointerThread: OwnThread?
    ) {
        self.path = path
        self.readers = readers
        self.readerThreads = readerThreads
        self.writer = writer
        self.writerThread = writerThread
        self.checkpointer = checkpointer
        self.checkpointerThread = checkpointerThread
    }

    deinit {
        // After `close` this does nothing; without it the threads still end, and the lock is let go.
        readers.close()
        checkpointer.close()
        writer?.close()
    }

    /// Opens the database, making it and its folder when they are missing. Unless `readOnly`, this process becomes the
    /// only one that writes, or gets `DatabaseInUse`.
    /// - Parameter logPagesMax: how long the log may grow before readers are held back for a moment so that it can be begun
    ///   anew.
    package static func open(
        path: String, readers count: Int = 3, readOnly: Bool = false, logPagesMax: Int? = nil
    ) async throws -> SQLiteStorage {
        if !readOnly { try await OwnThread.run { try DatabaseFile.create(path) } }
        let path = try await OwnThread.run { try DatabaseFile.resolve(path) }
        // The writer comes first: it is the one that may turn a new file into a database with a log.
        let gate = ReadersGate()
        let checkpointer = SQLiteCheckpointer(gate, logPagesMax: logPagesMax ?? SQLiteCheckpointer.logPagesMax)
        let writer = readOnly ? nil : SQLiteWriter(checkpointer)
        let writerThread = try await writer?.start(path: path, lock: ProcessLock(database: path))
        let readers = SQLiteReaders(gate)
        var checkpointerThread: OwnThread?
        do {
            if let writer { checkpointerThread = try await checkpointer.start(path: path, beside: writer) }
            return SQLiteStorage(
                path: path, readers: readers, readerThreads: try await readers.start(path: path, count: count),
                writer: writer, writerThread: writerThread, checkpointer: checkpointer,
                checkpointerThread: checkpointerThread)
        } catch {
            checkpointer.close()
            writer?.close()
            await OwnThread.join([checkpointerThread, writerThread].compactMap { $0 })
            throw error
        }
    }

    package var dialect: Dialect { .sqlite }

    /// How many transactions were flushed; with several writers waiting it falls behind the number of writes.
    package var commitCount: Int { writer?.commitCount.load(ordering: .relaxed) ?? 0 }

    /// The library this process runs with, e.g. `3.40.1`.
    package static var engineVersion: String { String(cString: sqlite3_libversion()) }

    package func fetch(_ statements: [SQL]) async throws -> [Rows] {
        try await onReader { connection in
            if statements.count == 1 { return [try connection.rows(statements[0])] }
            return try connection.snapshot { try statements.map { try connection.rows($0) } }
        }
    }

    package func read<T: Sendable>(
        for requester: Requester, _ body: @escaping @Sendable (any Connection) throws -> T
    ) async throws -> T {
        try await onReader(for: requester) { connection in try connection.snapshot { try body(connection) } }
    }

    package func write<T: Sendable>(
        for requester: Requester, alone: Bool, _ body: @escaping @Sendable (any Connection) throws -> T
    ) async throws -> T {
        guard let writer else { throw StorageError.unavailable("the database is open for reading only") }
        return try await withCheckedThrowingContinuation { continuation in
            let write = SQLiteWriter.Write(
                attempt: { [self] connection in
                    let value = try counting(connection) { try body(connection) }
                    return { continuation.resume(returning: value) }
                },
                fail: { continuation.resume(throwing: $0) })
            if !writer.submit(write, for: requester) { continuation.resume(throwing: SQLiteStorage.closedError) }
        }
    }

    package func horizon(ofShop shop: Int64, at now: Instant) async throws -> Instant {
        writer?.stamps.horizon(ofShop: shop, at: now) ?? now
    }

    package func close() async {
        let task = closing.withLock { task in
            let running = task ?? Task { await finish() }
            task = running
            return running
        }
        await task.value
    }

    private func finish() async {
        readers.close()
        // The last checkpoint wants no reader in its way.
        checkpointer.close()
        await OwnThread.join(readerThreads + [checkpointerThread].compactMap { $0 })
        writer?.close()
        await OwnThread.join(writerThread.map { [$0] } ?? [])
    }

    func onReader<T: Sendable>(
        for requester: Requester = .server, _ body: @escaping @Sendable (SQLiteConnection) throws -> T
    ) async throws -> T {
        try await withCheckedThrowingContinuation { continuation in
            let isAccepted = readers.submit(for: requester) { [self] connection in
                continuation.resume(with: Result { try counting(connection) { try body(connection) } })
            }
            if !isAccepted { continuation.resume(throwing: SQLiteStorage.closedError) }
        }
    }

    private func counting<T>(_ connection: SQLiteConnection, _ body: () throws -> T) rethrows -> T {
        let before = connection.statementCount
        defer { statementCount.add(connection.statementCount - before, ordering: .relaxed) }
        return try body()
    }
}
