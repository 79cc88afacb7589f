import Basics
import CPostgres
import Persistence

/// One pipelined connection: what was sent down it, and whose answer comes next. Confined to the readers' thread.
final class PipelinedReader {
    /// What the server owes us, in the order it will come. Each belongs to the oldest request under way.
    private enum Reply {
        case preparation(PreparedStatement)
        case rows(PreparedStatement, isNew: Bool, isLast: Bool)
        case cleaning
        case sync

        var isSync: Bool { if case .sync = self { true } else { false } }
    }

    /// A batch is one implicit transaction in which one error skips the rest, so it is not to grow without end.
    private static let batchLimit = 64
    /// The server ends any statement after five seconds, so a silence this long means that it is out of reach.
    private static let silenceMax = Duration.seconds(12)

    let connection: PostgresConnection
    /// Counts connections; what was lost with one may only be sent down a later one.
    let number: UInt64
    private var replies = Queue<Reply>()
    private var underWay = Queue<FetchRequest>()
    private var unsynced = 0
    private var lastHeard = ContinuousClock.now
    /// Whether the socket is full and the loop waits for room in it.
    var awaitsWriting = false

    init(_ connection: PostgresConnection, number: UInt64) throws(StorageError) {
        self.connection = connection
        self.number = number
        guard PQsetnonblocking(connection.handle, 1) == 0 else { throw connection.lost().storageError }
    }

    var socket: Int32 { PQsocket(connection.handle) }
    var load: Int { underWay.count }

    func send(_ request: FetchRequest) throws(Failure) {
        if underWay.isEmpty { lastHeard = .now }
        underWay.append(request)
        if request.isAlone { try sync() }
        for (index, statement) in request.statements.enumerated() {
            let (prepared, isNew) = try prepare(statement, trusting: !request.isAlone)
            try connection.send(prepared, statement.values)
            replies.append(.rows(prepared, isNew: isNew, isLast: index + 1 == request.statements.count))
        }
        unsynced += 1
        if request.isAlone || unsynced == Self.batchLimit { try sync() }
    }

    /// - Parameter trusting: takes a name whose preparation is still under way. A request that has failed once must not,
    ///   or it may fail again by the same neighbor's mistake.
    private func prepare(
        _ statement: BoundStatement, trusting: Bool
    ) throws(Failure) -> (PreparedStatement, isNew: Bool) {
        if let known = connection.statements.find(statement, onlyConfirmed: !trusting) { return (known, false) }
        if connection.statements.isFull {
            connection.statements.forgetAll()
            try connection.send("DEALLOCATE ALL")
            replies.append(.cleaning)
        }
        let prepared = connection.statements.named(statement)
        try connection.sendPrepare(prepared)
        connection.statements.remember(prepared)
        replies.append(.preparation(prepared))
        return (prepared, true)
    }

    /// Ends the batch, if there is one, and sends off what the socket takes. Answers whether some is left.
    @discardableResult func sync() throws(Failure) -> Bool {
        if unsynced > 0 {
            try connection.sync()
            replies.append(.sync)
            unsynced = 0
        }
        return try flush()
    }

    func flush() throws(Failure) -> Bool {
        let left = PQflush(connection.handle)
        if left < 0 { throw connection.lost() }
        return left > 0
    }

    /// Takes in what has arrived and answers the requests that are complete.
    func receive(_ complete: (FetchRequest) -> Void) throws(Failure) {
        lastHeard = .now
        // A TLS record can hold more than libpq reads at once, and what is left in it does not show on the socket.
        for _ in 0..<(PQsslInUse(connection.handle) == 1 ? 2 : 1) {
            guard PQconsumeInput(connection.handle) == 1 else { throw connection.lost() }
            try takeReplies(complete)
        }
    }

    private func takeReplies(_ complete: (FetchRequest) -> Void) throws(Failure) {
        var gaps = 0
        while !replies.isEmpty, PQisBusy(connection.handle) == 0 {
            guard let pointer = PQgetResult(connection.handle) else {
                // libpq puts one nil behind each answer; more in a row means that we have lost count.
                gaps += 1
                if gaps > 2 { throw connection.lost() }
                continue
            }
            gaps = 0
            try take(QueryResult(pointer), complete)
        }
    }

    private func take(_ result: QueryResult, _ complete: (FetchRequest) -> Void) throws(Failure) {
        let failure = try failure(of: result)
        // Better no answer than somebody else's.
        guard let reply = replies.popFirst(), reply.isSync == result.isSync, !result.isCopy else {
            throw connection.lost()
        }
        switch reply {
        case .cleaning, .sync:
            return
        case .preparation(let prepared):
            prepared.isConfirmed = failure == nil
            guard let failure else { return }
            connection.statements.forget(prepared)
            underWay.first?.add(failure.ofNewStatement)
        case .rows(let prepared, let isNew, let isLast):
            settle(result, failure, prepared, isNew)
            if isLast, let request = underWay.popFirst() { complete(request) }
        }
    }

    private func failure(of result: QueryResult) throws(Failure) -> Failure? {
        if result.wasSkipped { return .race("an earlier statement of the batch failed") }
        guard result.isError else { return nil }
        let failure = result.failure
        guard case .lost = failure else { return failure }
        connection.abandon()
        throw failure
    }

    private func settle(_ result: QueryResult, _ failure: Failure?, _ prepared: PreparedStatement, _ isNew: Bool) {
        guard let failure else {
            prepared.name(result)
            underWay.first?.add(result)
            return
        }
        if case .stale = failure { connection.statements.forget(prepared) }
        underWay.first?.add(isNew ? failure.ofNewStatement : failure)
    }

    func isSilent(_ now: ContinuousClock.Instant) -> Bool {
        !underWay.isEmpty && now - lastHeard > Self.silenceMax
    }

    /// Everything that was under way when the connection broke, oldest first.
    func surrender() -> [FetchRequest] {
        var left: [FetchRequest] = []
        while let request = underWay.popFirst() { left.append(request) }
        return left
    }
}
