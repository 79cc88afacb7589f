import Persistence
import StorageSQLite
import Testing

/// A full disk, played by a limit on the number of pages: SQLite refuses in the same way, and undoes the transaction.
@Suite struct SQLiteFullTests {
    private static let big = String(repeating: "x", count: 200_000)

    private func limit(_ storage: SQLiteStorage, pages: Int) async throws {
        try await storage.write { _ = try $0.rows("PRAGMA max_page_count = \(raw: "\(pages)")") }
    }

    @Test func writesFailReadsGoOnAndWritesComeBack() async throws {
        try await SQLiteFolder.withNotes { storage in
            try await limit(storage, pages: 20)
            await #expect(throws: StorageError.full) {
                try await storage.write { _ = try $0.run("INSERT INTO notes (note_id, body) VALUES (1, \(Self.big))") }
            }
            #expect(try await storage.count("notes") == 0)
            try await storage.write { _ = try $0.run("INSERT INTO notes (note_id) VALUES (2)") }
            try await limit(storage, pages: 10_000)
            try await storage.write { _ = try $0.run("INSERT INTO notes (note_id, body) VALUES (1, \(Self.big))") }
            #expect(try await storage.count("notes") == 2)
        }
    }

    @Test func theOthersOfTheGroupAreNotLost() async throws {
        try await SQLiteFolder.withNotes { storage in
            try await limit(storage, pages: 20)
            let results = await outcomes(0..<60) { index in
                let body = index % 7 == 3 ? Self.big : "small"
                try await storage.write {
                    _ = try $0.run("INSERT INTO notes (note_id, body) VALUES (\(index), \(body))")
                }
            }
            for (index, result) in results.enumerated() {
                guard case .failure(let error) = result else {
                    #expect(index % 7 != 3)
                    continue
                }
                #expect(index % 7 == 3 && error as? StorageError == .full)
            }
            let stored = try await storage.fetch("SELECT note_id FROM notes ORDER BY 1").compactMap {
                $0.integer(at: 0)
            }
            #expect(stored == (0..<60).filter { $0 % 7 != 3 }.map(Int64.init))
        }
    }

    /// After the transaction is undone a statement would commit by itself, so a body that goes on must get nowhere.
    @Test func aBodyThatSwallowsTheErrorCommitsNothing() async throws {
        try await SQLiteFolder.withNotes { storage in
            try await limit(storage, pages: 20)
            await #expect(throws: StorageError.full) {
                try await storage.write { db in
                    try db.run("INSERT INTO notes (note_id) VALUES (1)")
                    _ = try? db.run("INSERT INTO notes (note_id, body) VALUES (2, \(Self.big))")
                    _ = try? db.run("INSERT INTO notes (note_id) VALUES (3)")
                    _ = try? db.script("INSERT INTO notes (note_id) VALUES (4)")
                }
            }
            await #expect(throws: StorageError.full) {
                try await storage.write { db in
                    try db.savepoint {
                        try? db.savepoint {
                            _ = try db.run("INSERT INTO notes (note_id, body) VALUES (2, \(Self.big))")
                        }
                        try? db.savepoint { _ = try db.run("INSERT INTO notes (note_id) VALUES (5)") }
                    }
                }
            }
            #expect(try await storage.count("notes") == 0)
        }
    }

    @Test func aBodyCannotEndItsTransaction() async throws {
        try await SQLiteFolder.withNotes { storage in
            for text in ["COMMIT", "ROLLBACK"] {
                await #expect(throws: StorageError.self) {
                    try await storage.write { db in
                        try db.script(text)
                        try db.run("INSERT INTO notes (note_id) VALUES (1)")
                    }
                }
            }
            #expect(try await storage.count("notes") == 0)
            try await storage.write { _ = try $0.run("INSERT INTO notes (note_id) VALUES (1)") }
        }
    }
}
