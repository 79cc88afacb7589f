package import Persistence

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
