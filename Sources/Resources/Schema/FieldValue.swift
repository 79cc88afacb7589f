package import Basics
package import Persistence

/// How a column looks on the wire, in the database and in the documentation.
package enum FieldKind: Sendable, Equatable {
    case integer
    case text
    /// 0 or 1, read also from "0", "1", true and false.
    case flag
    /// Minor units of the shop's currency inside, a decimal number outside.
    case amount
    /// An integer of 10^-places inside, a decimal number outside: percentages and weights.
    case decimal(places: Int)
    /// Milliseconds inside, `YYYY-MM-DD HH:MM:SS` in the shop's zone outside.
    case instant
    /// An integer that existing clients expect as text.
    case integerAsText
    /// A flag that existing clients expect as "0" or "1".
    case flagAsText
    /// JSON kept as it was written: lists and free objects.
    case json
    /// A path below the shop's own address, shown as a whole URL.
    case link
    /// A `Timeline`: what holds of it at the moment of the answer is shown.
    case timed(Timed)

    /// What the values of a timeline are.
    package enum Timed: Sendable, Equatable {
        case amount, instant
    }

    /// Whether it is kept as text.
    package var isText: Bool {
        switch self {
        case .text, .json, .link, .timed: true
        default: false
        }
    }
}

/// A Swift type that can be a field of a resource.
package protocol FieldValue: SQLBindable, BodyValue {
    init(column: SQLValue) throws
}

/// A column's value that does not fit its field: the database was changed behind the program's back.
package struct UnreadableValue: Error, CustomStringConvertible {
    package let expected: String
    package let found: SQLValue
    /// Which of the columns it is, and what that is called, once that is known.
    var place: Int?
    var column: String?

    package init(expected: String, found: SQLValue) {
        (self.expected, self.found) = (expected, found)
    }

    package var description: String { "column \(column ?? "?") holds \(found), and not \(expected)" }
}

extension Int64: FieldValue {
    package static var kind: FieldKind { .integer }

    package init(column: SQLValue) throws {
        guard case .integer(let value) = column else { throw UnreadableValue(expected: "integer", found: column) }
        self = value
    }
}

extension String: FieldValue {
    package static var kind: FieldKind { .text }

    package init(column: SQLValue) throws {
        guard case .text(let value) = column else { throw UnreadableValue(expected: "text", found: column) }
        self = value
    }
}

extension Bool: FieldValue {
    package static var kind: FieldKind { .flag }

    package init(column: SQLValue) throws {
        self = try Int64(column: column) != 0
    }
}

extension Instant: FieldValue {
    package static var kind: FieldKind { .instant }

    package init(column: SQLValue) throws {
        self.init(milliseconds: try Int64(column: column))
    }
}

extension Optional: FieldValue where Wrapped: FieldValue {
    package init(column: SQLValue) throws {
        self = column == .null ? nil : try Wrapped(column: column)
    }
}

/// Money in minor units of the shop's currency.
package struct Amount: FieldValue, Hashable, Comparable {
    package var minor: Int64

    package init(_ minor: Int64) {
        self.minor = minor
    }

    package static var kind: FieldKind { .amount }
    package static let zero = Amount(0)
    package var sqlValue: SQLValue { .integer(minor) }

    package init(column: SQLValue) throws {
        minor = try Int64(column: column)
    }

    package static func < (left: Amount, right: Amount) -> Bool { left.minor < right.minor }
}

/// A percentage in hundredths of a percent: 2,500 is 25 %.
package struct Percentage: FieldValue, Hashable, Comparable {
    package var hundredths: Int64

    package init(hundredths: Int64) {
        self.hundredths = hundredths
    }

    package static var kind: FieldKind { .decimal(places: 2) }
    package var sqlValue: SQLValue { .integer(hundredths) }

    package init(column: SQLValue) throws {
        hundredths = try Int64(column: column)
    }

    package static func < (left: Percentage, right: Percentage) -> Bool { left.hundredths < right.hundredths }
}

/// A measure with three decimals, such as kilograms kept in grams.
package struct Thousandths: FieldValue, Hashable {
    package var value: Int64

    package init(_ value: Int64) {
        self.value = value
    }

    package static var kind: FieldKind { .decimal(places: 3) }
    package var sqlValue: SQLValue { .integer(value) }

    package init(column: SQLValue) throws {
        value = try Int64(column: column)
    }
}

/// JSON text that is stored and shown as it is.
package struct JSONText: FieldValue, Hashable {
    package var text: String

    package init(_ text: String) {
        self.text = text
    }

    package static func == (left: JSONText, right: JSONText) -> Bool { ExactText(left.text) == ExactText(right.text) }

    package func hash(into hasher: inout Hasher) { hasher.combine(ExactText(text)) }

    package static let emptyList = JSONText("[]")
    package static var kind: FieldKind { .json }
    package var sqlValue: SQLValue { .text(text) }

    package init(column: SQLValue) throws {
        text = try String(column: column)
    }

    /// The value as a tree. Only the engine writes here, so what cannot be read was changed behind its back.
    package var json: JSON {
        get throws(UnreadableValue) {
            do throws(JSONParser.Failure) { return try JSONParser.parse(Array(text.utf8)) } catch {
                throw UnreadableValue(expected: "JSON", found: .text(text))
            }
        }
    }

    private var elements: [JSON] {
        get throws(UnreadableValue) {
            if text == "[]" { return [] }
            guard case .array(let elements) = try json else {
                throw UnreadableValue(expected: "a list", found: .text(text))
            }
            return elements
        }
    }

    /// The integers of a list of ids.
    package var integers: [Int64] {
        get throws(UnreadableValue) {
            try elements.compactMap { if case .number(let number) = $0 { number.integer?.int64 } else { nil } }
        }
    }

    /// The texts of a list of texts.
    package var texts: [String] {
        get throws(UnreadableValue) {
            try elements.compactMap { if case .string(let text) = $0 { text } else { nil } }
        }
    }

    package static func list(_ integers: [Int64]) -> JSONText {
        JSONText("[" + integers.map { String($0) }.joined(separator: ",") + "]")
    }
}

/// The id of one kind of row, so that a brand's id cannot be given where a product's is meant.
package struct Identifier<Root>: FieldValue, Hashable {
    package let rawValue: Int64

    package init(_ rawValue: Int64) {
        self.rawValue = rawValue
    }

    package static var kind: FieldKind { .integer }
    package var sqlValue: SQLValue { .integer(rawValue) }

    package init(column: SQLValue) throws {
        rawValue = try Int64(column: column)
    }
}

/// A closed set of words, such as an order's statuses.
package protocol Choice: FieldValue, RawRepresentable, CaseIterable where RawValue == String {}

extension Choice {
    package static var kind: FieldKind { .text }
    package static var choices: [String]? { allCases.map(\.rawValue) }
    package var sqlValue: SQLValue { .text(rawValue) }

    package init(column: SQLValue) throws {
        guard let value = Self(rawValue: try String(column: column)) else {
            throw UnreadableValue(expected: "one of \(Self.allCases.map(\.rawValue))", found: column)
        }
        self = value
    }
}
