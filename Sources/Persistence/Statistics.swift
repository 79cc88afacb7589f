/// What the planner knows of how much there is. A plan made for an empty table would be kept while the table grows, and make
/// lists many times slower.
extension Storage {
    /// Lets the planner see all there is, for commands that have the database to themselves.
    package func learnStatistics() async throws {
        try await write { try $0.script("ANALYZE") }
    }

    /// The same where a table has just grown to many times what was known of it, and at no other time: whoever loads what is
    /// there already, again and again, has no part of it done twice.
    ///
    /// Nobody waits for it: Postgres writes on meanwhile, and on SQLite each table is looked at by itself and in part.
    /// - Parameter rows: how many came in just now.
    package func learnStatistics(of table: String, grownBy rows: Int) async throws {
        guard try await rowsKnown(of: table) < Self.worthwhile * Int64(rows) else { return }
        switch dialect {
        case .postgres:
            // Beside another that is under way there is nothing to learn.
            try await write { try $0.script("ANALYZE (SKIP_LOCKED)") }
        case .sqlite:
            for name in try await read({ try $0.describe().tables.map(\.name) }) {
                try await write {
                    try $0.script("PRAGMA analysis_limit = 400; ANALYZE \(name); PRAGMA analysis_limit = 0")
                }
            }
        }
    }

    /// Past so many times what came in, a plan is good whatever is added.
    private static var worthwhile: Int64 { 10 }

    /// How many rows a table had when the planner last looked; 0 where it never did.
    private func rowsKnown(of table: String) async throws -> Int64 {
        switch dialect {
        case .postgres:
            let rows = try await fetch(
                "SELECT reltuples::bigint AS count FROM pg_class WHERE oid = to_regclass(\(table))")
            return max(0, try rows.integers("count").first ?? 0)
        case .sqlite:
            return try await read { db in
                guard try db.row("SELECT 1 FROM sqlite_schema WHERE name = 'sqlite_stat1'") != nil else { return 0 }
                // One line for each index, which begins with the number of rows.
                let line: String? = try db.row("SELECT stat FROM sqlite_stat1 WHERE tbl = \(table) LIMIT 1")?["stat"]
                return line?.split(separator: " ").first.flatMap { Int64($0) } ?? 0
            }
        }
    }
}
