import Persistence
import StorageSQLite
import Testing

@Suite struct SQLiteSchemaTests {
    @Test func tablesAreDescribedInPortableWords() async throws {
        try await SQLiteFolder.with { folder in
            let storage = try await SQLiteStorage.open(path: folder.database)
            let text = """
                CREATE SEQUENCE brands_ids;
                CREATE TABLE brands (
                    webshop_id BIGINT NOT NULL,
                    brand_id BIGINT NOT NULL,
                    own_id TEXT,
                    online SMALLINT NOT NULL,
                    code TEXT UNIQUE,
                    PRIMARY KEY (webshop_id, brand_id)
                );
                CREATE UNIQUE INDEX brands_own_id_key ON brands (webshop_id, own_id);
                CREATE INDEX brands_name_idx ON brands (webshop_id, lower(own_id || ',)') DESC, coalesce(code, 'a'));
                CREATE INDEX brands_a_idx ON brands (code DESC) WHERE code IS NOT NULL;
                CREATE TABLE a_first (id BIGINT NOT NULL PRIMARY KEY);
                """
            let migrator = Migrator(files: [(name: "0001_brands", text: text)], dialect: .sqlite)
            #expect(try await migrator.migrate(storage) == ["0001_brands"])
            #expect(try await migrator.migrate(storage) == [])
            try await migrator.check(storage)
            #expect(try await storage.write { try $0.newID("brands_ids") } == 1)

            let schema = try await storage.read { try $0.describe() }
            #expect(schema.tables.map(\.name) == ["a_first", "brands", "schema_migrations"])
            let brands = try #require(schema.tables.first { $0.name == "brands" })
            #expect(brands.primaryKey == ["webshop_id", "brand_id"])
            #expect(
                brands.columns == [
                    .init(name: "webshop_id", type: "BIGINT", isNullable: false),
                    .init(name: "brand_id", type: "BIGINT", isNullable: false),
                    .init(name: "own_id", type: "TEXT", isNullable: true),
                    .init(name: "online", type: "BIGINT", isNullable: false),
                    .init(name: "code", type: "TEXT", isNullable: true),
                ])
            #expect(
                brands.indexes == [
                    .init(name: "brands_a_idx", columns: ["code"], isUnique: false),
                    .init(name: "brands_code_key", columns: ["code"], isUnique: true),
                    .init(
                        name: "brands_name_idx",
                        columns: ["webshop_id", "lower(own_id || ',)')", "coalesce(code, 'a')"], isUnique: false),
                    .init(name: "brands_own_id_key", columns: ["webshop_id", "own_id"], isUnique: true),
                ])
            await storage.close()
        }
    }

    @Test func aFailedMigrationLeavesNothing() async throws {
        try await SQLiteFolder.with { folder in
            let storage = try await SQLiteStorage.open(path: folder.database)
            let files = [
                (name: "0001_a", text: "CREATE TABLE a (id BIGINT);"), (name: "0002_b", text: "CREATE TABBLE b;"),
            ]
            await #expect(throws: StorageError.self) {
                try await Migrator(files: files, dialect: .sqlite).migrate(storage)
            }
            #expect(try await storage.read { try $0.describe() }.tables.isEmpty)
            await storage.close()
        }
    }
}
