import Basics
import ButikFiles
import Foundation
import Persistence
import Secrets
import Support

/// A migrated database of a test's own, and a data folder whose key file it is opened with.
struct KeyedDatabase: Sendable {
    let storage: any Storage
    let url: String
    let path: String

    static let now = Instant(seconds: 1_772_366_400)

    static func with(_ body: (KeyedDatabase) async throws -> Void) async throws {
        let (url, storage) = try await Engine.emptyDatabase()
        _ = try await Migrator(files: try ButikFiles.migrationFiles(), dialect: storage.dialect).migrate(storage)
        let database = KeyedDatabase(storage: storage, url: url, path: folder() + "/master.key")
        do {
            try await body(database)
            await storage.close()
        } catch {
            await storage.close()
            throw error
        }
    }

    static func folder() -> String {
        FileManager.default.temporaryDirectory.appending(path: "butik-keys-\(UUID())").path
    }

    var source: KeySource { .made(path) }

    /// As one more process would have them.
    func keys(_ source: KeySource? = nil) async throws -> Keyring {
        try await Keyring.open(source ?? self.source, for: storage, at: Self.now)
    }

    func rotation(_ keys: Keyring, _ columns: [SealedColumn] = []) -> KeyRotation {
        KeyRotation(keys, storage, columns) { Self.now }
    }

    /// What the key file says.
    var lines: [String] {
        get throws { try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").map(String.init) }
    }

    func ids(_ condition: SQL) async throws -> [String] {
        try await storage.fetch("SELECT key_id FROM master_keys WHERE \(condition) ORDER BY key_id").map {
            try $0["key_id"]
        }
    }
}
