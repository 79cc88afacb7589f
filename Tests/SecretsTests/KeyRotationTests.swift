import Basics
import Foundation
import Persistence
import Secrets
import Support
import Testing

/// A new master key takes over from the old one, value by value, while others read and write.
@Suite struct KeyRotationTests {
    private static let column = SealedColumn("test_secrets", key: "secret_id", "secret")

    /// A shop's table with sealed values, as an area would have one.
    private static func with(_ count: Int64, _ body: (KeyedDatabase, Keyring) async throws -> Void) async throws {
        try await KeyedDatabase.with { database in
            let keys = try await database.keys()
            try await database.storage.write { db in
                try db.script(
                    db.dialect.translated(
                        """
                        CREATE TABLE test_secrets (
                            webshop_id BIGINT NOT NULL,
                            secret_id BIGINT NOT NULL,
                            secret TEXT,
                            PRIMARY KEY (webshop_id, secret_id)
                        );
                        """))
                let vault = try keys.vault(in: db)
                for id in 1...count { try db.run(insertion(id, try vault.seal("secret \(id)", as: column.place(id)))) }
                try db.run(
                    "INSERT INTO test_secrets (webshop_id, secret_id, secret) VALUES (1, 900000, NULL), (1, 900001, '')"
                )
            }
            try await body(database, keys)
        }
    }

    private static func insertion(_ id: Int64, _ text: String) -> SQL {
        "INSERT INTO test_secrets (webshop_id, secret_id, secret) VALUES (\(id % 3), \(id), \(text))"
    }

    private static func texts(_ database: KeyedDatabase) async throws -> [Int64: String] {
        let rows = try await database.storage.fetch("SELECT secret_id, secret FROM test_secrets WHERE secret <> ''")
        return try rows.reduce(into: [:]) { texts, row in texts[try row["secret_id"]] = try row["secret"] }
    }

    /// That each value opens with these keys and is sealed with one of them.
    private static func expectAll(
        _ count: Int64, in database: KeyedDatabase, openWith keys: Keyring, sealedBy id: String
    ) async throws {
        let texts = try await texts(database)
        #expect(texts.count == count)
        for (row, text) in texts {
            #expect(text.hasPrefix("v1.\(id)."))
            #expect(try keys.openText(text, as: column.place(row)) == "secret \(row)")
        }
    }

