package import Persistence
package import Resources

/// What a unit costs at its source, in ten-thousandths of whichever currency: screws are not bought by the cent.
package struct UnitCost: FieldValue, Hashable {
    package var tenThousandths: Int64

    package init(tenThousandths: Int64) {
        self.tenThousandths = tenThousandths
    }

    package static var kind: FieldKind { .decimal(places: 4) }
    package var sqlValue: SQLValue { .integer(tenThousandths) }

    package init(column: SQLValue) throws {
        tenThousandths = try Int64(column: column)
    }
}
