import Basics
import CSQLite
import Persistence

/// One open connection. It never leaves the thread that opened it, which is why SQLite's own mutexes are off.
final class SQLiteConnection {
    /// What a connection may do.
    enum Role {
        /// Writes. There is one.
        case writer
        /// Moves the log into the file, beside the writer.
        case checkpointer
        case reader
        /// Copies the whole database to another file, which `query_only` would forbid.
        case copier
    }

    /// Far above the number of statements the program has, so that only lists of odd lengths ever push one out.
    private static let statementsMax = 500

    /// How long another process's lock is waited for, in milliseconds.
    static let busyTimeout: Int32 = 5000

    /// How many statements bodies have run. What the engine itself sends is not counted.
    private(set) var statementCount = 0

    let handle: OpaquePointer
    private var statements: [String: SQLiteStatement] = [:]
    private var uses = 0
    private var depth = 0
    /// The last number handed out of each sequence, and which of them are not stored yet.
    private var lastIDs: [String: Int64] = [:]
    private var advanced: Set<String> = []
    /// Those that were handed out when the transaction began.
    private var numbersBefore: [String: Int64] = [:]
    private var inTransaction = false
    /// Why the transaction under way is lost, though its body may not have noticed.
    private var loss: StorageError?
    /// The writer's stamps that are not visible yet.
    private let stamps: OpenStamps?

    init(path: String, role: Role, stamps: OpenStamps? = nil) throws {
        self.stamps = stamps
        var opened: OpaquePointer?
        let access = [.writer, .checkpointer].contains(role) ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY
        let code = sqlite3_open_v2(path, &opened, access | SQLITE_OPEN_NOMUTEX, nil)
        guard code == SQLITE_OK, let opened else {
            defer { sqlite3_close_v2(opened) }
            throw StorageError(sqlite: opened).naming(path)
        }
        handle = opened
        do { try configure(role) } catch let error as StorageError { throw error.naming(path) }
    }

    deinit {
        statements.removeAll()
        sqlite3_close_v2(handle)
    }

    private func configure(_ role: Role) throws {
        sqlite3_busy_timeout(handle, SQLiteConnection.busyTimeout)
        try execute(
            """
            PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON;
            PRAGMA mmap_size = 0; PRAGMA cache_size = -8000; PRAGMA journal_size_limit = 67108864;
            PRAGMA wal_autocheckpoint = 12000;
            """)
        if role == .reader { try execute("PRAGMA query_only = ON") }
        if role == .checkpointer { try execute("PRAGMA synchronous = FULL") }
        guard role == .writer else { return }
        guard try SQLiteStatement(handle, "PRAGMA journal_mode = WAL").rows().first?["journal_mode"] == "wal" else {
            throw StorageError.unavailable("the database cannot keep a write-ahead log on this file system")
        }
        // Last, because changing to WAL may lower it. Under anything else a power cut loses acknowledged orders.
        try execute("PRAGMA synchronous = FULL")
        // What savepoints copy aside would else go to a file, page by page.
        try execute("PRAGMA temp_store = MEMORY; PRAGMA cache_size = -16000")
        guard try SQLiteStatement(handle, "PRAGMA synchronous").rows().first?["synchronous"] == 2 else {
            throw StorageError.unavailable("the database refuses synchronous=FULL")
        }
    }

    private func execute(_ text: String) throws {
        guard sqlite3_exec(handle, text, nil, nil, nil) == SQLITE_OK else { throw StorageError(sqlite: handle) }
    }
}

extension SQLiteConnection: Connection {
    var dialect: Dialect { .sqlite }

    func rows(_ sql: SQL) throws -> Rows {
        try perform(sql) { try $0.rows() }
    }

    @discardableResult func run(_ sql: SQL) throws -> Int {
        try perform(sql) { try $0.run() }
    }

    func script(_ text: String) throws {
        try noticingLoss { try execute(text) }
    }

    func newID(_ sequence: String) throws -> Int64 {
        let id = try lastID(sequence) + 1
        lastIDs[sequence] = id
        advanced.insert(sequence)
        return id
    }

    func orderedIDs(_ sequence: String, _ count: Int) throws -> [Int64] {
        try (0..<count).map { _ in try newID(sequence) }
    }

