import ButikFiles
import Persistence
import Support
import Testing

/// Migrations run once, in order, and never differ from what ran before.
@Suite struct MigratorTests {
    private static let first = (name: "0001_first", text: "CREATE TABLE first (id BIGINT NOT NULL PRIMARY KEY);\n")
    private static let second = (name: "0002_second", text: "CREATE TABLE second (id BIGINT NOT NULL PRIMARY KEY);\n")

    @Test func `migrating twice changes nothing`() async throws {
        let storage = try await Engine.emptyDatabase().storage
        let migrator = Migrator(files: try ButikFiles.migrationFiles(), dialect: storage.dialect)
        let other = Dialect.allCases.first { $0 != storage.dialect }?.rawValue ?? ""
        let names = try ButikFiles.migrationFiles().filter { !$0.name.hasSuffix(".\(other)") }.map {
            $0.name.prefix { $0 != "." }
        }
        #expect(try await migrator.migrate(storage) == Set(names.map(String.init)).sorted())
        let before = try await storage.read { try $0.describe() }
        #expect(try await migrator.migrate(storage) == [])
        #expect(try await storage.read { try $0.describe() } == before)
        try await migrator.check(storage)
        await storage.close()
    }

    @Test func `an empty database lacks everything`() async throws {
        let storage = try await Engine.emptyDatabase().storage
        let migrator = Migrator(files: [Self.second, Self.first], dialect: storage.dialect)
        await #expect(throws: Migrator.Problem.pending(["0001_first", "0002_second"])) {
            try await migrator.check(storage)
        }
        await storage.close()
    }

    @Test func `a pending, an edited and an unknown migration are refused`() async throws {
        let storage = try await Engine.emptyDatabase().storage
        let dialect = storage.dialect
        let known = Migrator(files: [Self.first], dialect: dialect)
        #expect(try await known.migrate(storage) == ["0001_first"])

        let newer = Migrator(files: [Self.first, Self.second], dialect: dialect)
        await #expect(throws: Migrator.Problem.pending(["0002_second"])) { try await newer.check(storage) }
        #expect(try await newer.migrate(storage) == ["0002_second"])
        await #expect(throws: Migrator.Problem.unknown("0002_second")) { try await known.check(storage) }
        await #expect(throws: Migrator.Problem.unknown("0002_second")) { try await known.migrate(storage) }

        let edited = Migrator(
            files: [(Self.first.name, Self.first.text + "SELECT 1;\n"), Self.second], dialect: dialect)
        await #expect(throws: Migrator.Problem.edited("0001_first")) { try await edited.check(storage) }
        await #expect(throws: Migrator.Problem.edited("0001_first")) { try await edited.migrate(storage) }
        await storage.close()
    }

    @Test func `a migration that fails leaves nothing behind`() async throws {
        let storage = try await Engine.emptyDatabase().storage
        let broken = Migrator(
            files: [Self.first, (Self.second.name, "CREATE TABLE first (id BIGINT);\n")], dialect: storage.dialect)
        await #expect(throws: StorageError.self) { try await broken.migrate(storage) }
        #expect(try await storage.read { try $0.describe().tables } == [])
        await storage.close()
    }

    @Test func `two that migrate at once migrate once`() async throws {
        let (url, storage) = try await Engine.emptyDatabase()
        let other = storage.dialect == .postgres ? try await Engine.open(url) : storage
        let files = try ButikFiles.migrationFiles()
        let applied = try await together(2) { index in
            let target = index == 0 ? storage : other
            return try await Migrator(files: files, dialect: target.dialect).migrate(target)
        }
        #expect(applied.filter(\.isEmpty).count == 1)
        try await Migrator(files: files, dialect: storage.dialect).check(storage)
        await other.close()
        await storage.close()
    }

    @Test func `a file for one engine stands in on that engine only`() async throws {
        let storage = try await Engine.emptyDatabase().storage
        let files = Dialect.allCases.map { dialect in
            (name: "0001_first.\(dialect.rawValue)", text: "CREATE TABLE only_\(dialect.rawValue) (id BIGINT);\n")
        }
        #expect(try await Migrator(files: files, dialect: storage.dialect).migrate(storage) == ["0001_first"])
        let tables = try await storage.read { try $0.describe().tables.map(\.name) }
        #expect(tables == ["only_\(storage.dialect.rawValue)", "schema_migrations"].sorted())
        await storage.close()
    }
}
