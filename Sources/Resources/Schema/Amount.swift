package import Persistence

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
