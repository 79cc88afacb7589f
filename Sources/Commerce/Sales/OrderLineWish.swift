import Resources

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
