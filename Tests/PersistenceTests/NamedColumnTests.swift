import Basics
import Persistence
import Support
import Testing

@Suite struct NamedColumnTests {
    private static func withStorage(_ body: (any Storage) async throws -> Void) async throws {
        let (_, storage) = try await Engine.emptyDatabase()
        try await storage.write { db in
            try db.script("CREATE TABLE shelves (shelf_id BIGINT NOT NULL PRIMARY KEY, name TEXT, is_full SMALLINT)")
            try db.run("INSERT INTO shelves (shelf_id, name, is_full) VALUES (1, 'upper', 1), (2, NULL, 7)")
        }
        do { try await body(storage) } catch {
            await storage.close()
            throw error
        }
        await storage.close()
    }

    private static func fault(_ read: () throws -> Void) throws -> UnreadableColumn {
        try #require(throws: UnreadableColumn.self, performing: read)
    }

    @Test func `A column is read by the name it was selected as, wherever it stands`() async throws {
        try await Self.withStorage { storage in
            for columns in ["shelf_id, name, is_full, 3 AS deep", "3 AS deep, s.is_full, s.name, s.shelf_id"] {
                let statement: SQL = "SELECT \(raw: columns) FROM shelves s ORDER BY s.shelf_id"
                let pipelined = try await storage.fetch(statement)
                let inside = try await storage.read { db in try db.rows(statement) }
                for rows in [pipelined, inside] {
                    let row = try #require(rows.first)
                    #expect(try row["shelf_id"] == Int64(1))
                    #expect(try row["shelf_id"] == Int64?(1))
                    #expect(try row["name"] == "upper")
                    #expect(try row["is_full"] == true)
                    #expect(try row["deep"] == Int(3))
                    #expect(try row["deep"] == Instant(milliseconds: 3))
                    #expect(try row["deep"] == SQLValue.integer(3))
                    let second = try #require(rows.last)
                    #expect(try second["name"] == String?.none)
                    #expect(try second["name"] == Int64?.none)
                }
            }
        }
    }

    @Test func `What is missing, null or of another kind is an error with the table and its columns`() async throws {
        try await Self.withStorage { storage in
            let rows = try await storage.fetch("SELECT shelf_id, name, is_full FROM shelves ORDER BY shelf_id")
            let (upper, lower) = (try #require(rows.first), try #require(rows.last))
            let missing = try Self.fault { _ = try upper["shelf"] as Int64? }
            #expect(missing.fault == .missing)
            #expect(missing.column == "shelf")
            #expect(missing.columns == ["shelf_id", "name", "is_full"])
            #expect(missing.description.contains("FROM shelves"))
            #expect(try Self.fault { _ = try lower["name"] as String }.fault == .null)
            #expect(try Self.fault { _ = try lower["name"] as Int64 }.fault == .null)
            #expect(try Self.fault { _ = try upper["name"] as Int64 }.fault == .notInteger)
            #expect(try Self.fault { _ = try upper["name"] as Int64? }.fault == .notInteger)
            #expect(try Self.fault { _ = try upper["shelf_id"] as String }.fault == .notText)
            #expect(try Self.fault { _ = try upper["shelf_id"] as String? }.fault == .notText)
            #expect(try Self.fault { _ = try lower["is_full"] as Bool }.fault == .notFlag)
        }
    }

    @Test func `Of two columns with one name neither is taken for the other`() async throws {
        try await Self.withStorage { storage in
            let rows = try await storage.fetch(
                "SELECT a.shelf_id, b.shelf_id, a.name FROM shelves a CROSS JOIN shelves b WHERE a.shelf_id = 1")
            let row = try #require(rows.first)
            #expect(try Self.fault { _ = try row["shelf_id"] as Int64 }.fault == .missing)
            #expect(try row["name"] == "upper")
        }
    }

    @Test func `Answers put together, cut or shared keep the names of their columns`() async throws {
        try await Self.withStorage { storage in
            let statement: SQL = "SELECT shelf_id, name FROM shelves ORDER BY shelf_id"
            let answers = try await storage.fetch([statement, statement])
            var rows = Rows(width: 2)
            for answer in answers { rows.append(answer) }
            #expect(try rows.part(2..<4).map { try $0["shelf_id"] as Int64 } == [1, 2])
            rows.keep(first: 1)
            #expect(try rows.map { try $0["name"] as String? } == ["upper"])
            let (first, second) = (try #require(answers.first?.columns), try #require(answers.last?.columns))
            #expect(first === second)
        }
    }
}
