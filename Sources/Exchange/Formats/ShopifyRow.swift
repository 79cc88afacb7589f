import Commerce
import Resources

/// One row with its numbers understood.
struct ShopifyRow {
    /// The columns that have numbers.
    static let numbers = [
        "Variant Price", "Variant Compare At Price", "Cost per item", "Variant Grams", "Variant Inventory Qty",
    ]

    let place: ImportPlace
    let price: FilePrice
    /// Why the price before the offer could not be read, so that the row is taken without it.
    let comparisonFault: ImportFault?
    let cost: String
    /// In kilograms.
    let mass: String
    let stock: String
    private let row: CSVRow

    init(_ row: CSVRow, _ numbers: FileNumbers) {
        self.row = row
        place = row.place
        let before = numbers.number(row["Variant Compare At Price"])
        price = FilePrice(now: numbers.number(row["Variant Price"]), before: before)
        comparisonFault =
            before.isEmpty || FilePrice.value(before) != nil
            ? nil
            : ImportFault(place, column: "Variant Compare At Price", FileNumbers.fault(in: before) ?? "is no number")
        cost = numbers.number(row["Cost per item"])
        mass = Grams.kilograms(numbers.number(row["Variant Grams"]))
        stock = numbers.number(row["Variant Inventory Qty"])
    }

    subscript(column: String) -> String { row[column] }
}
