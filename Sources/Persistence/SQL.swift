/// A statement, or a piece of one, whose values are bound and never pasted.
///
/// Built by interpolation: `"SELECT name FROM brands WHERE brand_id = \(id)"`. Another `SQL` value is spliced in with
/// its bindings. Text that is not a value needs the word `raw:`, and must come from the program, not from a request.
package struct SQL: Sendable, ExpressibleByStringInterpolation {
    /// The text around the values: always one piece more than there are values.
    private var pieces: [String]
    package private(set) var values: [SQLValue]

    package init(stringLiteral text: String) {
        pieces = [text]
        values = []
    }

    package init(raw text: String) {
        self.init(stringLiteral: text)
    }

    package init(stringInterpolation: StringInterpolation) {
        self = stringInterpolation.sql
    }

    /// The text with placeholders `$1`, `$2`, …, which both engines understand.
    package var text: String {
        guard pieces.count > 1 else { return pieces[0] }
        var text = pieces[0]
        text.reserveCapacity(pieces.reduce(0) { $0 + $1.utf8.count + 4 })
        for index in 1..<pieces.count {
            text += "$"
            text += String(index)
            text += pieces[index]
        }
        return text
    }

    package var isEmpty: Bool { values.isEmpty && pieces[0].isEmpty }

    package mutating func append(_ other: SQL) {
        append(raw: other.pieces[0])
        guard !other.values.isEmpty else { return }
        pieces.append(contentsOf: other.pieces.dropFirst())
        values.append(contentsOf: other.values)
    }

    fileprivate mutating func reserve(_ count: Int) {
        pieces.reserveCapacity(count + 1)
        values.reserveCapacity(count)
    }

    package mutating func append(raw text: String) {
        pieces[pieces.count - 1] += text
    }

    package mutating func append(value: SQLValue) {
        values.append(value)
        pieces.append("")
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
            sql.reserve(interpolationCount)
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
