import Dispatch
import Glibc
import Persistence

/// A thread of the pool and the one connection it uses.
///
/// `@unchecked Sendable`: the connection is confined to the thread that runs `serve`. `job` is confined to whoever took
/// the worker from the pool's resting list until the signal, and to the thread after it.
final class PoolWorker: @unchecked Sendable {
    /// A body that loses this many races in a row is up against more than bad luck.
    private static let attemptsMax = 20

    private let address: ServerAddress
    private let shared: SharedState
    private let signal = DispatchSemaphore(value: 0)
    private var job: ConnectionPool.Job?
    private var connection: PostgresConnection?

    init(_ address: ServerAddress, _ shared: SharedState) {
        self.address = address
        self.shared = shared
    }

    func begin(_ job: ConnectionPool.Job) {
        self.job = job
        signal.signal()
    }

    func end() {
        job = nil
        signal.signal()
    }

    /// The life of the thread.
    func serve(_ first: ConnectionPool.Job, of pool: ConnectionPool) {
        var current = Optional(first)
        while let job = current {
            let answer = job.work(self)
            let (next, goesOn) = pool.next(for: self)
            answer()
            current = next
            if next == nil && goesOn {
                signal.wait()
                current = self.job
                self.job = nil
            }
        }
        connection = nil
    }

    /// Runs `body` in a transaction until it is through, or has lost too often.
    func transaction<T>(_ kind: TransactionKind, _ body: (any Connection) throws -> T) throws -> T {
        var reason = ""
        for attempt in 1...Self.attemptsMax {
            switch PostgresTransaction(kind, on: try connected(), shared).perform(body) {
            case .done(let value): return value
            case .failed(let error): throw error
            case .again(let message): reason = message
            }
            // A broken connection is replaced at once; only a race is worth waiting out.
            if connection?.isBroken == false { pause(after: attempt) }
        }
        throw StorageError.busy(reason)
    }

    /// The connection, opened anew when there is none or it broke.
    @discardableResult func connected() throws -> PostgresConnection {
        if let connection, !connection.isBroken { return connection }
        connection = nil
        let opened = try PostgresConnection(address, for: .transactions)
        shared.sequences.drop()
        connection = opened
        return opened
    }

    /// Chance keeps two losers from meeting again; the span grows to 50 ms.
    private func pause(after attempt: Int) {
        let longest = min(50, 4 << attempt)
        usleep(UInt32.random(in: 1_000...UInt32(longest) * 1_000))
    }
}
