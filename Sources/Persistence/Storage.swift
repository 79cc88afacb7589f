package import Basics

/// A database the shops can live in. Everything above speaks SQL through this protocol and knows no engine.
package protocol Storage: Sendable {
    var dialect: Dialect { get }

    /// What is remembered of how many rows there are.
    var counts: RowCounts { get }

    /// What else is remembered.
    var memory: Memory { get }

    /// Sends statements that need no logic between them, in one round trip down one connection, and answers their rows.
    /// Reads only; the cheapest way to read.
    func fetch(_ statements: [SQL]) async throws -> [Rows]

    /// Runs `body` against one consistent snapshot. Reads only.
    func read<T: Sendable>(
        for requester: Requester, _ body: @escaping @Sendable (any Connection) throws -> T
    ) async throws -> T

    /// Runs `body` in one transaction and answers once that is durable. The body is synchronous, so that nothing slow
    /// can happen while rows are held, and may run again when the engine asks for it: it captures values only.
    /// - Parameter alone: whether nothing else of the shop may be written meanwhile. A body that finds out later says so
    ///   by `Connection.standAlone`.
    func write<T: Sendable>(
        for requester: Requester, alone: Bool, _ body: @escaping @Sendable (any Connection) throws -> T
    ) async throws -> T

    /// The latest stamp up to which all rows of a shop can be seen: what becomes visible after this call is stamped then or later.
    /// - Parameter now: the clock that rows are stamped by, read before this call.
    func horizon(ofShop shop: Int64, at now: Instant) async throws -> Instant

    /// Waits for what is under way and closes every connection.
    func close() async
}

extension Storage {
    /// Reads for the server itself.
    package func read<T: Sendable>(
        _ body: @escaping @Sendable (any Connection) throws -> T
    ) async throws -> T {
        try await read(for: .server, body)
    }

    /// Writes for the server itself, across shops.
    package func write<T: Sendable>(
        _ body: @escaping @Sendable (any Connection) throws -> T
    ) async throws -> T {
        try await write(for: .server, alone: false, body)
    }

    /// Writes beside others of the same shop.
    package func write<T: Sendable>(
        for requester: Requester, _ body: @escaping @Sendable (any Connection) throws -> T
    ) async throws -> T {
        try await write(for: requester, alone: false, body)
    }

    package func fetch(_ statement: SQL) async throws -> Rows {
        let answers = try await fetch([statement])
        return answers.first ?? Rows(width: 0)
    }
}

/// The handle inside a transaction. It never leaves the body that was given it.
package protocol Connection: AnyObject {
    var dialect: Dialect { get }

    func rows(_ sql: SQL) throws -> Rows

    /// Runs a statement for its effect and answers how many rows it changed.
    @discardableResult func run(_ sql: SQL) throws -> Int

    /// Runs statements that need no logic between them and answers the rows of each: in one round trip where there are any.
    func fetch(_ statements: [SQL]) throws -> [Rows]

    /// The same for their effect: how many rows each has changed.
    @discardableResult func run(_ statements: [SQL]) throws -> [Int]

    /// Runs statements whose answers nobody asks for. They may travel with the next statement or the commit, in their order,
    /// and what is wrong with one is told there.
    func post(_ statements: [SQL]) throws

    /// Runs statements without values, separated by semicolons.
    func script(_ text: String) throws

    /// The next number of a sequence. Nobody ever sees a number twice; one that was rolled back may come again.
    func newID(_ sequence: String) throws -> Int64

    /// Numbers drawn from a sequence now and not from a stock: greater than all that were drawn by transactions that ended
    /// before this call.
    func orderedIDs(_ sequence: String, _ count: Int) throws -> [Int64]

    /// Undoes what `body` did when it throws, and passes the error on. Can be nested.
    @discardableResult func savepoint<T>(_ body: () throws -> T) throws -> T

    /// Lets `horizon` know, in every process, that this transaction may stamp rows of a shop with this time or a later one.
    /// Rows are stamped with a clock that is read after `confirmStamps`, or somebody could look between reading and saying.
    func announceStamps(from floor: Instant, shop: Int64)

    /// Returns once what was announced is known. Where that fails, the next statement says so.
    func confirmStamps()

    /// From here to the end nothing else of the shop is written, by any process: what was looked at stays so, and nobody
    /// waits for rows that are held here. Where others may be writing, the body ends with an error that is not to be
    /// caught, and runs again, alone, when they have finished.
    func standAlone() throws

    /// The tables as they stand, to be compared with what the program expects.
    func describe() throws -> StoredSchema
}

extension Connection {
    /// There is one writer.
    package func standAlone() throws {}

    package func fetch(_ statements: [SQL]) throws -> [Rows] {
        try statements.map { try rows($0) }
    }

    @discardableResult package func run(_ statements: [SQL]) throws -> [Int] {
        try statements.map { try run($0) }
    }

    package func post(_ statements: [SQL]) throws {
        try run(statements)
    }

    package func row(_ sql: SQL) throws -> Row? {
        try rows(sql).first
    }
}

/// How the two engines differ. The list is short on purpose.
package enum Dialect: String, Sendable, CaseIterable {
    case sqlite, postgres

    /// Locks the rows a statement selects. SQLite has one writer, so there is nothing to lock.
    package var forUpdate: SQL { self == .postgres ? " FOR UPDATE" : "" }

    /// The same, passing over rows that another transaction holds.
    package var forUpdateOfFree: SQL { self == .postgres ? " FOR UPDATE SKIP LOCKED" : "" }

    /// Whether transactions become visible in the order in which they wrote. True of the single writer only.
    package var commitsInOrder: Bool { self == .sqlite }
}

/// Tables, columns and indexes as a database reports them, in the portable words of the migrations.
package struct StoredSchema: Sendable, Equatable {
    package struct Column: Sendable, Equatable {
        package let name: String
        /// `BIGINT`, `SMALLINT` or `TEXT`; SQLite stores both integer words as `INTEGER` and reports `BIGINT`.
        package let type: String
        package let isNullable: Bool

        package init(name: String, type: String, isNullable: Bool) {
            self.name = name
            self.type = type
            self.isNullable = isNullable
        }
    }

    package struct Index: Sendable, Equatable {
        package let name: String
        package let columns: [String]
        package let isUnique: Bool

        package init(name: String, columns: [String], isUnique: Bool) {
            self.name = name
            self.columns = columns
            self.isUnique = isUnique
        }
    }

    package struct Table: Sendable, Equatable {
        package let name: String
        package let columns: [Column]
        package let primaryKey: [String]
        /// Every index but the primary key's, by name.
        package let indexes: [Index]

        package init(name: String, columns: [Column], primaryKey: [String], indexes: [Index]) {
            self.name = name
            self.columns = columns
            self.primaryKey = primaryKey
            self.indexes = indexes
        }
    }

    /// By name.
    package let tables: [Table]

    package init(tables: [Table]) {
        self.tables = tables
    }
}
