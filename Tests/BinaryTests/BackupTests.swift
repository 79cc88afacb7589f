import Foundation
import Persistence
import Resources
import Support
import Testing

/// A backup is only one if it can be put back.
@Suite struct BackupTests {
    @Test func `a backup beside a running server gives the same rows in an empty place`() async throws {
        let binary = try await Binary.fresh()
        let (serving, client, product) = try await binary.openShop { try await binary.serve() }
        _ = try await together(8) { _ in try await client.post("order", ["products": [TestShop.line(product, 3)]]) }
        let file = Binary.folder() + ".backup"
        // It is taken while orders come in, so it holds some of them and adds up.
        async let storm = together(80) { _ in
            try await client.post("order", ["products": [TestShop.line(product)]]).status
        }
        try await binary.succeed("backup", file)
        #expect(try await storm == [Int](repeating: 200, count: 80))
        // Reading the feed gives every event its place; on Postgres a job would do it a moment after the backup.
        #expect(try await client.get("event?limit=1").status == 200)
        let quiet = Binary.folder() + ".backup"
        try await binary.succeed("backup", quiet)
        #expect(try await serving.stop() == 0)

        for backup in [file, quiet] {
            let place = try await Binary.fresh(keyOf: binary)
            try await place.succeed("restore", backup, "--yes")
            #expect(try await place.succeed("doctor").hasPrefix("All "))
            let restored = try await place.rows
            #expect((8...88).contains(restored["orders"]?.count ?? 0))
            if backup == quiet {
                let original = try await binary.rows
                for (table, rows) in original { #expect(restored[table] == rows, "\(table)") }
                #expect(restored.count == original.count)
            }
            let again = try await place.serve()
            #expect(try await Client(token: client.token, port: again.port).get("product/\(product)").status == 200)
            #expect(try await again.stop() == 0)
        }
    }

    @Test func `a restore puts the old rows in the place of the new`() async throws {
        let binary = try await Binary.filled()
        let before = try await binary.rows
        let file = Binary.folder() + ".backup"
        try await binary.succeed("backup", file)
        try await binary.succeed("shop", "create", "Newer")
        let asked = try await binary.run("restore", file)
        #expect(asked.status == 1)
        #expect(asked.lastLine.hasSuffix("nothing was done; --yes answers for you"))
        #expect(try await binary.rows != before)
        try await binary.succeed("restore", file, "--yes")
        #expect(try await binary.rows == before)
    }

    @Test func `a damaged backup is refused and nothing is touched`() async throws {
        let binary = try await Binary.filled()
        let file = Binary.folder() + ".backup"
        try await binary.succeed("backup", file)
        let before = try await binary.rows
        var bytes = try Data(contentsOf: URL(fileURLWithPath: file))
        let whole = bytes.count
        let torn = Binary.folder() + ".backup"
        try bytes.prefix(whole / 2).write(to: URL(fileURLWithPath: torn))
        // A stretch in the middle, away from the head that names the kind of file.
        for index in whole / 3..<whole / 3 + 4096 { bytes[index] = 0xA5 }
        let scratched = Binary.folder() + ".backup"
        try bytes.write(to: URL(fileURLWithPath: scratched))
        let strange = Binary.folder() + ".backup"
        try Data("not a backup at all".utf8).write(to: URL(fileURLWithPath: strange))
        for damaged in [torn, scratched, strange, "/nowhere/none.backup"] {
            let ended = try await binary.run("restore", damaged, "--yes")
            #expect(ended.status == 1, "\(damaged): \(ended.output)")
            #expect(ended.lastLine.hasPrefix("butik: "), "\(ended.error)")
        }
        #expect(try await binary.rows == before)
    }

    @Test func `a backup never overwrites, and needs something to copy`() async throws {
        let binary = try await Binary.filled()
        let file = Binary.folder() + ".backup"
        try await binary.succeed("backup", file)
        let first = try Data(contentsOf: URL(fileURLWithPath: file))
        #expect(try await binary.run("backup", file).status == 1)
        #expect(try Data(contentsOf: URL(fileURLWithPath: file)) == first)
        let nowhere = binary.with(database: "sqlite:" + Binary.folder() + "/none.db")
        #expect(try await nowhere.run("backup", Binary.folder() + ".backup").status == 1)
    }

    @Test func `a database that does not add up is told of, and backed up and restored all the same`() async throws {
        let binary = try await Binary.filled(on: .sqlite)
        for isOlder in [false, true] {
            let storage = try await Engine.open(binary.database)
            try await storage.write { db in
                _ = try db.run("UPDATE stock_levels SET count = count + 1")
                // An older butik has other tables, which nobody here can examine.
                if isOlder { _ = try db.run("DELETE FROM schema_migrations WHERE name LIKE '0014%'") }
            }
            await storage.close()
            let file = Binary.folder() + ".backup"
            let ended = try await binary.run("backup", file)
            #expect(ended.status == 0 && ended.error.contains("does not add up") == !isOlder, "\(ended.error)")
            let place = try await Binary.fresh(migrated: false, on: .sqlite)
            try await place.succeed("restore", file, "--yes")
            #expect(try await place.rows == binary.rows)
        }
    }
}
