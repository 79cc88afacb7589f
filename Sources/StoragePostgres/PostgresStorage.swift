package import Persistence
import Synchronization

/// Shops in a Postgres database: pipelined connections for plain reads, a pool of blocking ones for transactions.
package final class PostgresStorage: Storage {
    package let dialect = Dialect.postgres

    /// Other servers may write; a total of theirs is seen after a second.
    package let counts = RowCounts(keptFor: .seconds(1))

    package let memory = Memory()

    private let shared: SharedState
    private let pool: ConnectionPool
    private let readers: PipelinedReaders

    /// - Parameters:
    ///   - url: a `postgres://` URI or libpq's `key=value` words, as libpq takes them.
    ///   - allowsUnsafe: accepts a server that may lose what it acknowledged, for tests on a throw-away cluster.
    package static func open(
        url: String, poolSize: Int? = nil, readers: Int = 2, patience: Duration = .seconds(5),
        allowsUnsafe: Bool = false
    ) async throws -> PostgresStorage {
        let address = ServerAddress(url: url, allowsUnsafe: allowsUnsafe)
        let shared = SharedState()
        let pool = ConnectionPool(address, limit: poolSize, patience: patience, shared)
        do {
            try await pool.run { worker in _ = try worker.connected() }
            let readers = try PipelinedReaders(address, count: max(1, readers))
            return PostgresStorage(shared, pool, readers)
        } catch {
            await OwnThread.run { pool.close() }
            throw error
        }
    }

    private init(_ shared: SharedState, _ pool: ConnectionPool, _ readers: PipelinedReaders) {
        self.shared = shared
        self.pool = pool
        self.readers = readers
    }

    /// How many statements callers have sent so far; `BEGIN`, `COMMIT` and preparing do not count.
    package var statementCount: Int { shared.statements.load(ordering: .relaxed) }

    package func fetch(_ statements: [SQL]) async throws -> [Rows] {
        if statements.isEmpty { return [] }
        shared.count(statements.count)
        let bound = try statements.map { sql in try BoundStatement(sql) }
        return try await readers.fetch(bound).map { result in try result.rows() }
    }

    package func read<T: Sendable>(
        _ body: @escaping @Sendable (any Connection) throws -> T
    ) async throws -> T {
        try await pool.run { worker in try worker.transaction(.read, body) }
    }

    package func write<T: Sendable>(
        _ body: @escaping @Sendable (any Connection) throws -> T
    ) async throws -> T {
        try await pool.run { worker in try worker.transaction(.write, body) }
    }

    package func horizon(ofShop shop: Int64, at now: Instant) async throws -> Instant {
        StampLock.earliest(try await fetch(StampLock.held(ofShop: shop)), at: now)
    }

    package func close() async {
        await OwnThread.run { [pool, readers] in
            readers.close()
            pool.close()
        }
    }
}
