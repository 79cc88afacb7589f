import CPostgres
import Persistence

/// One session with the server: opened, set up, and ready to be sent statements in libpq's pipeline mode.
///
/// `@unchecked Sendable`: confined to one thread at a time. A reader's is opened on one thread and handed over whole.
final class PostgresConnection: @unchecked Sendable {
    enum Purpose {
        case transactions, pipelinedReads
    }

    let handle: OpaquePointer
    var statements = StatementCache()
    private var parameters = ParameterBuffer()
    /// Whether a transaction has run here. A connection that was idle may have died since and is worth replacing.
    var hasServed = false
    private var hasFailed = false

    var isBroken: Bool { hasFailed || PQstatus(handle) == CONNECTION_BAD }

    /// - Throws: `StorageError` or `PostgresProblem`.
    init(_ address: ServerAddress, for purpose: Purpose) throws {
        handle = try address.connect()
        let version = PQserverVersion(handle)
        guard version >= Self.oldestVersion else { throw PostgresProblem.tooOld(Int(version)) }
        try setUp(purpose, allowsUnsafe: address.allowsUnsafe)
        guard PQenterPipelineMode(handle) == 1 else { throw StorageError.unavailable(errorText) }
    }

    deinit {
        PQfinish(handle)
    }

    private static let oldestVersion: Int32 = 13_00_00

    /// How long a row or another lock is waited for, in milliseconds.
    static let lockWait = 1500

    /// Limits, so that nothing holds rows for ever: three waits for a lock stay below the 5 s a caller has, and one is longer
    /// than the second after which Postgres looks for a deadlock. A statement is planned once and not at each use, which took
    /// longer than running it; there is none whose plan would better follow the values. In the same round trip what has to be
    /// known of the server.
    private func setUp(_ purpose: Purpose, allowsUnsafe: Bool) throws {
        let readOnly = purpose == .pipelinedReads ? "on" : "off"
        // The statements of one fetch must see one moment: a page, and the rows that are part of it.
        let isolation = purpose == .pipelinedReads ? "repeatable read" : "read committed"
        let answer = PQexec(
            handle,
            """
            SELECT current_setting('fsync'), current_setting('full_page_writes'), current_setting('synchronous_commit'),
            current_setting('server_encoding'), set_config('statement_timeout', '5000', false),
            set_config('lock_timeout', '\(Self.lockWait)', false), set_config('idle_in_transaction_session_timeout', '10000', false),
            set_config('plan_cache_mode', 'force_generic_plan', false),
            set_config('default_transaction_read_only', '\(readOnly)', false),
            set_config('default_transaction_isolation', '\(isolation)', false), \(PostgresSession.sharing)
            """)
        guard let answer else { throw StorageError.unavailable(errorText) }
        let settings = QueryResult(answer)
        guard settings.status == PGRES_TUPLES_OK else { throw settings.failure.storageError }
        func setting(_ column: Int32) -> String { String(cString: PQgetvalue(settings.pointer, 0, column)) }
        guard setting(10) == "t" else { throw StorageError.unavailable(PostgresSession.isTaken) }
        guard setting(3) == "UTF8" else { throw PostgresProblem.encoding(setting(3)) }
        if allowsUnsafe { return }
        for (column, name) in ["fsync", "full_page_writes", "synchronous_commit"].enumerated() {
            if setting(Int32(column)) == "off" { throw PostgresProblem.unsafeSetting(name) }
        }
    }

    private var errorText: String { firstLine(PQerrorMessage(handle)) }

    /// Marks the session as gone, with libpq's words for it.
    func lost() -> Failure {
        hasFailed = true
        let text = errorText
        return .lost(text.isEmpty ? "the connection to Postgres broke" : text)
    }

    /// Marks the session as not to be used again, though the server still answers.
    func abandon() {
        hasFailed = true
    }
}

extension PostgresConnection {
    /// A command without values or rows, as `BEGIN`.
    func send(_ command: String) throws(Failure) {
        guard PQsendQueryParams(handle, command, 0, nil, nil, nil, nil, 1) == 1 else { throw lost() }
    }

    func sendPrepare(_ prepared: PreparedStatement) throws(Failure) {
        let sent = PQsendPrepare(
            handle, prepared.name, SQL.numbered(prepared.text), Int32(prepared.types.count), prepared.types)
        guard sent == 1 else { throw lost() }
    }

