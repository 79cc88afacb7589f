import Basics
import Persistence

/// One transaction on a pooled connection, handed to a body. `BEGIN` travels with the body's first statement.
final class PostgresTransaction: Connection {
    /// How a transaction ended.
    enum Outcome<T: Sendable>: Sendable {
        case done(T)
        case failed(any Error)
        /// Nothing is left of it and its body may run again.
        case again(Reason)
    }

    /// Why a body is to run again.
    enum Reason: Sendable {
        /// The connection was lost while it lay idle, or a prepared statement no longer fits the tables.
        case connection(String)
        /// Another transaction was in the way, and this one was chosen to give way.
        case race(String)
        /// A row was held for longer than we wait.
        case blocked(String)
        /// It has to be alone in its shop.
        case notAlone
    }

    /// Thrown through the body when it is to run again. Whatever the body makes of it, it does run again.
    private struct RunAgain: Error {}

    private enum Waiting {
        case command(String)
        case opening(SQL)
        /// A statement of the body, and in how many savepoints it stands.
        case posted(SQL, depth: Int)
    }

    enum Fate {
        case open, over
        case again(Reason)
        case lost(String)
        /// A statement that nobody waited for was refused.
        case refused(StorageError)
    }

    let dialect = Dialect.postgres
    let connection: PostgresConnection
    private let shared: SharedState
    private let ticket: Ticket
    /// What goes ahead of the next statement in the same round trip.
    private var waiting: [Waiting] = []
    private(set) var hasBegun = false
    /// Whether what was announced still waits to be sent.
    private var hasUnsentStamps = false
    private(set) var fate = Fate.open
    private var depth = 0

    init(_ ticket: Ticket, on connection: PostgresConnection, _ shared: SharedState) {
        self.connection = connection
        self.shared = shared
        self.ticket = ticket
        waiting = ticket.opening.map { .opening($0) }
    }

    func perform<T: Sendable>(_ body: (any Connection) throws -> T) -> Outcome<T> {
        let result = Result { try body(self) }
        let outcome = conclude(result)
        fate = .over
        connection.hasServed = true
        return outcome
    }

    func rows(_ sql: SQL) throws -> Rows {
        shared.count(1)
        return try execute(sql).rows()
    }

    @discardableResult func run(_ sql: SQL) throws -> Int {
        shared.count(1)
        return try execute(sql).changedRows
    }

    func fetch(_ statements: [SQL]) throws -> [Rows] {
        try inOneGo(statements).map { try $0.rows() }
    }

    @discardableResult func run(_ statements: [SQL]) throws -> [Int] {
        try inOneGo(statements).map(\.changedRows)
    }

    /// A batch is answered whole before the next is sent, so that neither side waits for the other to read.
    private static let batchMax = 256

    private func inOneGo(_ statements: [SQL]) throws -> [QueryResult] {
        shared.count(statements.isEmpty ? 0 : 1)
        let bound = try statements.map { try BoundStatement($0) }
        var answers: [QueryResult] = []
        for start in stride(from: 0, to: bound.count, by: Self.batchMax) {
            answers += try send([], then: bound[start..<min(start + Self.batchMax, bound.count)])
        }
        return answers
    }

    func post(_ statements: [SQL]) throws {
        try checkOpen()
        shared.count(statements.isEmpty ? 0 : 1)
        waiting += statements.map { .posted($0, depth: depth) }
    }

    func script(_ text: String) throws {
        shared.count(1)
        // A script is a migration, and building an index on a large table takes what it takes.
        try command("SET LOCAL statement_timeout = '1h'")
        do { try connection.script(text) } catch { throw refused(error, beforeFirstAnswer: false) }
    }

    func newID(_ sequence: String) throws -> Int64 {
        guard SequenceBlocks.isName(sequence) else { throw StorageError.statement("\(sequence) is no sequence") }
        if let number = shared.sequences.take(sequence) { return number }
        let generation = shared.sequences.generation
        let numbers = try draw(sequence, SequenceBlocks.size)
        guard let first = numbers.first else { throw StorageError.statement("\(sequence) gave no number") }
        shared.sequences.store(numbers.dropFirst(), of: sequence, generation: generation)
        return first
    }

