import Basics
import Persistence

/// What waits and what is under way, at a moment: one look into an index for each shop that has anything in line.
struct QueueLook {
    /// Shops with something due, by kind, those first that have waited longest.
    let waiting: [String: [Int64]]
    /// How much all processes have under way, by kind and shop; nothing where there is one process only.
    let held: [String: [Int64: Int]]

    init(_ queues: [JobQueue], in storage: any Storage, at now: Instant) async throws {
        let answers = try await storage.fetch(Self.statements(queues, storage.dialect, at: now))
        waiting = try answers[0].reduce(into: [:]) { $0[try $1["kind"], default: []].append(try $1["webshop_id"]) }
        held = try answers.dropFirst().joined().reduce(into: [:]) { held, row in
            guard try row["due"] > now else { return }
            held[try row["kind"], default: [:]][try row["webshop_id"], default: 0] += 1
        }
    }

    static func statements(_ queues: [JobQueue], _ dialect: Dialect, at now: Instant) -> [SQL] {
        let waiting = waiting(queues.map(\.kind), at: now)
        return dialect.commitsInOrder ? [waiting] : [waiting, held]
    }

    private static func waiting(_ kinds: [String], at now: Instant) -> SQL {
        let first = kinds.map { "SELECT CAST('\($0)' AS TEXT) AS kind" }.joined(separator: " UNION ALL ")
        return """
            WITH RECURSIVE shops(kind, webshop_id) AS (
                SELECT k.kind, (SELECT min(q.webshop_id) FROM queue q WHERE q.kind = k.kind) FROM (\(raw: first)) AS k
                UNION ALL SELECT s.kind, (SELECT min(q.webshop_id) FROM queue q
                    WHERE q.kind = s.kind AND q.webshop_id > s.webshop_id)
                FROM shops s WHERE s.webshop_id IS NOT NULL),
            heads AS MATERIALIZED (
                SELECT s.kind, s.webshop_id, (SELECT min(q.due) FROM queue q
                    WHERE q.kind = s.kind AND q.webshop_id = s.webshop_id) AS due
                FROM shops s WHERE s.webshop_id IS NOT NULL)
            SELECT kind, webshop_id FROM heads WHERE \(JobQueue.rows("due <= \(now)")) ORDER BY due, webshop_id
            """
    }

    /// In the order of the index, which planners leave aside where they guess that most rows are held.
    private static let held: SQL = """
        SELECT kind, webshop_id, due FROM queue WHERE \(JobQueue.rows("worker IS NOT NULL"))
        ORDER BY kind, webshop_id LIMIT 1000
        """
}