    /// The only writer counts in memory; what it handed out is stored with the commit that makes it visible.
    private func lastID(_ sequence: String) throws -> Int64 {
        if let last = lastIDs[sequence] { return last }
        let row = try row("SELECT value FROM sequences WHERE name = \(sequence)")
        guard let row else { throw StorageError.statement("no sequence \(sequence)") }
        return try row["value"]
    }

    func announceStamps(from floor: Instant, shop: Int64) {
        stamps?.open(from: floor, shop: shop)
    }

    /// One process writes, and what it knows needs no confirmation.
    func confirmStamps() {}

    private func storeSequences() throws {
        for sequence in advanced {
            guard let last = lastIDs[sequence] else { continue }
            try run("UPDATE sequences SET value = \(last) WHERE name = \(sequence)")
        }
        advanced.removeAll()
    }

    func savepoint<T>(_ body: () throws -> T) throws -> T {
        depth += 1
        defer { depth -= 1 }
        let name = "s\(depth)"
        try control("SAVEPOINT \(name)")
        do {
            let value = try body()
            try control("RELEASE \(name)")
            return value
        } catch {
            undo(to: name)
            throw error
        }
    }

    /// Where SQLite has undone the whole transaction there is nothing left to undo.
    private func undo(to name: String) {
        guard loss == nil, sqlite3_get_autocommit(handle) == 0 else { return }
        do {
            try control("ROLLBACK TO \(name)")
            try control("RELEASE \(name)")
        } catch {
            loss = loss ?? error as? StorageError
        }
    }
}

extension SQLiteConnection {
    /// Whether what was done since `begin` can no longer be committed.
    var isLost: Bool {
        inTransaction && (loss != nil || sqlite3_get_autocommit(handle) != 0)
    }

    func begin(_ text: String) throws {
        rollback()
        loss = nil
        try control(text)
        inTransaction = true
        numbersBefore = lastIDs
    }

    /// Hands out again what was handed out in the transaction that was rolled back: nobody has seen it.
    func takeNumbersBack() {
        lastIDs = numbersBefore
        advanced.removeAll()
    }

    /// How many rows were ever written here. It stands still while nothing has to be undone.
    var changeCount: Int { Int(sqlite3_total_changes64(handle)) }

    func commit() throws {
        do {
            try storeSequences()
            try control("COMMIT")
            inTransaction = false
            stamps?.close()
        } catch {
            rollback()
            throw error
        }
    }

    func rollback() {
        inTransaction = false
        defer { stamps?.close() }
        guard sqlite3_get_autocommit(handle) == 0 else { return }
        try? control("ROLLBACK")
    }

    /// Runs `body` on one snapshot, which begins now and not at the first row it asks for.
    func snapshot<T>(_ body: () throws -> T) throws -> T {
        try begin("BEGIN")
        do {
            try control("SELECT 1 FROM sqlite_schema LIMIT 1")
            let value = try body()
            try commit()
            return value
        } catch {
            rollback()
            throw error
        }
    }

    private func perform<T>(_ sql: SQL, _ body: (SQLiteStatement) throws -> T) throws -> T {
        try noticingLoss {
            let statement = try prepared(sql.text)
            defer { statement.reset() }
            try statement.bind(sql.values)
            return try body(statement)
        }
    }

    /// A full disk or a failed write may end the transaction under the body's feet. What the body then runs must not be
    /// committed on its own, so everything is refused until the transaction is over.
    private func noticingLoss<T>(_ body: () throws -> T) throws -> T {
        try requireTransaction()
        statementCount += 1
        do {
            return try body()
        } catch {
            if isLost { loss = loss ?? error as? StorageError }
            throw error
        }
    }

    private func requireTransaction() throws {
        guard isLost else { return }
        throw loss ?? StorageError.statement("the transaction was ended from inside")
    }

    /// A statement of the engine's own, without values.
    private func control(_ text: String) throws {
        try requireTransaction()
        let statement = try prepared(text)
        defer { statement.reset() }
        _ = try statement.run()
    }

    private func prepared(_ text: String) throws -> SQLiteStatement {
        uses += 1
        if let statement = statements[text] {
            statement.lastUse = uses
            return statement
        }
        let statement = try SQLiteStatement(handle, text)
        statement.lastUse = uses
        if statements.count >= SQLiteConnection.statementsMax,
            let stale = statements.min(by: { $0.value.lastUse < $1.value.lastUse })
        {
            statements[stale.key] = nil
        }
        statements[text] = statement
        return statement
    }
}
