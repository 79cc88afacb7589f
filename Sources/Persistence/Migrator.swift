import Basics

/// Brings a database up to the migrations that came with the binary. Forward only; what ran is never edited.
package struct Migrator: Sendable {
    /// One file of `Migrations/`, e.g. `0001_access`.
    package struct Migration: Sendable {
        package let name: String
        package let text: String

        package init(name: String, text: String) {
            self.name = name
            self.text = text
        }
    }

    package enum Problem: Error, Equatable, CustomStringConvertible {
        case edited(String)
        case unknown(String)
        case pending([String])

        package var description: String {
            switch self {
            case .edited(let name): "migration \(name) was changed after it ran; restore the file and add a new one"
            case .unknown(let name):
                "the database has migration \(name), which this binary does not know; use a newer butik"
            case .pending(let names): "the database lacks \(names.joined(separator: ", ")); run: butik migrate"
            }
        }
    }

    private let migrations: [Migration]

    /// - Parameter files: every migration file as (name without `.sql`, text). `NAME.sqlite` and `NAME.postgres` stand in
    ///   for `NAME` on their engine.
    package init(files: [(name: String, text: String)], dialect: Dialect) {
        migrations =
            files
            .sorted { $0.name < $1.name }
            .compactMap { file in
                let parts = file.name.split(separator: ".", maxSplits: 1)
                guard let name = parts.first else { return nil }
                if parts.count == 2, parts[1] != dialect.rawValue { return nil }
                return Migration(name: String(name), text: dialect.translated(file.text))
            }
    }

    /// Applies what is missing, all or nothing, and answers the names.
    package func migrate(_ storage: any Storage) async throws -> [String] {
        try await storage.write { [self] db in
            try prepare(db)
            let pending = try pending(db)
            for migration in pending {
                try db.script(migration.text)
                try db.run(
                    """
                    INSERT INTO schema_migrations (name, checksum) VALUES (\(migration.name), \(migration.checksum))
                    """)
            }
            return pending.map(\.name)
        }
    }

    /// Throws unless the database is exactly at this binary's version.
    package func check(_ storage: any Storage) async throws {
        let missing = try await storage.read { [self] db in
            let known = try db.describe().tables.contains { $0.name == "schema_migrations" }
            return known ? try pending(db).map(\.name) : migrations.map(\.name)
        }
        if !missing.isEmpty { throw Problem.pending(missing) }
    }

    private func prepare(_ db: any Connection) throws {
        if db.dialect == .postgres {
            // Two servers that start together must not migrate together; the number is ours and means nothing.
            _ = try db.rows("SELECT pg_advisory_xact_lock(7310215)")
        }
        try db.script(
            db.dialect.translated(
                "CREATE TABLE IF NOT EXISTS schema_migrations (name TEXT NOT NULL PRIMARY KEY, checksum TEXT NOT NULL);"
            ))
        if db.dialect == .sqlite {
            try db.script(
                """
                CREATE TABLE IF NOT EXISTS sequences (name TEXT NOT NULL PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;
                """)
        }
    }

    private func pending(_ db: any Connection) throws -> [Migration] {
        var applied: [String: String] = [:]
        for row in try db.rows("SELECT name, checksum FROM schema_migrations") {
            applied[try row["name"]] = try row["checksum"] as String
        }
        var missing: [Migration] = []
        for migration in migrations {
            switch applied.removeValue(forKey: migration.name) {
            case nil: missing.append(migration)
            case migration.checksum: continue
            default: throw Problem.edited(migration.name)
            }
        }
        if let unknown = applied.keys.min() { throw Problem.unknown(unknown) }
        return missing
    }
}

extension Migrator.Migration {
    /// Tells an edit from the original.
    fileprivate var checksum: String { String(FNV.hash(text), radix: 16) }
}

extension Dialect {
    /// A migration is written in Postgres' words. On SQLite tables become `STRICT`, the two integer words become `INTEGER`
    /// and a sequence becomes a row of `sequences`; a table of short rows that ends in `-- clustered` keeps them in its
    /// primary key's tree, which saves a second tree and a second search. On Postgres text gets SQLite's order, byte by byte.
    package func translated(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false)
            .map { line in
                if line.hasPrefix("--") { return String(line) }
                return switch self {
                case .sqlite: Self.sqliteLine(String(line))
                case .postgres: Self.replacing(["TEXT"], with: "TEXT COLLATE \"C\"", in: String(line))
                }
            }
            .joined(separator: "\n")
    }

    private static func sqliteLine(_ line: String) -> String {
        let trimmed = line.drop { $0 == " " }
        if trimmed.hasPrefix("CREATE SEQUENCE "), let end = trimmed.lastIndex(of: ";") {
            let name = trimmed[trimmed.startIndex..<end].dropFirst("CREATE SEQUENCE ".count)
            return "INSERT INTO sequences (name, value) VALUES ('\(name)', 0);"
        }
        let translated = replacing(["BIGINT", "SMALLINT"], with: "INTEGER", in: line)
        // A table is closed by `);` alone on its line, or ends its only line.
        let closesTable = trimmed == ");" || (trimmed.hasPrefix("CREATE TABLE ") && trimmed.hasSuffix(");"))
        if trimmed == "); -- clustered" { return ") STRICT, WITHOUT ROWID;" }
        if trimmed == "); -- clustered" { return ") STRICT, WITHOUT ROWID;" }
        return closesTable ? String(translated.dropLast(1)) + " STRICT;" : translated
    }

    private static func replacing(_ words: [String], with replacement: String, in line: String) -> String {
        var result = ""
        var word = ""
        func flush() {
            result += words.contains(word) ? replacement : word
            word = ""
        }
        for character in line {
            if character.isLetter || character.isNumber || character == "_" {
                word.append(character)
            } else {
                flush()
                result.append(character)
            }
        }
        flush()
        return result
    }
}
