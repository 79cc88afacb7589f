import Foundation
import Persistence
import StoragePostgres
import Testing

@Suite(.enabled(if: PostgresSpace.url != nil)) struct PostgresWriteTests {
    struct Refused: Error, Equatable {}

    @Test func brokenRulesAreNamed() async throws {
        try await PostgresSpace.withNotes { storage in
            try await storage.write { _ = try $0.run("INSERT INTO notes (note_id) VALUES (1)") }
            let expected: [(SQL, StorageError)] = [
                ("INSERT INTO notes (note_id) VALUES (1)", .constraint(.unique, name: "notes_pkey")),
                ("INSERT INTO notes VALUES (2, \(-100))", .constraint(.check, name: "notes_number_check")),
                (
                    "INSERT INTO notes (note_id, parent_id) VALUES (2, 9)",
                    .constraint(.foreignKey, name: "notes_parent_id_fkey")
                ),
                ("INSERT INTO notes (note_id, code) VALUES (2, NULL)", .constraint(.notNull, name: "notes.code")),
            ]
            for (sql, error) in expected {
                await #expect(throws: error) { try await storage.write { try $0.run(sql) } }
            }
            #expect(try await storage.count("notes") == 1)
        }
    }

    @Test func savepointsNest() async throws {
        try await PostgresSpace.withNotes { storage in
            let count = try await storage.write { db in
                try? db.savepoint { _ = try db.run("INSERT INTO notes (note_id) VALUES (1), (1)") }
                try db.savepoint {
                    try db.run("INSERT INTO notes (note_id) VALUES (1)")
                    try? db.savepoint {
                        try db.run("INSERT INTO notes (note_id) VALUES (2)")
                        throw Refused()
                    }
                    _ = try db.run("INSERT INTO notes (note_id) VALUES (3)")
                }
                return try db.row("SELECT count(*) FROM notes")?.integer(at: 0)
            }
            #expect(count == 2)
        }
    }

    @Test func anErrorThatWasSwallowedIsNoCommit() async throws {
        try await PostgresSpace.withNotes { storage in
            await #expect(throws: StorageError.self) {
                try await storage.write { db in
                    try db.run("INSERT INTO notes (note_id) VALUES (1)")
                    _ = try? db.run("INSERT INTO notes (note_id) VALUES (1)")
                }
            }
            let count = try await storage.count("notes")
            #expect(count == 0)
        }
    }

    @Test func aBodysOwnErrorUndoesItAndComesThrough() async throws {
        try await PostgresSpace.withNotes { storage in
            await #expect(throws: Refused()) {
                try await storage.write { db in
                    try db.run("INSERT INTO notes (note_id) VALUES (1)")
                    throw Refused()
                }
            }
            let count = try await storage.count("notes")
            #expect(count == 0)
        }
    }

    @Test func incrementsAreNotLost() async throws {
        try await PostgresSpace.withNotes { storage in
            try await storage.write { _ = try $0.run("INSERT INTO notes (note_id, number) VALUES (1, 0)") }
            _ = await outcomes(0..<50) { _ in
                try await storage.write { db in
                    let number =
                        try db.row("SELECT number FROM notes WHERE note_id = 1 FOR UPDATE")?.integer(at: 0) ?? 0
                    try db.run("UPDATE notes SET number = \(number + 1) WHERE note_id = 1")
                }
            }
            #expect(try await storage.fetch("SELECT number FROM notes").first?.integer(at: 0) == 50)
        }
    }

    @Test func aDeadlockIsResolvedByRunningAgain() async throws {
        try await PostgresSpace.withNotes { storage in
            try await storage.write { _ = try $0.run("INSERT INTO notes (note_id, number) VALUES (1, 0), (2, 0)") }
            let results = await outcomes(0..<2) { index in
                try await storage.write { db in
                    try db.run("UPDATE notes SET number = number + 1 WHERE note_id = \(1 + index)")
                    Thread.sleep(forTimeInterval: 0.1)
                    try db.savepoint {
                        _ = try db.run("UPDATE notes SET number = number + 1 WHERE note_id = \(2 - index)")
                    }
                }
            }
            for result in results { try result.get() }
            #expect(try await storage.fetch("SELECT sum(number) FROM notes").first?.integer(at: 0) == 4)
        }
    }

    @Test func idsAreNeverSeenTwice() async throws {
        try await PostgresSpace.withNotes { storage in
            let ids = await outcomes(0..<200) { index in
                try await storage.write { db in
                    let id = try db.newID("notes_seq")
                    try db.run("INSERT INTO notes (note_id) VALUES (\(id))")
                    if index % 3 == 0 { throw Refused() }
                    return id
                }
            }.compactMap { try? $0.get() }
            #expect(ids.count == 133)
            #expect(Set(ids).count == 133)
            await #expect(throws: StorageError.self) { try await storage.write { try $0.newID("x'; DROP") } }
        }
    }

    @Test func runCountsWhatItChanged() async throws {
        try await PostgresSpace.withNotes { storage in
            let counts = try await storage.write { db in
                [
                    try db.run("INSERT INTO notes (note_id) VALUES (1), (2), (3)"),
                    try db.run("UPDATE notes SET number = 1 WHERE note_id > 1"),
                    try db.run("DELETE FROM notes WHERE note_id = 1 RETURNING note_id"),
                    try db.run("SELECT 1"),
                    try db.run("CREATE TABLE more (id BIGINT)"),
                ]
            }
            #expect(counts == [3, 2, 1, 0, 0])
        }
    }
}
