import Basics
import Resources

/// What counts stock, or moves it.
struct StockChange: Body {
    static let counts = 0 - StockLedger.countMax...StockLedger.countMax

    let product: ProductMembers
    let count: Int64?
    let adjust: Int64?
    let reason: String

    static let schema = BodySchema(
        StockChange.init,
        Field(\.product),
        Field("count", \.count, .range(counts), .about("The number counted.")),
        Field("adjust", \.adjust, .range(counts), .about("How many more, or fewer.")),
        Field("reason", \.reason, .length(0...1000)))

    var faults: [Problem.FieldError] { StockWrite.faults(count: count, adjust: adjust) }
}

/// The same for the variant that a path names by its value.
struct VariantStockChange: Body {
    let count: Int64?
    let adjust: Int64?
    let reason: String
    let valueID2: Int64?

    static let schema = BodySchema(
        VariantStockChange.init,
        Field("count", \.count, .alias("stock"), .range(StockChange.counts), .about("The number counted.")),
        Field("adjust", \.adjust, .range(StockChange.counts), .about("How many more, or fewer.")),
        Field("reason", \.reason, .length(0...1000)),
        Field("attribute_value_id_2", \.valueID2, .range(0...Int64.max)))

    var faults: [Problem.FieldError] { StockWrite.faults(count: count, adjust: adjust) }
}

/// What moves stock by hand and says why.
struct StockMovement: Body {
    let product: NamedProduct
    let change: Int64
    let reason: String

    static let schema = BodySchema(
        StockMovement.init,
        Field(\.product),
        Field("change", \.change, .required, .range(StockChange.counts), .about("How many more, or fewer.")),
        Field("reason", \.reason, .needed("is required: a ledger says why"), .length(0...1000)))
}
