package import Persistence

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
