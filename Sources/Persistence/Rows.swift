/// The answer of a statement: every cell in one flat table, every text in one buffer.
///
/// An engine copies each column once into here, with no allocation per cell; the JSON writer reads the bytes where they lie.
package struct Rows: Sendable {
    package let width: Int
    /// What the columns are called; nil where the rows were made in memory.
    package private(set) var columns: Columns?
    package private(set) var cells: [Cell] = []
    package private(set) var bytes: [UInt8] = []

    package init(width: Int) {
        self.width = width
    }

    /// The beginning of a statement's answer.
    package init(_ columns: Columns) {
        width = columns.count
        self.columns = columns
    }

    /// Rows made of values in memory, for what was just written.
    package init(width: Int, records: [[SQLValue]]) {
        self.width = width
        for record in records {
            for value in record { append(value) }
        }
    }

    package mutating func reserve(cells cellCount: Int, bytes byteCount: Int) {
        cells.reserveCapacity(cellCount)
        bytes.reserveCapacity(byteCount)
    }

    /// Takes over the rows of another answer of the same width.
    package mutating func append(_ other: Rows) {
        if isEmpty {
            (columns, cells, bytes) = (other.columns, other.cells, other.bytes)
            return
        }
        let offset = Int64(bytes.count)
        cells += other.cells.map { $0.isText ? Cell(payload: $0.payload + offset, length: $0.length) : $0 }
        bytes += other.bytes
    }

    /// Drops the rows behind the first `count`.
    package mutating func keep(first count: Int) {
        guard count < self.count else { return }
        cells.removeLast(cells.count - count * width)
    }

    /// The integer at a place of the plan that a row was selected by, without making a `Row` for it; nil where there is none.
    package func integer(_ row: Int, at place: Int) -> Int64? {
        let cell = cells[row * width + place]
        return cell.isInteger ? cell.payload : nil
    }

    /// Some of the rows; the texts stay where they are, shared.
    package func part(_ places: Range<Int>) -> Rows {
        var part = self
        part.cells = Array(cells[places.lowerBound * width..<places.upperBound * width])
        return part
    }

    /// Takes over the bytes of a text and answers the cell that stands for it, to be appended with its row.
    package mutating func keep(_ text: UnsafeRawBufferPointer) -> Cell {
        let cell = Cell(payload: Int64(bytes.count), length: text.count)
        bytes.append(contentsOf: text)
        return cell
    }

    /// Puts a text in the place of a cell's value.
    package mutating func replace(_ row: Int, at place: Int, with text: [UInt8]) {
        cells[row * width + place] = text.withUnsafeBytes { keep($0) }
    }

    package mutating func append(_ row: UnsafeBufferPointer<Cell>) {
        cells.append(contentsOf: row)
    }

    package mutating func appendNull() {
        cells.append(.null)
    }

    package mutating func append(_ integer: Int64) {
        cells.append(Cell(payload: integer, length: Cell.integerMark))
    }

    package mutating func append(_ text: UnsafeRawBufferPointer) {
        cells.append(keep(text))
    }

    package mutating func append(_ value: SQLValue) {
        switch value {
        case .null: appendNull()
        case .integer(let integer): append(integer)
        case .text(var text): text.withUTF8 { append(UnsafeRawBufferPointer($0)) }
        }
    }
}

extension Rows: RandomAccessCollection {
    package var startIndex: Int { 0 }
    package var endIndex: Int { width == 0 ? 0 : cells.count / width }
    package subscript(index: Int) -> Row { Row(rows: self, base: index * width) }
}
