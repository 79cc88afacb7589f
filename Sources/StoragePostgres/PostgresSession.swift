import CPostgres
import Glibc
package import Persistence

/// A session beside the shops' own, for what is done with the whole database: copying it, and putting another in its place.
///
/// `@unchecked Sendable`: whoever opened it uses it from one task at a time. All of it blocks.
package final class PostgresSession: @unchecked Sendable {
    private let handle: OpaquePointer

    package init(url: String) throws {
        handle = try ServerAddress(url: url, allowsUnsafe: true).connect()
    }

    /// Ends whatever transaction is under way and lets go of what the session has taken.
    deinit {
        PQfinish(handle)
    }

    /// The advisory lock that every session of a server shares, so that a database with a server is known by it. The
    /// number is ours and means nothing.
    static let sharing = "pg_try_advisory_lock_shared(7310217)"
    static let isTaken = "a backup is being put in the place of the database; try again when that is done"

    /// Takes the database for this session alone: no server's session can be opened until it ends.
    /// - Returns: whether it could; not while a butik uses the database.
    package func takeAlone() throws -> Bool {
        try rows("SELECT pg_try_advisory_lock(7310217)").first?.first == "t"
    }

    /// Begins a transaction that sees one moment, and answers by what name `pg_dump` finds the same.
    package func beginSnapshot() throws -> String {
        _ = try rows("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        return try rows("SELECT pg_export_snapshot()").first?.first.flatMap { $0 } ?? ""
    }

    package func hasTable(_ name: String) throws -> Bool {
        try rows("SELECT to_regclass(\(name)) IS NOT NULL").first?.first == "t"
    }

    /// Runs one statement and answers its cells as text.
    @discardableResult
    package func rows(_ sql: SQL) throws -> [[String?]] {
        let values = sql.values.map { value -> UnsafeMutablePointer<CChar>? in
            switch value {
            case .null: nil
            case .integer(let number): strdup(String(number))
            case .text(let text): strdup(text)
            }
        }
        defer { values.forEach { free($0) } }
        let answer = PQexecParams(
            handle, SQL.numbered(sql.text), Int32(values.count), nil, values.map { UnsafePointer($0) }, nil, nil, 0)
        guard let answer else { throw StorageError.unavailable(firstLine(PQerrorMessage(handle))) }
        let result = QueryResult(answer)
        guard !result.isError else { throw StorageError.statement(firstLine(PQerrorMessage(handle))) }
        return (0..<PQntuples(result.pointer)).map { row in
            (0..<PQnfields(result.pointer)).map { column in
                PQgetisnull(result.pointer, row, column) == 1
                    ? nil : String(cString: PQgetvalue(result.pointer, row, column))
            }
        }
    }
}
