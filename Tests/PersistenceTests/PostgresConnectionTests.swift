import Foundation
import Persistence
import StoragePostgres
import Testing

@Suite(.enabled(if: PostgresSpace.url != nil)) struct PostgresConnectionTests {
    @Test func aConnectionThatDiedIdleIsReplacedUnseen() async throws {
        try await PostgresSpace.withNotes(poolSize: 1) { storage in
            let pids = [
                try await storage.fetch("SELECT pg_backend_pid()"),
                try await storage.write { try $0.rows("SELECT pg_backend_pid()") },
            ].compactMap { $0.first?.integer(at: 0) }
            #expect(pids.count == 2)
            let outer = try await PostgresStorage.open(url: PostgresSpace.url ?? "", poolSize: 1, allowsUnsafe: true)
            for pid in pids { _ = try await outer.read { try $0.rows("SELECT pg_terminate_backend(\(pid)::int)") } }
            await outer.close()
            #expect(try await storage.fetch("SELECT 1").first?.integer(at: 0) == 1)
            #expect(try await storage.write { try $0.run("INSERT INTO notes (note_id) VALUES (1)") } == 1)
        }
    }

    @Test func aConnectionThatDiesInTheBodyIsReported() async throws {
        try await PostgresSpace.withNotes(poolSize: 1) { storage in
            let error = await #expect(throws: StorageError.self) {
                try await storage.write { db in
                    try db.run("INSERT INTO notes (note_id) VALUES (1)")
                    _ = try db.rows("SELECT pg_terminate_backend(pg_backend_pid())")
                }
            }
            #expect("\(String(describing: error))".contains("unavailable"))
            let count = try await storage.count("notes")
            #expect(count == 0)
        }
    }

    @Test func whoWaitsTooLongForAConnectionIsToldSo() async throws {
        try await PostgresSpace.withNotes(poolSize: 1, patience: .milliseconds(100)) { storage in
            let results = await outcomes(0..<2) { _ in
                try await storage.write { db in
                    _ = try db.rows("SELECT 1")
                    Thread.sleep(forTimeInterval: 0.4)
                }
            }
            let errors = results.compactMap { result -> StorageError? in
                if case .failure(let error) = result { error as? StorageError } else { nil }
            }
            #expect(errors == [.busy("no database connection was free in time")])
        }
    }

    @Test func aClosedStorageRefuses() async throws {
        try await PostgresSpace.withNotes { storage in
            await storage.close()
            await #expect(throws: StorageError.self) { try await storage.fetch("SELECT 1") }
            await #expect(throws: StorageError.self) { try await storage.read { _ in } }
            await storage.close()
        }
    }

    @Test func statementsAreCounted() async throws {
        try await PostgresSpace.withNotes { storage in
            let before = storage.statementCount
            _ = try await storage.fetch(["SELECT 1", "SELECT 2"])
            try await storage.write { db in
                _ = try db.newID("notes_seq")
                try db.savepoint { _ = try db.run("UPDATE notes SET number = 1") }
            }
            #expect(storage.statementCount - before == 3)
        }
    }

    @Test func tablesAreDescribed() async throws {
        try await PostgresSpace.withNotes { storage in
            let schema = try await storage.write { db in
                try db.script(
                    """
                    DROP TABLE notes;
                    CREATE TABLE brands (name TEXT, webshop_id BIGINT NOT NULL, flag SMALLINT NOT NULL,
                        PRIMARY KEY (webshop_id, flag));
                    CREATE UNIQUE INDEX brands_name_key ON brands (webshop_id, lower(name)) WHERE flag = 1;
                    CREATE INDEX brands_flag_idx ON brands (flag DESC, name);
                    """)
                return try db.describe()
            }
            let brands = StoredSchema.Table(
                name: "brands",
                columns: [
                    StoredSchema.Column(name: "name", type: "TEXT", isNullable: true),
                    StoredSchema.Column(name: "webshop_id", type: "BIGINT", isNullable: false),
                    StoredSchema.Column(name: "flag", type: "SMALLINT", isNullable: false),
                ],
                primaryKey: ["webshop_id", "flag"],
                indexes: [
                    StoredSchema.Index(name: "brands_flag_idx", columns: ["flag", "name"], isUnique: false),
                    StoredSchema.Index(
                        name: "brands_name_key", columns: ["webshop_id", "lower(name)"], isUnique: true),
                ])
            #expect(schema.tables == [brands])
        }
    }
}
