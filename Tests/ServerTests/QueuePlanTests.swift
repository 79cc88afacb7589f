import Basics
import Persistence
import Resources
import Support
import Testing

/// However long the line is: whoever looks for work, takes it or renews it reads indexes (`QueueLook`, `LaneShare`).
@Suite struct QueuePlanTests {
    private static let length: Int64 = 50_000

    /// A long line of three shops with 500 lanes each, of which some is under way.
    private static func fill(_ storage: any Storage, _ queue: JobQueue, at now: Instant) async throws {
        _ = try await storage.write { db in
            try db.run(
                """
                WITH RECURSIVE numbers(n) AS (SELECT CAST(1 AS BIGINT) UNION ALL SELECT n + 1 FROM numbers WHERE n < \(length))
                INSERT INTO queue (webshop_id, kind, subject, lane, due, attempts, worker)
                SELECT n % 3 + 1, \(queue.kind), n, 'host' || (n % 500), \(now) - n, 0,
                CASE WHEN n <= 16 THEN 'other.1' END FROM numbers
                """)
        }
    }

    private static func plan(_ statement: SQL, _ storage: any Storage) async throws -> [String] {
        try await storage.write { db in
            let isPostgres = db.dialect == .postgres
            return try db.rows((isPostgres ? "EXPLAIN " : "EXPLAIN QUERY PLAN ") + statement).compactMap {
                $0.text(at: isPostgres ? 0 : 3)
            }
        }
    }

    @Test func `of a long line nothing is scanned`() async throws {
        let server = try await TestServer()
        let (storage, now) = (server.storage, server.clock.now)
        let queue = JobQueue(
            "test", TurnLimits(inAll: 16, perShop: 4, perLane: 3), retries: RetrySchedule(30), keepsGivenUp: true)
        try await Self.fill(storage, queue, at: now)
        for hasStatistics in [false, true] {
            if hasStatistics { try await storage.learnStatistics() }
            for statement in QueueWorker.statements(queue, shop: 2, lane: "host7", storage.dialect, at: now) {
                let plan = try await Self.plan(statement, storage)
                #expect(plan.contains { $0.contains("queue_") }, "\(plan)")
                let scans = plan.filter { line in
                    ["Seq Scan on queue", "SCAN q", "Sort"].contains { line.contains($0) }
                }
                #expect(scans.filter { !$0.contains("Sort Key") && !$0.contains("Sort  (") } == [], "\(plan)")
            }
        }
        let worker = QueueWorker([queue], in: storage, as: "one") { now }
        let claims = try await worker.next()
        #expect(claims.count == 12 && Set(claims.map(\.shop)) == [1, 2, 3])
        #expect(try await worker.waiting() == ["test": 10_000])
        await server.stop()
    }

    @Test func `no plan is kept of a table that is empty one minute and long the next`() async throws {
        guard Engine.current == .postgres else { return }
        let server = try await TestServer()
        let now = server.clock.now
        let queue = JobQueue("test", .oneAtATime, retries: RetrySchedule(30))
        let kept = try await server.storage.write { db in
            for statement in QueueWorker.statements(queue, shop: 2, lane: "", db.dialect, at: now) {
                _ = try db.rows(statement)
            }
            _ = try db.rows("SELECT kind FROM queue WHERE kind = \("another")")
            return try db.rows(
                "SELECT statement FROM pg_prepared_statements WHERE statement LIKE \("%FROM queue%")"
            ).map { try $0["statement"] as String }
        }
        #expect(kept == ["SELECT kind FROM queue WHERE kind = $1"])
        await server.stop()
    }
}
