import Basics
import Persistence
package import Resources

/// What a product costs a customer who buys so many, by the very rules an order is priced by.
package enum PriceEndpoint {
    package static let endpoints: [Endpoint] = [show]

    /// How many of what for whom.
    struct Question: Body {
        let amount: Int64
        let customer: Reference<Customer>?
        let variant: VariantMembers

        static let schema = BodySchema(
            Question.init,
            Field(
                "amount", \.amount, .initially(.integer(1)), .range(1...OrderWish.amountMax), .about("How many units.")),
            Field("customer_id", \.customer, .about("For whom; their `customer_group` counts.")),
            Field(\.variant))
    }

    private static let show = Endpoint(
        .get, "/REST/product/{product_id}/price", .token(.read), "get_product_price",
        "What a unit costs: the least of price, running sale, group price, bulk discount and tier.",
        Documentation(
            tag: "product",
            answer: [
                "type": "object",
                "required": [
                    "product_id", "variant_id", "amount", "price", "unit_price", "total", "rule",
                    "lowest_price_30_days", "reduction_since",
                ],
                "additionalProperties": false,
                "properties": [
                    "product_id": ["type": "integer"], "variant_id": ["type": ["integer", "null"]],
                    "amount": ["type": "integer"],
                    "price": ["type": "number", "description": "The normal price of a unit."],
                    "unit_price": ["type": "number"], "total": ["type": "number"],
                    "rule": [
                        "type": "string", "enum": ["price", "sale", "group", "bulk", "tier", "unpriced"],
                        "description": "`unpriced`: no price was said, so it can't be sold.",
                    ],
                    "lowest_price_30_days": [
                        "type": ["number", "null"],
                        "description":
                            "While the sale makes one unit cheaper for them: the lowest price of the 30 days before that began (directive 98/6/EC, art. 6a); null where it was not sold then.",
                    ],
                    "reduction_since": [
                        "type": ["string", "null"], "description": "Since when it does; null while it does not.",
                    ],
                ],
            ]),
        asks: Question.self
    ) { question, call, storage in
        let (customer, choice) = (question.customer?.address, question.variant.choice)
        let shop = call.tenant.webshopID
        let answers = try await storage.fetch([
            """
            SELECT product_id, removed_on, \(raw: Pricing.columns) FROM products
            WHERE webshop_id = \(shop) AND \(Product.info.isAt(try call.address(of: Product.info)))
            """,
            """
            SELECT customer_group FROM customers
            WHERE webshop_id = \(shop) AND \(Customer.info.isAt(customer ?? .id(0))) AND removed_on IS NULL
            """,
        ])
        guard let row = answers[0].first else { throw Problem.notFound("product") }
        if let _: Int64 = try row["removed_on"] { throw Problem.gone("product") }
        let product: Int64 = try row["product_id"]
        if customer != nil, answers[1].isEmpty {
            throw Problem.invalid("?customer_id", "unknown_customer", "names no customer of this shop")
        }
        let variant = choice.isEmpty ? nil : try await variant(choice, of: product, shop, storage)
        let pricing = try Pricing(row, for: call.tenant).of(variant)
        let group: String = try answers[1].first.map { try $0["customer_group"] } ?? ""
        let reduction = try await PriceHistory.reduction(of: product, variant?.id, pricing, group, call, storage)
        return Answer(body: json(product, variant?.id, question.amount, pricing, group, reduction, call))
    }

    private static func variant(
        _ choice: VariantChoice, of product: Int64, _ shop: Int64, _ storage: any Storage
    ) async throws -> SoldVariant? {
        let condition: SQL = choice.condition.map { " AND \($0)" } ?? ""
        let rows = try await storage.fetch(SoldVariant.statement([product], shop, condition))
        let variants = try rows.map(SoldVariant.init)
        let id = try choice.pick(from: variants.map(\.candidate), at: "?")
        return variants.first { $0.id == id }
    }

    private static func json(
        _ product: Int64, _ variant: Int64?, _ amount: Int64, _ pricing: Pricing, _ group: String,
        _ reduction: PriceSeries.Reduction?, _ call: Call
    ) -> [UInt8] {
        let digits = call.tenant.currency.digits
        let unit = pricing.unit(amount, group: group, at: call.now)
        // A price is at most 10^12 minor units and an amount 10^6, so the product fits.
        let total = unit.price.minor.multipliedReportingOverflow(by: amount).partialValue
        var writer = JSONWriter(capacity: 160)
        writer.raw(#"{"product_id":"# as StaticString)
        writer.integer(product)
        writer.raw(#","variant_id":"# as StaticString)
        if let variant { writer.integer(variant) } else { writer.null() }
        writer.raw(#","amount":"# as StaticString)
        writer.integer(amount)
        writer.raw(#","price":"# as StaticString)
        writer.decimal(pricing.price.minor, places: digits)
        writer.raw(#","unit_price":"# as StaticString)
        writer.decimal(unit.price.minor, places: digits)
        writer.raw(#","total":"# as StaticString)
        writer.decimal(total, places: digits)
        writer.raw(#","rule":"# as StaticString)
        writer.string(unit.reason.rawValue)
        writer.raw(#","lowest_price_30_days":"# as StaticString)
        writer.amount(reduction?.lowest, for: call.tenant)
        writer.raw(#","reduction_since":"# as StaticString)
        writer.moment(reduction?.since, for: call.tenant)
        writer.raw("}" as StaticString)
        return writer.bytes
    }
}
