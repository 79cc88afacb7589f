import Foundation
import Persistence
import Secrets
import Support
import Testing

/// A database knows which master key it is sealed with, and opens with no other.
@Suite struct KeyringTests {
    private static let place = SealedPlace("webhooks", 7, "secret")

    @Test func `a new database gets a key of its own, in a file that nobody else can read`() async throws {
        try await KeyedDatabase.with { database in
            let keys = try await database.keys()
            let sealed = try await database.storage.write { try keys.vault(in: $0).seal("secret", as: Self.place) }
            let attributes = try FileManager.default.attributesOfItem(atPath: database.path)
            #expect(attributes[.posixPermissions] as? Int == 0o600)
            let lines = try database.lines
            #expect(lines.count == 1 && lines[0].count == 64)
            let folder = (database.path as NSString).deletingLastPathComponent
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["master.key"])
            // Whoever opens it then has the same key, and makes none.
            let again = try await database.keys()
            #expect(try again.openText(sealed, as: Self.place) == "secret")
            #expect(try database.lines == lines)
            // Nothing of the key is in the database.
            let rows = try await database.storage.fetch("SELECT key_id, canary, pepper FROM master_keys")
            #expect(rows.count == 1 && !"\(rows.map(\.values))".contains(lines[0]))
        }
    }

    @Test func `processes that start at once agree on one key`() async throws {
        try await KeyedDatabase.with { database in
            let keys = try await together(8) { _ in try await database.keys() }
            #expect(try database.lines.count == 1)
            #expect(try await database.ids("is_current = 1").count == 1)
            for each in keys {
                let sealed = try await database.storage.write { try each.vault(in: $0).seal("secret", as: Self.place) }
                for other in keys { #expect(try other.openText(sealed, as: Self.place) == "secret") }
            }
        }
    }

    @Test func `a key file that is there is taken and left as it is`() async throws {
        try await KeyedDatabase.with { database in
            let key = MasterKey.new()
            let folder = (database.path as NSString).deletingLastPathComponent
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            let bytes = Data(key.text.utf8)
            #expect(
                FileManager.default.createFile(
                    atPath: database.path, contents: bytes, attributes: [.posixPermissions: 0o600]))
            _ = try await database.keys()
            #expect(try await database.ids("is_current = 1") == [key.id])
            #expect(FileManager.default.contents(atPath: database.path) == bytes)
        }
    }

    @Test func `another key than the database's is refused, naming both`() async throws {
        try await KeyedDatabase.with { database in
            let key = MasterKey.new()
            _ = try await database.keys(KeySource(text: key.text))
            let other = MasterKey.new()
            let fault = await #expect(
                throws: KeyFault.wrong("BUTIK_MASTER_KEY", needed: key.id, given: [other.id])
            ) { try await database.keys(KeySource(text: other.text)) }
            #expect("\(try #require(fault))".contains("\(key.id), but BUTIK_MASTER_KEY holds \(other.id)"))
            // Beside the right one it may stand.
            _ = try await database.keys(KeySource(text: "\(other.text),\(key.text)"))
            #expect(try await database.ids("is_current = 1") == [key.id])
        }
    }

    @Test func `a database that has a key is never given another one`() async throws {
        try await KeyedDatabase.with { database in
            _ = try await database.keys()
            let id = try #require(try await database.ids("is_current = 1").first)
            try FileManager.default.removeItem(atPath: database.path)
            let fault = await #expect(throws: KeyFault.gone(database.path, needed: id)) { try await database.keys() }
            #expect("\(try #require(fault))".contains("put the file back"))
            #expect(!FileManager.default.fileExists(atPath: database.path))
        }
    }

    @Test func `a named key file is never made`() async throws {
        try await KeyedDatabase.with { database in
            await #expect(throws: KeyFault.missing(database.path)) { try await database.keys(.file(database.path)) }
            #expect(!FileManager.default.fileExists(atPath: database.path))
            let ids = try await database.ids("1 = 1")
            #expect(ids.isEmpty)
        }
    }

    @Test func `a canary that was changed stops the start`() async throws {
        try await KeyedDatabase.with { database in
            _ = try await database.keys()
            _ = try await database.storage.write { try $0.run("UPDATE master_keys SET canary = pepper") }
            await #expect(throws: SealFault.self) { try await database.keys() }
        }
    }
}