    @Test func `everything is sealed with the new key, and the old one is not needed any more`() async throws {
        try await Self.with(250) { database, keys in
            let old = try #require(try await database.ids("is_current = 1").first)
            let done = try await database.rotation(keys, [Self.column]).run()
            #expect(done.retired == [old] && done.current != old && done.values == 251)
            #expect(try database.lines.count == 2)
            try await Self.expectAll(250, in: database, openWith: keys, sealedBy: done.current)
            let kept = try await database.storage.fetch(
                "SELECT secret FROM test_secrets WHERE secret IS NULL OR secret = ''")
            #expect(kept.count == 2)
            // The new key alone is enough, by whatever way it is given.
            let line = try #require(try database.lines.last)
            let alone = try await database.keys(KeySource(text: line))
            try await Self.expectAll(250, in: database, openWith: alone, sealedBy: done.current)
            // The old one alone is not.
            let first = try #require(try database.lines.first)
            await #expect(throws: KeyFault.wrong("BUTIK_MASTER_KEY", needed: done.current, given: [old])) {
                try await database.keys(KeySource(text: first))
            }
        }
    }

    @Test func `a process that knows the old key only learns of the new one where it meets it`() async throws {
        try await Self.with(3) { database, keys in
            let server = try await database.keys()
            let done = try await database.rotation(keys, [Self.column]).run()
            try await Self.expectAll(3, in: database, openWith: server, sealedBy: done.current)
            let other = try await database.keys()
            let next = try await database.rotation(other, [Self.column]).run()
            let place = Self.column.place(9)
            let sealed = try await database.storage.write { try server.vault(in: $0).seal("secret", as: place) }
            #expect(sealed.hasPrefix("v1.\(next.current)."))
        }
    }

    @Test func `what was interrupted goes on, with the key it began with`() async throws {
        try await Self.with(250) { database, keys in
            try await interrupt(database.rotation(keys, [Self.column]))
            let key = try #require(try await database.ids("is_current = 1").first)
            let part = try await Self.texts(database).values.filter { $0.hasPrefix("v1.\(key).") }.count
            #expect(part > 0 && part < 250)
            // Both keys are needed until then.
            let next = try await database.keys()
            let done = try await database.rotation(next, [Self.column]).run()
            #expect(done.current == key && done.values == 250 - part + 1)
            #expect(try database.lines.count == 2)
            try await Self.expectAll(250, in: database, openWith: next, sealedBy: key)
        }
    }

    /// Ends the rotation at its first values, as a kill would.
    private func interrupt(_ rotation: KeyRotation) async throws {
        let task = Task { try await rotation.run { _ in withUnsafeCurrentTask { $0?.cancel() } } }
        await #expect(throws: CancellationError.self) { try await task.value }
    }

    @Test func `a key that was made and not used yet is the next one`() async throws {
        try await Self.with(1) { database, keys in
            let given = MasterKey.new()
            let handle = try #require(FileHandle(forWritingAtPath: database.path))
            try handle.seekToEnd()
            try handle.write(contentsOf: Data((given.text + "\n").utf8))
            try handle.close()
            #expect(try await database.rotation(keys, [Self.column]).run().current == given.id)
            #expect(try database.lines.count == 2)
            // The one before that is known, and never taken again.
            let third = try await database.rotation(keys, [Self.column]).run()
            #expect(try database.lines.count == 3)
            try await Self.expectAll(1, in: database, openWith: keys, sealedBy: third.current)
        }
    }

    @Test func `a key that was given as a text must be given its successor too`() async throws {
        try await KeyedDatabase.with { database in
            let (old, new) = (MasterKey.new(), MasterKey.new())
            let keys = try await database.keys(KeySource(text: old.text))
            await #expect(throws: KeyFault.notWritable("BUTIK_MASTER_KEY")) { try await database.rotation(keys).run() }
            #expect(try await database.ids("is_current = 1") == [old.id])
            let both = try await database.keys(KeySource(text: "\(old.text),\(new.text)"))
            #expect(try await database.rotation(both).run().current == new.id)
        }
    }

    @Test func `what is written meanwhile is kept`() async throws {
        try await Self.with(250) { database, keys in
            async let done = database.rotation(keys, [Self.column]).run()
            for id in Int64(251)...300 {
                try await database.storage.write { db in
                    let vault = try keys.vault(in: db)
                    try db.run(Self.insertion(id, try vault.seal("secret \(id)", as: Self.column.place(id))))
                    let again = try vault.seal("secret \(id - 250)", as: Self.column.place(id - 250))
                    try db.run("UPDATE test_secrets SET secret = \(again) WHERE secret_id = \(id - 250)")
                }
            }
            try await Self.expectAll(300, in: database, openWith: keys, sealedBy: done.current)
        }
    }

    @Test func `a value that does not open keeps the old key in use, and the others are sealed anew`() async throws {
        try await Self.with(5) { database, keys in
            let moved = try #require(try await Self.texts(database)[1])
            _ = try await database.storage.write {
                try $0.run("UPDATE test_secrets SET secret = \(moved) WHERE secret_id = 2")
            }
            let place = SealFault.notHere(Self.column.place(2)).description
            await #expect(throws: KeyFault.unopened([place])) { try await database.rotation(keys, [Self.column]).run() }
            #expect(try await database.ids("retired IS NULL").count == 2)
            #expect(try await Self.texts(database)[2] == moved)
            _ = try await database.storage.write { try $0.run("DELETE FROM test_secrets WHERE secret_id = 2") }
            let done = try await database.rotation(keys, [Self.column]).run()
            try await Self.expectAll(4, in: database, openWith: keys, sealedBy: done.current)
        }
    }
}
