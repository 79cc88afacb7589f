import Basics
import ButikFiles
import Persistence
import Support
import Testing

/// What waited before there was one queue waits in it after the upgrade.
@Suite struct QueueMigrationTests {
    @Test func `pictures, imports and products of search that waited go on after the upgrade`() async throws {
        let storage = try await Engine.emptyDatabase().storage
        let files = try ButikFiles.migrationFiles()
        let before = Migrator(files: files.filter { $0.name < "0025" }, dialect: storage.dialect)
        _ = try await before.migrate(storage)
        try await storage.write { db in
            try db.run(
                "INSERT INTO image_fetches (webshop_id, image_id, attempts, next_attempt, host) VALUES (1, 7, 2, 99, 'h')"
            )
            for (id, status, attempts) in [(1, "queued", 0), (2, "running", 1), (3, "failed", 3), (4, "failed", 1)] {
                try db.run(
                    """
                    INSERT INTO import_jobs (webshop_id, import_id, format, status, is_dry_run, is_strict, bytes, done,
                    created_count, updated_count, unchanged_count, refused_count, failed_count, worker, leased_until,
                    attempts, version, created, last_modified) VALUES (1, \(Int64(id)), 'butik-csv', \(status), 0, 0, 1, 0, 0,
                    0, 0, 0, 0, 'gone', 5, \(Int64(attempts)), 1, 10, 10)
                    """)
            }
            for product in 1...3 as ClosedRange<Int64> {
                try db.run("INSERT INTO search_stale (webshop_id, product_id) VALUES (2, \(product))")
            }
        }
        let applied = try await Migrator(files: files, dialect: storage.dialect).migrate(storage)
        #expect(applied.contains("0025_queue"))
        let rows = try await storage.fetch(
            "SELECT webshop_id, kind, subject, lane, due, attempts, worker FROM queue ORDER BY kind, subject")
        #expect(
            rows.map(\.values) == [
                [.integer(1), .text("fetch images"), .integer(7), .text("h"), .integer(99), .integer(2), .null],
                [.integer(1), .text("import"), .integer(1), .text(""), .integer(10), .integer(0), .null],
                [.integer(1), .text("import"), .integer(2), .text(""), .integer(10), .integer(1), .null],
                [.integer(2), .text("index products"), .integer(0), .text(""), .integer(0), .integer(0), .null],
            ])
        let aside = try await storage.fetch("SELECT import_id FROM import_jobs WHERE is_set_aside = 1")
        #expect(aside.map { $0.integer(at: 0) } == [3])
        await storage.close()
    }
}
