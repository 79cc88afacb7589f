package import Persistence

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