    func send(_ prepared: PreparedStatement, _ values: [SQLValue]) throws(Failure) {
        let sent = parameters.withArguments(values) { arguments in
            PQsendQueryPrepared(
                handle, prepared.name, Int32(values.count), arguments.values, arguments.lengths, arguments.formats, 1)
        }
        guard sent == 1 else { throw lost() }
    }

    /// Ends a batch and sends it off. An error skips everything up to the next of these.
    func sync() throws(Failure) {
        guard PQpipelineSync(handle) == 1 else { throw lost() }
    }
}

extension PostgresConnection {
    /// What travels with the statements behind it.
    enum Ahead {
        /// Without values, as `BEGIN`.
        case command(String)
        case statement(BoundStatement)
    }

    /// What was sent, in the order in which it will be answered.
    private enum Sent {
        case command
        case preparation(PreparedStatement)
        case known(PreparedStatement), fresh(PreparedStatement)
    }

    /// Sends what goes ahead and then statements in one go, and waits for all the answers. Answers those of the statements,
    /// or the very last where there are none.
    func exchange(_ ahead: [Ahead], then bound: ArraySlice<BoundStatement> = []) throws(Failure) -> [QueryResult] {
        var sent: [Sent] = []
        for one in ahead {
            switch one {
            case .command(let text):
                try send(text)
                sent.append(.command)
            case .statement(let statement): try sendPreparing(statement, &sent)
            }
        }
        let start = sent.count
        for statement in bound { try sendPreparing(statement, &sent) }
        try sync()
        let answers = try collect()
        confirm(sent, answers)
        if let place = answers.firstIndex(where: \.isError) {
            let failure = answers[place].failure
            if case .lost = failure { hasFailed = true }
            // Only a statement parsed before can be out of date; any other is wrong.
            if sent.indices.contains(place), case .known = sent[place] { throw failure }
            throw failure.ofNewStatement
        }
        guard let last = answers.last, answers.count == sent.count else { throw lost() }
        if bound.isEmpty { return [last] }
        return zip(sent, answers).dropFirst(start).compactMap { sent, answer in
            switch sent {
            case .known(let statement), .fresh(let statement):
                statement.name(answer)
                return answer
            case .command, .preparation: return nil
            }
        }
    }

    private func sendPreparing(_ statement: BoundStatement, _ sent: inout [Sent]) throws(Failure) {
        if let known = statements.find(statement) {
            try send(known, statement.values)
            return sent.append(known.isConfirmed ? .known(known) : .fresh(known))
        }
        if statements.isFull {
            statements.forgetAll()
            try send("DEALLOCATE ALL")
            sent.append(.command)
        }
        let fresh = statements.named(statement)
        try sendPrepare(fresh)
        try send(fresh, statement.values)
        statements.remember(fresh)
        sent += [.preparation(fresh), .fresh(fresh)]
    }

    /// Keeps the names the server has taken, and forgets those it has not.
    private func confirm(_ sent: [Sent], _ answers: [QueryResult]) {
        for (place, one) in sent.enumerated() {
            guard case .preparation(let fresh) = one else { continue }
            fresh.isConfirmed = answers.indices.contains(place) && answers[place].status == PGRES_COMMAND_OK
            if !fresh.isConfirmed { statements.forget(fresh) }
        }
    }

    /// Waits for every answer up to the sync.
    private func collect() throws(Failure) -> [QueryResult] {
        var answers: [QueryResult] = []
        var gaps = 0
        // libpq puts one nil behind each answer; more in a row means that nothing else will come.
        while gaps < 3 {
            guard let pointer = PQgetResult(handle) else {
                gaps += 1
                continue
            }
            gaps = 0
            let answer = QueryResult(pointer)
            if answer.isSync { return answers }
            answers.append(answer)
            if answer.isCopy || PQstatus(handle) == CONNECTION_BAD { break }
        }
        throw lost()
    }

    /// Runs statements separated by semicolons, which only libpq's simple protocol takes, outside pipeline mode.
    func script(_ text: String) throws(Failure) {
        guard PQexitPipelineMode(handle) == 1 else { throw lost() }
        guard let answer = PQexec(handle, text) else { throw lost() }
        let result = QueryResult(answer)
        guard PQenterPipelineMode(handle) == 1 else { throw lost() }
        if result.isError { throw result.failure.ofNewStatement }
    }
}
