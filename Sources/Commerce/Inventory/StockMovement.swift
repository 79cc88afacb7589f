import Resources

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
