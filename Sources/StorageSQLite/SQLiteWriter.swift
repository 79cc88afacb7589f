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
                var pace = Duration.zero
                while let work = queue.next() {
                    perform(work, on: connection, &pace)
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

    /// - Parameter pace: how long the longest body of the last group took.
    private func perform(_ work: Work, on connection: SQLiteConnection, _ pace: inout Duration) {
        switch work {
        case .write(let write): commitGroup(startingWith: write, on: connection, &pace)
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

    private func commitGroup(startingWith first: Write, on connection: SQLiteConnection, _ pace: inout Duration) {
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
        let (deadline, before) = (start + SQLiteWriter.groupTimeMax, pace)
        var end = ContinuousClock.now
        pace = start.duration(to: end)
        while between == nil, !connection.isLost, group.count < SQLiteWriter.groupMax,
            end + max(before, pace) < deadline,
            let work = queue.nextWaiting()
        {
            switch work {
            case .write(let write):
                group.append(write)
                answers.append(attemptBehind(write, on: connection))
                let begun = end
                end = .now
                pace = max(pace, begun.duration(to: end))
            case .between(let work): between = work
            }
        }
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
