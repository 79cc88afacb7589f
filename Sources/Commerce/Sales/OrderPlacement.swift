import Basics
import Persistence
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

/// One line of an order as a client says it.
struct OrderLineWish: Body {
    let product: NamedProduct
    let amount: Int64
    let unitPrice: Amount?
    let attributes: ChosenAttributes?
    let parts: PartAttributes?

    static let schema = BodySchema(
        OrderLineWish.init,
        Field(\.product),
        Field("amount", \.amount, .required, .range(1...OrderWish.amountMax)),
        Field("unit_price", \.unitPrice, .range(0...OrderWish.unitPriceMax), .about("Overrides the computed price.")),
        Field(
            "attributes", \.attributes,
            .about(
                "Values of the variant, `{attribute_id: value_id}` or `[{attribute_id, value}]`, and others to keep.")),
        Field("b_attributes", \.parts, .about("For a bundle: `{product_id: attributes}` of its members.")))
}

/// What a line says of attributes. Its form is open, because the line keeps whatever the shop's own form asked for.
struct ChosenAttributes: BodyValue {
    let json: JSON

    static let form = BodyForm.open(["type": ["array", "object"]])

    static func read(
        _ json: JSON?, as field: FieldInfo, at pointer: String, _ reader: inout BodyReader
    ) -> Given<ChosenAttributes> {
        switch JSON.read(json, as: field, at: pointer, &reader) {
        case .value(let json): .value(ChosenAttributes(json: json))
        case .nothing: .nothing
        case .refused: .refused
        }
    }
}

/// What a line says of the members of a bundle, by product. Open like each of them.
struct PartAttributes: BodyValue {
    let byProduct: [(product: Int64, attributes: JSON)]

    static let form = BodyForm.open(["type": "object", "additionalProperties": ["type": ["array", "object"]]])

    static func read(
        _ json: JSON?, as field: FieldInfo, at pointer: String, _ reader: inout BodyReader
    ) -> Given<PartAttributes> {
        guard case .value(let json) = JSON.read(json, as: field, at: pointer, &reader), case .object(let object) = json
        else { return .nothing }
        let parts = object.members.compactMap { part in
            WholeNumber(strict: part.name).map { (product: $0.int64, attributes: part.value) }
        }
        return .value(PartAttributes(byProduct: parts))
    }
}
