import CSQLite
import Persistence

/// A prepared statement of one connection.
final class SQLiteStatement {
    private let connection: OpaquePointer
    private let handle: OpaquePointer
    /// When it last ran, in runs of its connection: the one unused for longest makes room for a new one.
    var lastUse = 0
    /// What its columns are called, once it has answered.
    private var columns: Columns?

    init(_ connection: OpaquePointer, _ text: String) throws {
        var text = text
        var prepared: OpaquePointer?
        var restLength = 0
        let code = text.withUTF8 { utf8 in
            utf8.withMemoryRebound(to: CChar.self) { characters in
                var rest: UnsafePointer<CChar>?
                let code = sqlite3_prepare_v3(
                    connection, characters.baseAddress, Int32(clamping: characters.count),
                    UInt32(SQLITE_PREPARE_PERSISTENT), &prepared, &rest)
                if let rest, let start = characters.baseAddress { restLength = characters.count - (rest - start) }
                return code
            }
        }
        guard code == SQLITE_OK else {
            let error = StorageError(sqlite: connection)
            if case .statement(let message) = error { throw StorageError.statement("\(message): \(text)") }
            throw error
        }
        guard let prepared else { throw StorageError.statement("an empty statement") }
        self.connection = connection
        handle = prepared
        // Only the first of several would run, in silence; the other engine refuses them as well.
        if text.utf8.suffix(restLength).contains(where: { !SQLiteStatement.isBlank($0) }) {
            throw StorageError.statement("more than one statement: \(text)")
        }
    }

    deinit {
        sqlite3_finalize(handle)
    }

    func bind(_ values: [SQLValue]) throws {
        guard sqlite3_bind_parameter_count(handle) == values.count else {
            throw StorageError.statement("\(values.count) values do not fit the placeholders")
        }
        var index: Int32 = 0
        for value in values {
            index += 1
            let code =
                switch value {
                case .null: sqlite3_bind_null(handle, index)
                case .integer(let integer): sqlite3_bind_int64(handle, index, integer)
                case .text(let text): bind(text, at: index)
                }
            guard code == SQLITE_OK else { throw StorageError(sqlite: connection) }
        }
    }

    /// Steps to the end and copies every column once.
    func rows() throws -> Rows {
        var code = sqlite3_step(handle)
        // Counted after the first step, which prepares the statement anew where the schema has changed.
        let width = sqlite3_column_count(handle)
        var rows = Rows(columns(width))
        if code == SQLITE_ROW { rows.reserve(cells: Int(width), bytes: Int(width) * 16) }
        try withUnsafeTemporaryAllocation(of: Cell.self, capacity: Int(width)) { cells in
            while code == SQLITE_ROW {
                for column in 0..<width { cells[Int(column)] = try cell(column, &rows) }
                rows.append(UnsafeBufferPointer(cells))
                code = sqlite3_step(handle)
            }
        }
        guard code == SQLITE_DONE else { throw StorageError(sqlite: connection) }
        return rows
    }

    private func columns(_ width: Int32) -> Columns {
        if let columns, columns.count == Int(width) { return columns }
        let columns = Columns(
            (0..<width).map(name(of:)), of: sqlite3_sql(handle).map { String(cString: $0) } ?? "")
        self.columns = columns
        return columns
    }

    private func name(of column: Int32) -> String {
        sqlite3_column_name(handle, column).map { String(cString: $0) } ?? "\(column + 1)"
    }

    /// Steps to the end and answers how many rows were changed.
    func run() throws -> Int {
        let before = sqlite3_total_changes64(connection)
        var code = sqlite3_step(handle)
        while code == SQLITE_ROW { code = sqlite3_step(handle) }
        guard code == SQLITE_DONE else { throw StorageError(sqlite: connection) }
        // A statement that is no change leaves the count of the one before it standing.
        return sqlite3_total_changes64(connection) == before ? 0 : Int(sqlite3_changes64(connection))
    }

    /// Frees the snapshot and the values. The error, if any, was reported by the step.
    func reset() {
        sqlite3_reset(handle)
        sqlite3_clear_bindings(handle)
    }

    private func bind(_ text: String, at index: Int32) -> Int32 {
        var text = text
        return text.withUTF8 { utf8 in
            // No address would mean null.
            guard let start = utf8.baseAddress else {
                return sqlite3_bind_text(handle, index, "", 0, SQLiteStatement.copied)
            }
            return start.withMemoryRebound(to: CChar.self, capacity: utf8.count) { characters in
                let length = UInt64(utf8.count)
                return sqlite3_bind_text64(
                    handle, index, characters, length, SQLiteStatement.copied, UInt8(SQLITE_UTF8))
            }
        }
    }

    /// Goes through the value and not `sqlite3_column_…`, which checks the connection anew at each call.
    private func cell(_ column: Int32, _ rows: inout Rows) throws -> Cell {
        let value = sqlite3_column_value(handle, column)
        switch sqlite3_value_type(value) {
        case SQLITE_INTEGER: return Cell(payload: sqlite3_value_int64(value), length: Cell.integerMark)
        case SQLITE_NULL: return .null
        case SQLITE_TEXT:
            guard let text = sqlite3_value_text(value) else { throw StorageError(sqlite: connection) }
            return rows.keep(UnsafeRawBufferPointer(start: text, count: Int(sqlite3_value_bytes(value))))
        default:
            throw StorageError.statement("column \(name(of: column)) is neither text, integer nor null")
        }
    }

    /// C's `SQLITE_TRANSIENT`, the pointer -1: SQLite takes a copy before the call returns.
    private static var copied: sqlite3_destructor_type { unsafeBitCast(-1, to: sqlite3_destructor_type.self) }

    private static func isBlank(_ byte: UInt8) -> Bool {
        byte <= UInt8(ascii: " ") || byte == UInt8(ascii: ";")
    }
}
