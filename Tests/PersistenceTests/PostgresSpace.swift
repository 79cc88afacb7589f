import Foundation
import Persistence
import StoragePostgres

/// A schema of its own for one test, in the database that `TEST_POSTGRES` names; dropped at the end.
enum PostgresSpace {
    static let url = ProcessInfo.processInfo.environment["BUTIK_TEST_POSTGRES"]

    /// A storage that sees one table, `notes`, and one sequence.
    static func withNotes(
        poolSize: Int = 4, patience: Duration = .seconds(5), _ body: (PostgresStorage) async throws -> Void
    ) async throws {
        guard let url else { return }
        let name = "space_\(UInt32.random(in: 0 ... .max))"
        let outer = try await PostgresStorage.open(url: url, poolSize: 1, readers: 1, allowsUnsafe: true)
        try await outer.write { try $0.script("CREATE SCHEMA \(name)") }
        let result = await Result {
            let inner = try await PostgresStorage.open(
                url: inside(name, url), poolSize: poolSize, readers: 1, patience: patience, allowsUnsafe: true)
            let result = await Result {
                try await inner.write { try $0.script(tables) }
                try await body(inner)
            }
            await inner.close()
            try result.get()
        }
        try await outer.write { try $0.script("DROP SCHEMA \(name) CASCADE") }
        await outer.close()
        try result.get()
    }

    /// A second storage on the tables of one, as another process would open it.
    static func withAnother(in schema: String, _ body: (PostgresStorage) async throws -> Void) async throws {
        let storage = try await PostgresStorage.open(
            url: inside(schema, url ?? ""), poolSize: 2, readers: 1, allowsUnsafe: true)
        let result = await Result { try await body(storage) }
        await storage.close()
        try result.get()
    }

    private static let tables = """
        CREATE TABLE notes (note_id BIGINT NOT NULL PRIMARY KEY, number BIGINT CHECK (number > -100), small SMALLINT,
            body TEXT, parent_id BIGINT REFERENCES notes, code TEXT NOT NULL DEFAULT 'none');
        CREATE SEQUENCE notes_seq;
        """

    private static func inside(_ schema: String, _ url: String) -> String {
        if !url.contains("://") { return "\(url) options='-c search_path=\(schema)'" }
        return "\(url)\(url.contains("?") ? "&" : "?")options=-c%20search_path%3D\(schema)"
    }
}

extension Result where Failure == any Error {
    fileprivate init(_ body: () async throws -> Success) async {
        do { self = .success(try await body()) } catch { self = .failure(error) }
    }
}
