import Foundation
import Persistence
import StorageSQLite

/// A folder of its own for one test's database, removed at the end.
final class SQLiteFolder: Sendable {
    let path: String

    init() {
        path = FileManager.default.temporaryDirectory.appending(path: "butik-sqlite-\(UUID())").path
    }

    var database: String { path + "/shop.db" }

    static func with(_ body: (SQLiteFolder) async throws -> Void) async throws {
        let folder = SQLiteFolder()
        defer { try? FileManager.default.removeItem(atPath: folder.path) }
        try await body(folder)
    }

    /// A database with one table, `notes`, closed at the end.
    static func withNotes(_ body: (SQLiteStorage) async throws -> Void) async throws {
        try await with { folder in
            let storage = try await SQLiteStorage.open(path: folder.database)
            try await storage.write { db in
                try db.script(
                    """
                    CREATE TABLE notes (note_id INTEGER NOT NULL PRIMARY KEY, number INTEGER, body TEXT) STRICT;
                    CREATE TABLE sequences (name TEXT NOT NULL PRIMARY KEY, value INTEGER NOT NULL) STRICT;
                    INSERT INTO sequences (name, value) VALUES ('notes_ids', 0);
                    """)
            }
            do {
                try await body(storage)
                await storage.close()
            } catch {
                await storage.close()
                throw error
            }
        }
    }
}

extension Storage {
    func count(_ table: String) async throws -> Int64? {
        try await fetch("SELECT count(*) FROM \(raw: table)").first?.integer(at: 0)
    }
}

/// Runs `body` this many times at once and answers how each went, in order.
func outcomes<T: Sendable>(
    _ indexes: Range<Int>, _ body: @escaping @Sendable (Int) async throws -> T
) async -> [Result<T, any Error>] {
    await withTaskGroup(of: (Int, Result<T, any Error>).self) { group in
        for index in indexes {
            group.addTask {
                do { return (index, .success(try await body(index))) } catch { return (index, .failure(error)) }
            }
        }
        var outcomes: [(Int, Result<T, any Error>)] = []
        for await outcome in group { outcomes.append(outcome) }
        return outcomes.sorted { $0.0 < $1.0 }.map(\.1)
    }
}
