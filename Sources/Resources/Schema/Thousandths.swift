package import Persistence

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