    func orderedIDs(_ sequence: String, _ count: Int) throws -> [Int64] {
        guard SequenceBlocks.isName(sequence) else { throw StorageError.statement("\(sequence) is no sequence") }
        return try draw(sequence, count)
    }

    private func draw(_ sequence: String, _ count: Int) throws -> [Int64] {
        try execute("SELECT nextval('\(raw: sequence)'::regclass) AS id FROM generate_series(1, \(count))").rows()
            .integers("id")
    }

    func announceStamps(from floor: Instant, shop: Int64) {
        waiting.append(.opening(StampLock.take(floor, shop: shop)))
        hasUnsentStamps = true
    }

    func confirmStamps() {
        guard hasUnsentStamps else { return }
        do {
            try command()
        } catch let error as StorageError {
            if case .open = fate { fate = .refused(error) }
        } catch {
            // It is to run again, which the next statement says.
        }
    }

    func standAlone() throws {
        try checkOpen()
        if ticket.turn == .alone { return }
        guard case .shop = ticket.requester, ticket.turn == .beside else {
            throw StorageError.statement("only a write for one shop can be alone in it")
        }
        fate = .again(.notAlone)
        throw RunAgain()
    }

    func savepoint<T>(_ body: () throws -> T) throws -> T {
        depth += 1
        defer { depth -= 1 }
        let name = "level_\(depth)"
        waiting.append(.command("SAVEPOINT \(name)"))
        do {
            let value = try body()
            try command("RELEASE SAVEPOINT \(name)")
            return value
        } catch {
            // A transaction that is to run again, or is gone, has no savepoint to go back to.
            guard case .open = fate else { throw error }
            // Never sent, and to be undone if it were.
            waiting.removeAll { if case .posted(_, let depth) = $0 { depth >= self.depth } else { false } }
            try command("ROLLBACK TO SAVEPOINT \(name)", "RELEASE SAVEPOINT \(name)")
            throw error
        }
    }
}

extension PostgresTransaction {
    /// A statement that is not counted, because the caller did not ask for it.
    func execute(_ sql: SQL) throws -> QueryResult {
        guard let answer = try send([], then: [BoundStatement(sql)]).first else {
            throw StorageError.statement("a statement was not answered")
        }
        return answer
    }

    private func command(_ commands: String...) throws {
        _ = try send(commands, then: [])
    }

    private func send(_ commands: [String], then statements: ArraySlice<BoundStatement>) throws -> [QueryResult] {
        try checkOpen()
        let isFirst = !hasBegun
        let ahead = try takeWaiting() + commands.map { .command($0) }
        do {
            return try connection.exchange(ahead, then: statements)
        } catch {
            throw refused(error, beforeFirstAnswer: isFirst)
        }
    }

    var hasPosted: Bool { waiting.contains { if case .posted = $0 { true } else { false } } }

    func takeWaiting() throws -> [PostgresConnection.Ahead] {
        defer {
            waiting.removeAll(keepingCapacity: true)
            hasUnsentStamps = false
            hasBegun = true
        }
        return try waiting.map { one in
            switch one {
            case .command(let text): .command(text)
            case .opening(let sql), .posted(let sql, _): .statement(try BoundStatement(sql))
            }
        }
    }

    private func checkOpen() throws {
        switch fate {
        case .open: return
        case .over: throw StorageError.statement("the connection was used after its transaction had ended")
        case .again: throw RunAgain()
        case .lost(let message): throw StorageError.unavailable(message)
        case .refused(let error): throw error
        }
    }

    /// Notes what the failure means for the transaction, and answers the error for the body.
    private func refused(_ failure: Failure, beforeFirstAnswer: Bool) -> any Error {
        switch failure {
        case .refused(let error):
            return error
        case .race(let message):
            fate = .again(.race(message))
        case .blocked(let message):
            fate = .again(.blocked(message))
        case .stale(let message):
            connection.abandon()
            fate = .again(.connection(message))
        case .lost(let message):
            guard beforeFirstAnswer && connection.hasServed else {
                fate = .lost(message)
                return StorageError.unavailable(message)
            }
            // The server went away while the connection lay idle: the body knows nothing yet and can start over.
            fate = .again(.connection(message))
        }
        return RunAgain()
    }
}
