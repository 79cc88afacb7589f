/// One row of an answer.
package struct Row: Sendable {
    let rows: Rows
    let base: Int

    package var count: Int { rows.width }

    package subscript(column: Int) -> SQLValue {
        value(of: rows.cells[base + column])
    }

    /// The integer in a column, or nil where it is null or text.
    package func integer(_ column: Int) -> Int64? {
        let cell = rows.cells[base + column]
        return cell.isInteger ? cell.payload : nil
    }

    /// The text in a column, or nil where it is null or an integer.
    package func text(_ column: Int) -> String? {
        let cell = rows.cells[base + column]
        return cell.isText ? text(of: cell) : nil
    }

    package func flag(_ column: Int) -> Bool { integer(column) == 1 }

    package var values: [SQLValue] { (0..<count).map { self[$0] } }

    func value(of cell: Rows.Cell) -> SQLValue {
        if cell.isNull { return .null }
        return cell.isText ? .text(text(of: cell)) : .integer(cell.payload)
    }

    func text(of cell: Rows.Cell) -> String {
        let start = Int(cell.payload)
        return String(decoding: rows.bytes[start..<start + cell.length], as: UTF8.self)
    }
}
