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
