import Commerce
import Persistence
import Resources
import Support
import Testing

/// What the planner learns from a load: when the shop has just been filled, and not at a client's wish.
@Suite struct StatisticsTests {
    /// How many rows of a table the planner knows of.
    private static func known(_ server: TestServer) async throws -> Int64 {
        switch server.storage.dialect {
        case .postgres:
            let rows = try await server.storage.fetch(
                "SELECT reltuples::bigint FROM pg_class WHERE relname = 'products'")
            return rows.first?.integer(at: 0) ?? 0
        case .sqlite:
            guard try await server.storage.fetch("SELECT 1 FROM sqlite_schema WHERE name = 'sqlite_stat1'").first != nil
            else { return -1 }
            let rows = try await server.storage.fetch("SELECT stat FROM sqlite_stat1 WHERE tbl = 'products' LIMIT 1")
            return rows.first?.text(at: 0)?.split(separator: " ").first.flatMap { Int64($0) } ?? -1
        }
    }

    private static func file(_ name: String, _ count: Int) -> String {
        "own_id,name,price\n" + (1...count).map { "\(name)\($0),Shirt \($0),100\n" }.joined()
    }

    @Test func `a load into an empty shop teaches the planner, and the same file again does not`() async throws {
        let server = try await TestServer()
        let shop = try await TestShop.open(on: server)
        #expect(try await Self.known(server) < 100)
        let report = try await shop.importing(Self.file("a", 600), as: .butikCSV)
        #expect(report.created == 600)
        let known = try await Self.known(server)
        // It is looked at in part, so it is about so many.
        #expect((100...1000).contains(known), "\(known)")
        let before = server.storage.statements
        #expect(try await shop.importing(Self.file("a", 600), as: .butikCSV).unchanged == 600)
        let again = server.storage.statements - before
        #expect(try await Self.known(server) == known)
        // Nor is it asked for by statement: a page that changes nothing is a few dozen.
        #expect(again < 200, "\(again)")
        await server.stop()
    }
}
