import Foundation
import Persistence
import StorageSQLite
import Support
import Synchronization
import Testing

@Suite struct SQLiteStorageTests {
    @Test func valuesComeBackAsTheyWent() async throws {
        let values: [SQLValue] = [
            .null, .integer(.min), .integer(.max), .integer(0), .text(""), .text("blåbærgrød 🍓"), .text("a\u{0}b"),
            .text(String(repeating: "ø", count: 500_000)), .text("e\u{301}"),
        ]
        try await SQLiteFolder.withNotes { storage in
            for value in values {
                let bound = try await storage.fetch("SELECT \(value), 1").first?.values
                #expect(bound == [value, .integer(1)])
            }
            try await storage.write { db in
                for (index, value) in values.enumerated() {
                    guard case .text = value else {
                        try db.run("INSERT INTO notes (note_id, number) VALUES (\(index), \(value))")
                        continue
                    }
                    try db.run("INSERT INTO notes (note_id, body) VALUES (\(index), \(value))")
                }
            }
            let stored = try await storage.fetch("SELECT number, body FROM notes ORDER BY note_id")
            #expect(stored.count == values.count)
            for (row, value) in zip(stored, values) { #expect(row.values.contains(value)) }
            let bytes = try #require(stored.last?.text(at: 1)?.utf8)
            #expect(Array(bytes) == Array("e\u{301}".utf8))
        }
    }

    @Test func floatsAndBlobsAreRefused() async throws {
        try await SQLiteFolder.withNotes { storage in
            for text in ["SELECT 1.5", "SELECT x'00'", "SELECT 9223372036854775807 + 1"] {
                await #expect(throws: StorageError.self) { try await storage.fetch(SQL(raw: text)) }
            }
            let sound = try await storage.fetch("SELECT 1")
            #expect(sound.count == 1)
        }
    }

    @Test func wrongStatementsAreNamed() async throws {
        try await SQLiteFolder.withNotes { storage in
            let wrong: [SQL] = [
                "SELEKT 1", "", "SELECT 1; SELECT 2", "SELECT \(raw: "$1")", "INSERT INTO notes (note_id) VALUES (1)",
                "SELECT * FROM nothing",
            ]
            for statement in wrong {
                let error = await #expect(throws: StorageError.self) { try await storage.fetch(statement) }
                guard case .statement = error else {
                    Issue.record("\(statement.text) gave \(String(describing: error))")
                    continue
                }
            }
            let count = try await storage.count("notes")
            #expect(count == 0)
        }
    }

    @Test func manyFetchesAtOnce() async throws {
        try await SQLiteFolder.withNotes { storage in
            try await storage.write { db in
                for index in 0..<100 {
                    try db.run("INSERT INTO notes (note_id, body) VALUES (\(index), \("n\(index)"))")
                }
            }
            let before = storage.statementCount.load(ordering: .relaxed)
            let bodies = await outcomes(0..<2000) { index in
                try await storage.fetch("SELECT body FROM notes WHERE note_id = \(index % 100)").first?.text(at: 0)
            }
            for (index, body) in bodies.enumerated() { #expect(try body.get() == "n\(index % 100)") }
            #expect(storage.statementCount.load(ordering: .relaxed) - before == 2000)
        }
    }

    @Test func moreTextsThanAreKeptPrepared() async throws {
        try await SQLiteFolder.withNotes { storage in
            for index in 0..<1200 {
                let row = try await storage.fetch("SELECT \(raw: "\(index)")").first
                #expect(row?.integer(at: 0) == Int64(index))
            }
        }
    }

    @Test func aChangedTableIsSeenByPreparedStatements() async throws {
        try await SQLiteFolder.withNotes { storage in
            try await storage.write { _ = try $0.run("INSERT INTO notes (note_id) VALUES (1)") }
            #expect(try await storage.fetch("SELECT * FROM notes").width == 3)
            try await storage.write { try $0.script("ALTER TABLE notes ADD COLUMN more TEXT") }
            for _ in 0..<6 { #expect(try await storage.fetch("SELECT * FROM notes").first?.count == 4) }
        }
    }

    @Test func severalStatementsOfOneFetchSeeOneSnapshot() async throws {
        try await SQLiteFolder.withNotes { storage in
            let writing = Task {
                for index in 0..<300 {
                    try await storage.write { _ = try $0.run("INSERT INTO notes (note_id) VALUES (\(index))") }
                }
            }
            for _ in 0..<300 {
                let counts = try await storage.fetch([
                    "SELECT count(*) FROM notes", "SELECT max(note_id) + 1 FROM notes", "SELECT count(*) FROM notes",
                ]).map { $0.first?.integer(at: 0) ?? 0 }
                #expect(counts[0] == counts[1] && counts[1] == counts[2])
            }
            try await writing.value
        }
    }

    @Test func aReadKeepsItsSnapshotWhileAWriterCommits() async throws {
        try await SQLiteFolder.withNotes { storage in
            let committed = DispatchSemaphore(value: 0)
            let started = DispatchSemaphore(value: 0)
            async let counts = storage.read { db in
                started.signal()
                committed.wait()
                return try db.row("SELECT count(*) FROM notes")?.integer(at: 0)
            }
            await Task.detached { started.wait() }.value
            try await storage.write { _ = try $0.run("INSERT INTO notes (note_id) VALUES (1)") }
            #expect(try await storage.count("notes") == 1)
            committed.signal()
            #expect(try await counts == 0)
        }
    }

    @Test func readersCannotWrite() async throws {
        try await SQLiteFolder.withNotes { storage in
            for text in ["DELETE FROM notes", "CREATE TABLE x (y INTEGER)", "PRAGMA user_version = 3"] {
                await #expect(throws: StorageError.self) { try await storage.read { _ = try $0.run(SQL(raw: text)) } }
            }
            // What a body leaves open is not left to the next one.
            await #expect(throws: StorageError.self) { try await storage.fetch(["SELECT 1", "COMMIT"]) }
            _ = try await storage.fetch("BEGIN")
            for _ in 0..<6 { #expect(try await storage.fetch(["SELECT 1", "SELECT 2"]).count == 2) }
            try await storage.write { _ = try $0.run("INSERT INTO notes (note_id) VALUES (1)") }
            for _ in 0..<6 { #expect(try await storage.count("notes") == 1) }
        }
    }
}
