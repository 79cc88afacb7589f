/// One row of an answer.
package struct Row: Sendable {
    let rows: Rows
    let base: Int

    package var count: Int { rows.width }

    /// Whatever stands at a place of the plan that the row was selected by; all else is read by its name.
    package func cell(at place: Int) -> SQLValue {
        value(of: rows.cells[base + place])
    }

    /// The integer at a place of the row's plan; nil where there is none.
    package func integer(at place: Int) -> Int64? {
        let cell = rows.cells[base + place]
        return cell.isInteger ? cell.payload : nil
    }

    package var values: [SQLValue] { (0..<count).map { cell(at: $0) } }

    func value(of cell: Cell) -> SQLValue {
        if cell.isNull { return .null }
        return cell.isText ? .text(text(of: cell)) : .integer(cell.payload)
    }

    func text(of cell: Cell) -> String {
        let start = Int(cell.payload)
        return String(decoding: rows.bytes[start..<start + cell.length], as: UTF8.self)
    }
}
