import Resources

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
