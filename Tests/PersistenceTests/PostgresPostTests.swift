import Persistence
import StoragePostgres
import Testing

/// Statements that nobody waits for travel with those behind them.
@Suite(.enabled(if: PostgresSpace.url != nil)) struct PostgresPostTests {
    private struct Refused: Error, Equatable {}

    private static func insert(_ ids: Int64...) -> [SQL] {
        ids.map { "INSERT INTO notes (note_id) VALUES (\($0))" }
    }

    private static func ids(_ storage: PostgresStorage) async throws -> [Int64?] {
        try await storage.fetch("SELECT note_id FROM notes ORDER BY note_id").map { $0.integer(at: 0) }
    }

    @Test func `what is posted is there for the next statement, and after the commit`() async throws {
        try await PostgresSpace.withNotes { storage in
            let seen = try await storage.write { db in
                try db.post(Self.insert(1, 2))
                let seen = try db.row("SELECT count(*) FROM notes")?.integer(at: 0)
                try db.post(Self.insert(3))
                return seen
            }
            #expect(seen == 2)
            #expect(try await Self.ids(storage) == [1, 2, 3])
        }
    }

    @Test func `a transaction of nothing else commits as well`() async throws {
        try await PostgresSpace.withNotes { storage in
            try await storage.write { try $0.post(Self.insert(1)) }
            #expect(try await Self.ids(storage) == [1])
        }
    }

    @Test func `what is wrong with one is told by the commit, nothing is left, and the connection serves on`()
        async throws
    {
        try await PostgresSpace.withNotes(poolSize: 1) { storage in
            await #expect(throws: StorageError.constraint(.unique, name: "notes_pkey")) {
                try await storage.write { db in
                    try db.post(Self.insert(1))
                    try db.post(Self.insert(1))
                }
            }
            try await storage.write { try $0.post(Self.insert(2)) }
            #expect(try await Self.ids(storage) == [2])
        }
    }

    @Test func `what is wrong with one is told by the next statement`() async throws {
        try await PostgresSpace.withNotes { storage in
            await #expect(throws: StorageError.constraint(.unique, name: "notes_pkey")) {
                try await storage.write { db in
                    try db.post(Self.insert(1, 1))
                    _ = try db.rows("SELECT 1")
                }
            }
            let left = try await Self.ids(storage)
            #expect(left.isEmpty)
        }
    }

    @Test func `what a savepoint undoes is undone, sent or not`() async throws {
        try await PostgresSpace.withNotes { storage in
            try await storage.write { db in
                try db.post(Self.insert(1))
                try? db.savepoint {
                    try db.post(Self.insert(2))
                    _ = try db.rows("SELECT 1")
                    // Wrong, and never sent.
                    try db.post(Self.insert(1))
                    throw Refused()
                }
                try db.savepoint { try db.post(Self.insert(3)) }
                try? db.savepoint {
                    try db.savepoint { try db.post(Self.insert(4)) }
                    try db.post(Self.insert(5))
                    throw Refused()
                }
                try db.post(Self.insert(6))
            }
            #expect(try await Self.ids(storage) == [1, 3, 6])
        }
    }

    @Test func `a body that fails leaves nothing of it`() async throws {
        try await PostgresSpace.withNotes { storage in
            await #expect(throws: Refused()) {
                try await storage.write { db in
                    try db.post(Self.insert(1))
                    throw Refused()
                }
            }
            let left = try await Self.ids(storage)
            #expect(left.isEmpty)
        }
    }
}
