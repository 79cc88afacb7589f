import Resources

/// One row with its numbers understood.
struct ShopifyRow {
    /// The columns that have numbers.
    static let numbers = [
        "Variant Price", "Variant Compare At Price", "Cost per item", "Variant Grams", "Variant Inventory Qty",
    ]

    let place: ImportPlace
    let price: ShopifyPrice
    let cost: String
    /// In kilograms.
    let mass: String
    let stock: String
    private let row: CSVRow

    init(_ row: CSVRow, _ numbers: FileNumbers) {
        self.row = row
        place = row.place
        price = ShopifyPrice(
            now: numbers.number(row["Variant Price"]), before: numbers.number(row["Variant Compare At Price"]))
        cost = numbers.number(row["Cost per item"])
        mass = Grams.kilograms(numbers.number(row["Variant Grams"]))
        stock = numbers.number(row["Variant Inventory Qty"])
    }

    subscript(column: String) -> String { row[column] }
}

/// What a row asks: with a compare-at price above it, Shopify's price is the offer.
struct ShopifyPrice: Equatable {
    let price: String
    let sale: String

    var isNumber: Bool { Self.value(price) != nil }

    init(now: String, before: String) {
        let isOffer = (Self.value(before) ?? 0) > (Self.value(now) ?? 0)
        price = isOffer ? before : now
        sale = isOffer ? now : ""
    }

    /// The same money, however it is written.
    static func == (one: ShopifyPrice, other: ShopifyPrice) -> Bool {
        (value(one.price), value(one.sale)) == (value(other.price), value(other.sale)) && one.isNumber
    }

    private static func value(_ text: String) -> Int64? { Decimals.scaled(text.utf8, places: 4)?.int64 }
}
