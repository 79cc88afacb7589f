/// A statement, or a piece of one, whose values are bound and never pasted.
///
/// Built by interpolation: `"SELECT name FROM brands WHERE brand_id = \(id)"`. Another `SQL` value is spliced in with
/// its bindings. Text that is not a value needs the word `raw:`, and must come from the program, not from a request.
package struct SQL: Sendable, ExpressibleByStringInterpolation {
    /// The text, with `?` where a value stands and nowhere else.
    package private(set) var text: String
    package private(set) var values: [SQLValue]
    /// Whether an engine that keeps plans makes a new one each time: for a table that is nearly empty one minute and long
    /// the next, of which a plan that was kept would read all. A part makes it so for the whole.
    package private(set) var isPlannedAnew = false

    package init(stringLiteral text: String) {
        self.text = text
        values = []
    }

    /// - Parameter text: text of the program, with a `?` for each of the values.
    package init(raw text: String, values: [SQLValue] = []) {
        self.text = text
        self.values = values
    }

    package init(stringInterpolation: StringInterpolation) {
        self = stringInterpolation.sql
    }

    /// A statement's text with `$1`, `$2`, … for the engine that counts its placeholders.
    package static func numbered(_ text: String) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count * 2)
        var count = 0
        for byte in text.utf8 {
            guard byte == UInt8(ascii: "?") else {
                bytes.append(byte)
                continue
            }
            count += 1
            bytes.append(UInt8(ascii: "$"))
            bytes.append(contentsOf: String(count).utf8)
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    package var isEmpty: Bool { text.isEmpty }

    package mutating func append(_ other: SQL) {
        text += other.text
        values += other.values
        isPlannedAnew = isPlannedAnew || other.isPlannedAnew
    }

    /// The same, planned each time (`isPlannedAnew`).
    package var plannedAnew: SQL {
        var sql = self
        sql.isPlannedAnew = true
        return sql
    }

    package mutating func append(raw text: String) {
        self.text += text
    }

    package mutating func append(value: SQLValue) {
        text += "?"
        values.append(value)
    }

    package static func + (left: SQL, right: SQL) -> SQL {
        var sum = left
        sum.append(right)
        return sum
    }

    /// `a, b, c` with every value bound. An empty list gives `NULL`, which no value equals.
    package static func list(_ values: some Sequence<some SQLBindable>) -> SQL {
        var list: SQL = ""
        for value in values {
            if !list.values.isEmpty { list.append(raw: ", ") }
            list.append(value: value.sqlValue)
        }
        return list.values.isEmpty ? "NULL" : list
    }

    /// The same, filled up to a power of two with the last value, so that lists of all lengths share a few statements.
    package static func paddedList(_ values: [some SQLBindable]) -> SQL {
        var values = values
        while values.count & (values.count - 1) != 0, let last = values.last { values.append(last) }
        return list(values)
    }

    /// Far below what an engine binds in one statement.
    private static let valuesPerStatement = 4096

    /// Statements that each take a part of a list of values, which may be longer than an engine binds at once.
    /// - Parameter statement: makes one of them from its part of the list.
    package static func each(_ values: [some SQLBindable], _ statement: (SQL) -> SQL) -> [SQL] {
        values.pieces(of: valuesPerStatement).map { statement(paddedList(Array($0))) }
    }

    /// Statements that insert rows, for what is not inserted often enough to keep an `Insertion`.
    /// - Parameters:
    ///   - head: up to and with `VALUES`.
    ///   - rows: the values of each row, as many in one as in the other.
    ///   - tail: what follows the rows.
    package static func insertions(_ head: String, _ rows: [[SQLValue]], _ tail: String = "") -> [SQL] {
        Insertion(head, width: rows.first?.count ?? 0, tail).statements(rows)
    }

    package static func joined(_ parts: [SQL], by separator: String) -> SQL {
        var whole: SQL = ""
        for (index, part) in parts.enumerated() {
            if index > 0 { whole.append(raw: separator) }
            whole.append(part)
        }
        return whole
    }

    package struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var sql: SQL = ""

        package init(literalCapacity: Int, interpolationCount: Int) {
            sql.text.reserveCapacity(literalCapacity + interpolationCount * 8)
            sql.values.reserveCapacity(interpolationCount)
        }

        package mutating func appendLiteral(_ literal: String) {
            sql.append(raw: literal)
        }

        package mutating func appendInterpolation(_ value: some SQLBindable) {
            sql.append(value: value.sqlValue)
        }

        package mutating func appendInterpolation(_ value: (some SQLBindable)?) {
            sql.append(value: value.sqlValue)
        }

        package mutating func appendInterpolation(_ part: SQL) {
            sql.append(part)
        }

        /// Program text: an operator, a table, a list of columns. Never text of a request.
        package mutating func appendInterpolation(raw text: String) {
            sql.append(raw: text)
        }
    }
}

extension RandomAccessCollection {
    /// The collection in pieces of a size, the last as long as is left.
    package func pieces(of size: Int) -> [SubSequence] {
        var pieces: [SubSequence] = []
        var rest = self[...]
        while !rest.isEmpty {
            pieces.append(rest.prefix(size))
            rest = rest.dropFirst(size)
        }
        return pieces
    }
}
