import Persistence

extension SQLiteStorage {
    /// Reads every page and index entry and answers what is wrong with them; nothing when all is sound.
    package func check() async throws -> [String] {
        let lines = try await onReader { connection in
            try connection.rows("PRAGMA integrity_check").map { try $0["integrity_check"] as String }
        }
        return lines == ["ok"] ? [] : lines
    }

    /// Writes the database as it stands now into a file that holds nothing yet.
    package func backup(into file: String) async throws {
        let source = path
        try await OwnThread.run {
            let connection = try SQLiteConnection(path: source, role: .copier)
            try connection.run("VACUUM INTO \(file)")
        }
    }

    /// Opens a database for as long as `body` takes.
    package static func with<T>(
        path: String, readOnly: Bool = false, _ body: (SQLiteStorage) async throws -> T
    ) async throws -> T {
        let storage = try await open(path: path, readOnly: readOnly)
        do {
            let value = try await body(storage)
            await storage.close()
            return value
        } catch {
            await storage.close()
            throw error
        }
    }
}
