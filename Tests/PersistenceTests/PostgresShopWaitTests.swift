import Persistence
import StoragePostgres
import Support
import Synchronization
import Testing

/// How long a write waits for its shop, which another process has to itself.
@Suite(.enabled(if: PostgresSpace.url != nil)) struct PostgresShopWaitTests {
    @Test func `an order waits for another process's batch of two seconds, without losing its place`() async throws {
        try await PostgresSpace.withNotes { storage in
            let shop = Requester.shop(.random(in: 1...1 << 30))
            let schema = try await storage.fetch("SELECT current_schema()").first?.text(at: 0) ?? ""
            try await PostgresSpace.withAnother(in: schema) { other in
                let isHeld = Atomic(false)
                async let batch = storage.write(for: shop, alone: true) { db in
                    try db.run("INSERT INTO notes (note_id, number) VALUES (1, 1)")
                    isHeld.store(true, ordering: .relaxed)
                    _ = try db.rows("SELECT CAST(pg_sleep(2) AS TEXT)")
                    _ = try db.run("UPDATE notes SET number = 2 WHERE note_id = 1")
                }
                while !isHeld.load(ordering: .relaxed) { await Task.yield() }
                let seen = try await other.write(for: shop) { db in
                    // Rows are waited for no longer than ever.
                    let patience = try db.row("SELECT current_setting('lock_timeout')")?.text(at: 0)
                    return (try db.row("SELECT number FROM notes WHERE note_id = 1")?.integer(at: 0), patience)
                }
                try await batch
                #expect(seen.0 == 2)
                #expect(seen.1 == "1500ms")
                #expect(other.lossCount == 0)
            }
        }
    }
}
