package import Basics

/// A row's columns by the names they were selected as: `let count: Int64 = try row["count"]`.
///
/// Each throws `UnreadableColumn` where there is no such column, where it is null and may not be, or is of another type.
extension Row {
    package subscript(column: StaticString) -> Int64 {
        get throws {
            let cell = try cell(column)
            guard cell.isInteger else { throw unreadable(column, cell.isNull ? .null : .notInteger) }
            return cell.payload
        }
    }

    package subscript(column: StaticString) -> Int64? {
        get throws {
            let cell = try cell(column)
            guard cell.isInteger || cell.isNull else { throw unreadable(column, .notInteger) }
            return cell.isNull ? nil : cell.payload
        }
    }

    package subscript(column: StaticString) -> String {
        get throws {
            let cell = try cell(column)
            guard cell.isText else { throw unreadable(column, cell.isNull ? .null : .notText) }
            return text(of: cell)
        }
    }

    package subscript(column: StaticString) -> String? {
        get throws {
            let cell = try cell(column)
            guard cell.isText || cell.isNull else { throw unreadable(column, .notText) }
            return cell.isNull ? nil : text(of: cell)
        }
    }

    /// A flag, which both engines keep as 0 or 1.
    package subscript(column: StaticString) -> Bool {
        get throws {
            switch try self[column] as Int64 {
            case 0: false
            case 1: true
            default: throw unreadable(column, .notFlag)
            }
        }
    }

    package subscript(column: StaticString) -> Int {
        get throws { Int(try self[column] as Int64) }
    }

    package subscript(column: StaticString) -> Instant {
        get throws { Instant(milliseconds: try self[column]) }
    }

    package subscript(column: StaticString) -> Instant? {
        get throws { (try self[column] as Int64?).map { Instant(milliseconds: $0) } }
    }

    /// Whatever the column holds.
    package subscript(column: StaticString) -> SQLValue {
        get throws { value(of: try cell(column)) }
    }

    private func cell(_ column: StaticString) throws -> Cell {
        guard let place = rows.columns?.place(of: column) else { throw unreadable(column, .missing) }
        return rows.cells[base + place]
    }

    /// The error for a column that holds something else than what is read from it.
    package func unreadable(_ column: StaticString, _ fault: UnreadableColumn.Fault) -> UnreadableColumn {
        UnreadableColumn(
            column: column.description, fault: fault, columns: rows.columns?.names ?? [],
            statement: rows.columns?.statement ?? "none: the rows were made in memory")
    }
}

extension Sequence<Row> {
    /// A column of integers, such as ids, of all rows.
    package func integers(_ column: StaticString) throws -> [Int64] {
        try map { try $0[column] }
    }
}
