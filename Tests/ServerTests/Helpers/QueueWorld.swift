import Basics
import Foundation
import Jobs
import Persistence
import Resources
import Support

/// A queue of its own kind in a database of its own.
struct QueueWorld {
    let server: TestServer
    let shop: TestShop
    let queue: JobQueue

    static func open(
        _ limits: TurnLimits = TurnLimits(inAll: 16, perShop: 16, perLane: 16),
        retries: RetrySchedule = RetrySchedule(30, 300), keepsGivenUp: Bool = false
    ) async throws -> QueueWorld {
        let server = try await TestServer()
        return QueueWorld(
            server: server, shop: try await TestShop.open(on: server),
            queue: JobQueue("test", limits, retries: retries, keepsGivenUp: keepsGivenUp))
    }

    /// Puts pieces of work in line.
    func add(_ subjects: some Sequence<Int64>, lane: String = "", of shop: TestShop? = nil) async throws {
        let pieces = subjects.map { JobQueue.Piece($0, lane: lane) }
        try await server.storage.transact(in: try await (shop ?? self.shop).tenant, at: server.clock.now, as: "test") {
            [queue] in try queue.add(pieces, in: $0)
        }
    }

    /// A process of its own.
    func worker(on storage: (any Storage)? = nil) -> QueueWorker {
        QueueWorker([queue], in: storage ?? server.storage, as: UUID().uuidString) { [clock = server.clock] in clock.now
        }
    }

    func runner(_ work: @escaping Job.PieceWork) -> Runner { server.runner([Job(queue, work)]) }

    /// Does something with a claim in a transaction.
    func settle(_ work: @escaping @Sendable (any Connection, Instant) throws -> Void) async throws {
        try await server.storage.write { [now = server.clock.now] in try work($0, now) }
    }

    /// What is in line: the columns of each row that are not its key.
    struct Row: Equatable {
        let subject: Int64
        /// Seconds from now; nil where it was given up.
        let due: Int64?
        let attempts: Int64
        let isHeld: Bool
        let error: String?
    }

    func rows() async throws -> [Row] {
        try await server.storage.fetch(
            "SELECT subject, due, attempts, worker, error FROM queue WHERE kind = \(queue.kind) ORDER BY webshop_id, subject"
        ).map { row in
            Row(
                subject: row.integer(at: 0) ?? 0,
                due: row.integer(at: 1).map { ($0 - server.clock.now.milliseconds) / 1000 },
                attempts: row.integer(at: 2) ?? 0, isHeld: row.text(at: 3) != nil, error: row.text(at: 4))
        }
    }
}
