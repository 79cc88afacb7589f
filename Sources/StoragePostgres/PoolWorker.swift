import Dispatch
import Persistence

/// A thread of the pool and the one connection it uses.
///
/// `@unchecked Sendable`: the connection is confined to the thread that runs `serve`. `job` is confined to whoever took
/// the worker from the pool's resting list until the signal, and to the thread after it.
final class PoolWorker: @unchecked Sendable {
    /// Connections that break this often in a row are up against more than a restarted server.
    private static let attemptsMax = 5

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
            let (next, goesOn) = pool.next(for: self, after: job.ticket)
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

    /// Runs `body` in a transaction. Where the connection was at fault it is replaced and the body runs again at once.
    func transaction<T: Sendable>(
        _ ticket: Ticket, _ body: (any Connection) throws -> T
    ) throws -> PostgresTransaction.Outcome<T> {
        var reason = ""
        for _ in 0..<Self.attemptsMax {
            let outcome = PostgresTransaction(ticket, on: try connected(), shared).perform(body)
            guard case .again(.connection(let message)) = outcome else { return outcome }
            reason = message
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
}
