package import Basics
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
            try await pool.run(Ticket(requester: .server, turn: .read)) { worker in _ = try worker.connected() }
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

    /// How many transactions had to run again because another stood in their way: a deadlock, or a row held for too long.
    package var lossCount: Int { shared.losses.load(ordering: .relaxed) }

    package func fetch(_ statements: [SQL]) async throws -> [Rows] {
        if statements.isEmpty { return [] }
        shared.count(statements.count)
        let bound = try statements.map { sql in try BoundStatement(sql) }
        return try await readers.fetch(bound).map { result in try result.rows() }
    }

    package func read<T: Sendable>(
        for requester: Requester, _ body: @escaping @Sendable (any Connection) throws -> T
    ) async throws -> T {
        try await run(Ticket(requester: requester, turn: .read), body)
    }

    package func write<T: Sendable>(
        for requester: Requester, alone: Bool, _ body: @escaping @Sendable (any Connection) throws -> T
    ) async throws -> T {
        try await run(Ticket(requester: requester, turn: alone ? .alone : .beside), body)
    }

    /// A body that loses this many races is up against more than bad luck.
    private static let lossesMax = 3

    /// A client waits no longer, whatever it has lost to.
    private static let patience = Duration.seconds(5)

    /// Runs a body until it is through. One that lost a race runs again at once, with nothing of its shop beside it that could
    /// stand in its way a second time; one that waited too long for a row does not make the shop wait with it.
    private func run<T: Sendable>(
        _ first: Ticket, _ body: @escaping @Sendable (any Connection) throws -> T
    ) async throws -> T {
        var ticket = first
        var losses = 0
        let deadline = ContinuousClock.now + Self.patience
        while true {
            var reason = ""
            switch try await pool.run(ticket, { [ticket] worker in try worker.transaction(ticket, body) }) {
            case .done(let value): return value
            case .failed(let error): throw error
            case .again(.notAlone):
                ticket = ticket.alone
                continue
            case .again(.race(let message)):
                ticket = ticket.alone
                reason = message
            case .again(.blocked(let message)), .again(.connection(let message)): reason = message
            }
            losses += 1
            shared.losses.wrappingAdd(1, ordering: .relaxed)
            if losses == Self.lossesMax || .now > deadline { throw StorageError.busy(reason) }
        }
    }

    package func horizon(ofShop shop: Int64, at now: Instant) async throws -> Instant {
        try StampLock.earliest(try await fetch(StampLock.held(ofShop: shop)), at: now)
    }

    package func close() async {
        await OwnThread.run { [pool, readers] in
            readers.close()
            pool.close()
        }
    }
}
