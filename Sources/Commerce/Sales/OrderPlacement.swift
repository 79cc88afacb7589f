import Basics
import Resources

/// What places an order: an order's fields, what was bought, and how.
struct OrderPlacement: Body {
    let order: FieldsOf<Order>
    let lines: [OrderLineWish]
    let time: Instant?
    let stockPolicy: StockPolicy?
    let shippingPrice: Amount?

    enum StockPolicy: String, Choice {
        case ignore
    }

    static let linesMax = 500

    static let schema = BodySchema(
        OrderPlacement.init,
        Field(\.order),
        Field("products", \.lines, .needed("needs at least one {product_id, amount}"), .count(1...linesMax)),
        Field("time", \.time, .about("When it was placed, for what has already happened; not in the future.")),
        Field(
            "stock_policy", \.stockPolicy, .about("`ignore` takes the stock whatever there is, below zero if need be.")),
        Field(
            "shipping_price", \.shippingPrice, .range(0...OrderWish.unitPriceMax),
            .about("Overrides what the shipping costs.")))
}
