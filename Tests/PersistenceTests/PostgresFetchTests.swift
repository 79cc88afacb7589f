import Persistence
import StoragePostgres
import Testing

@Suite(.enabled(if: PostgresSpace.url != nil)) struct PostgresFetchTests {
    @Test func everyValueComesBackAsItWent() async throws {
        try await PostgresSpace.withNotes { storage in
            let long = String(repeating: "æøå😀", count: 90_000)
            let records: [[SQLValue]] = [
                [.integer(.min), .integer(-32_768), .text("æøå")],
                [.integer(.max), .integer(32_767), .text("")],
                [.null, .null, .null],
                [.integer(0), .null, .text(long)],
            ]
            for values in records {
                let answer = try await storage.fetch(
                    "SELECT \(values[0])::bigint, \(values[1])::smallint, \(values[2])")
                #expect(answer.first?.values == values)
            }
        }
    }

    @Test func sumsAreIntegersAndFractionsAreRefused() async throws {
        try await PostgresSpace.withNotes { storage in
            let sums = try await storage.fetch(
                """
                SELECT sum(n), count(*), 0::numeric, -10000::numeric, 9223372036854775807::numeric
                FROM (VALUES (2::bigint), (3)) AS v (n)
                """)
            #expect(sums.first?.values == [.integer(5), .integer(2), .integer(0), .integer(-10_000), .integer(.max)])
            for text in ["1.5", "9223372036854775808", "'NaN'::numeric"] {
                await #expect(throws: StorageError.self) { try await storage.fetch("SELECT \(raw: text)::numeric") }
            }
            await #expect(
                throws: StorageError.statement("column at is of type timestamptz, which butik does not read")
            ) {
                try await storage.fetch("SELECT now() AS at")
            }
        }
    }

    @Test func nobodyGetsAnothersAnswer() async throws {
        try await PostgresSpace.withNotes { storage in
            let answers = await outcomes(0..<2_000) { index in
                let sql: [SQL] =
                    switch index % 10 {
                    case 3: ["SELECT \(index)", "SELECT 1 / (\(index) - \(index))"]
                    case 5: ["SELECT nosuch FROM notes"]
                    default: ["SELECT \(index)", "SELECT \(String(index))"]
                    }
                return try await storage.fetch(sql).map { $0.first?.values ?? [] }
            }
            for (index, answer) in answers.enumerated() {
                switch (index % 10, answer) {
                case (3, .failure(let error)): #expect(error as? StorageError == .statement("division by zero (22012)"))
                case (5, .failure(let error)):
                    #expect(error as? StorageError == .statement("column \"nosuch\" does not exist (42703)"))
                case (_, .failure(let error)): Issue.record(error)
                case (_, .success(let rows)):
                    #expect(rows == [[.integer(Int64(index))], [.text(String(index))]])
                }
            }
        }
    }

    @Test func aNewColumnOutdatesNoReader() async throws {
        try await PostgresSpace.withNotes { storage in
            let before = try await storage.fetch("SELECT * FROM notes")
            _ = try await storage.write { try $0.rows("SELECT * FROM notes") }
            try await storage.write { try $0.script("ALTER TABLE notes ADD COLUMN extra TEXT") }
            let after = try await storage.fetch(["SELECT 1", "SELECT * FROM notes"])
            let written = try await storage.write { try $0.rows("SELECT * FROM notes") }
            #expect(after.map(\.width) == [1, before.width + 1])
            #expect(written.width == before.width + 1)
        }
    }

    @Test func fetchOnlyReads() async throws {
        try await PostgresSpace.withNotes { storage in
            await #expect(throws: StorageError.self) { try await storage.fetch("DELETE FROM notes") }
            await #expect(throws: StorageError.self) { try await storage.read { try $0.run("DELETE FROM notes") } }
        }
    }
}
