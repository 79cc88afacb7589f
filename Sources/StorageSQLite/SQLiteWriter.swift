import Persistence
import Synchronization

/// The one thread that writes. What waits together is committed together, since the flush costs more than the work.
final class SQLiteWriter: Sendable {
    /// One waiting transaction.
    struct Write: Sendable {
        /// Runs the body and answers what will tell the caller, to be called once the commit is on disk.
        let attempt: @Sendable (SQLiteConnection) throws -> @Sendable () -> Void
        let fail: @Sendable (any Error) -> Void
    }

    /// What the thread does in turn.
    private enum Work: Sendable {
        case write(Write)
        /// What wants no transaction under way.
        case between(@Sendable (SQLiteConnection) -> Void)
    }

    /// What the last groups have shown of what comes next.
    private struct Lately {
        /// How long the longest body of the last group took.
        var pace = Duration.zero
        /// How many of the next bodies stand behind savepoints, because one has failed behind what it wrote.
        var wary = 0
    }

    let commitCount = Atomic<Int>(0)
    let stamps = OpenStamps()
    private let checkpointer: SQLiteCheckpointer
    private let queue = WorkQueue<Work>()

    init(_ checkpointer: SQLiteCheckpointer) {
        self.checkpointer = checkpointer
    }

    /// Opens the database for writing. `lock` is let go when the thread has closed it again.
    func start(path: String, lock: ProcessLock) async throws -> OwnThread {
        try await OwnThread.start { [self] in
            try SQLiteConnection(path: path, role: .writer, stamps: stamps)
        } run: { [self] connection in
            withExtendedLifetime(lock) {
                var pages = 0
                var lately = Lately()
                while let work = queue.next() {
                    perform(work, on: connection, &lately)
                    pages += connection.takePagesWritten()
                    if pages >= SQLiteCheckpointer.pages {
                        pages = 0
                        checkpointer.wake()
                    }
                }
                connection.checkpoint(.truncate)
            }
        }
    }

    /// Answers false when it is closed.
    func submit(_ write: Write, for requester: Requester) -> Bool {
        queue.push(.write(write), for: requester)
    }

    /// Runs `work` after the commits under way and before others. Answers false when it is closed.
    func betweenCommits(_ work: @escaping @Sendable (SQLiteConnection) -> Void) -> Bool {
        queue.pushFirst(.between(work))
    }

    private func perform(_ work: Work, on connection: SQLiteConnection, _ lately: inout Lately) {
        switch work {
        case .write(let write): commitGroup(startingWith: write, on: connection, &lately)
        case .between(let work): work(connection)
        }
    }

    func close() {
        queue.close()
    }
}

extension SQLiteWriter {
    /// A group takes no more than this many bodies, and none that would likely end later than this, so that its callers are
    /// answered soon: an order does not wait for the batch behind it.
    private static let groupMax = 32
    private static let groupTimeMax = Duration.milliseconds(10)
    /// A savepoint copies aside every page that is changed behind it, which for an order costs as much as its rows do. So bodies
    /// stand side by side without, until one fails; then its group begins anew, and so many bodies stand behind savepoints.
    private static let waryFor = 256

    private func commitGroup(startingWith first: Write, on connection: SQLiteConnection, _ lately: inout Lately) {
        do {
            try connection.begin("BEGIN IMMEDIATE")
        } catch {
            failWaiting(first, error, on: connection)
            return
        }
        let start = ContinuousClock.now
        var group = [first]
        var answers: [@Sendable () -> Void] = []
        var between: (@Sendable (SQLiteConnection) -> Void)?
        defer { between?(connection) }
        do {
            // Nothing stands before the first, so undoing it is ending the transaction, and no page is copied aside for it.
            answers.append(try first.attempt(connection))
        } catch {
            connection.rollback()
            first.fail(error)
            return
        }
        let (deadline, before) = (start + SQLiteWriter.groupTimeMax, lately.pace)
        var end = ContinuousClock.now
        lately.pace = start.duration(to: end)
        while between == nil, !connection.isLost, group.count < SQLiteWriter.groupMax,
            end + max(before, lately.pace) < deadline,
            let work = queue.nextWaiting()
        {
            switch work {
            case .write(let write):
                group.append(write)
                do {
                    answers.append(try attempt(write, beside: &lately.wary, on: connection))
                } catch {
                    lately.wary = SQLiteWriter.waryFor
                    return commitAnew(group, on: connection)
                }
                let begun = end
                end = .now
                lately.pace = max(lately.pace, begun.duration(to: end))
            case .between(let work): between = work
            }
        }
        if connection.isLost { return commitOneByOne(group, on: connection) }
        finish(group, answers, on: connection)
    }

    /// Runs a body beside those before it. Throws where it failed behind what it wrote, so that all must be undone.
    private func attempt(
        _ write: Write, beside wary: inout Int, on connection: SQLiteConnection
    ) throws -> @Sendable () -> Void {
        if wary > 0 {
            wary -= 1
            return attemptBehind(write, on: connection)
        }
        let changes = connection.changeCount
        do {
            return try write.attempt(connection)
        } catch {
            guard connection.changeCount == changes, !connection.isLost else { throw error }
            return { write.fail(error) }
        }
    }

    /// Does the work of a group again in which a body has failed: whoever fails now leaves what the others wrote.
    private func commitAnew(_ group: [Write], on connection: SQLiteConnection) {
        if connection.isLost { return commitOneByOne(group, on: connection) }
        connection.rollback()
        connection.takeNumbersBack()
        do {
            try connection.begin("BEGIN IMMEDIATE")
        } catch {
            for write in group { write.fail(error) }
            return
        }
        let answers = group.map { attemptBehind($0, on: connection) }
        if connection.isLost { return commitOneByOne(group, on: connection) }
        finish(group, answers, on: connection)
    }

    /// Runs a body whose failure must leave what those before it wrote.
    private func attemptBehind(_ write: Write, on connection: SQLiteConnection) -> @Sendable () -> Void {
        do {
            return try connection.savepoint { try write.attempt(connection) }
        } catch {
            return { write.fail(error) }
        }
    }

    private func finish(_ group: [Write], _ answers: [@Sendable () -> Void], on connection: SQLiteConnection) {
        do {
            try connection.commit()
            commitCount.add(1, ordering: .relaxed)
            for answer in answers { answer() }
        } catch StorageError.constraint {
            // A deferred foreign key is checked here, and one body is to blame, not all.
            commitOneByOne(group, on: connection)
        } catch {
            // A body that threw may have done so because of another's rows, which are gone now.
            for write in group { write.fail(error) }
        }
    }

    /// When one body's error has undone the work of all, each runs again in a transaction of its own.
    private func commitOneByOne(_ group: [Write], on connection: SQLiteConnection) {
        connection.rollback()
        for write in group {
            do {
                try connection.begin("BEGIN IMMEDIATE")
                let answer = try write.attempt(connection)
                try connection.commit()
                commitCount.add(1, ordering: .relaxed)
                answer()
            } catch {
                connection.rollback()
                write.fail(error)
            }
        }
    }

    /// Where the database cannot be written now, those who wait behind would each wait for the same refusal.
    private func failWaiting(_ first: Write, _ error: any Error, on connection: SQLiteConnection) {
        first.fail(error)
        var failed = 1
        while failed < SQLiteWriter.groupMax, let work = queue.nextWaiting() {
            switch work {
            case .write(let write): write.fail(error)
            case .between(let work): work(connection)
            }
            failed += 1
        }
    }
}
