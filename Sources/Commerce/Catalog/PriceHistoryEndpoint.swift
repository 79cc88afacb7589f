import Basics
import Persistence
package import Resources

/// What a product has cost, and whom: every price that could be paid, since when and until when.
package enum PriceHistoryEndpoint {
    package static let endpoints: [Endpoint] = [show]

    /// More changes of one product than are worked through for one answer.
    private static let rowsMax = 100_000

    private static let entry: JSON = [
        "type": "object",
        "required": [
            "product_id", "variant_id", "customer_group", "price", "regular_price", "began", "ended", "actor",
        ],
        "additionalProperties": false,
        "properties": [
            "product_id": ["type": "integer"],
            "variant_id": ["type": ["integer", "null"], "description": "null: the product itself."],
            "customer_group": ["type": ["string", "null"], "description": "null: everybody."],
            "price": [
                "type": ["number", "null"],
                "description": "What one unit cost; null while no price was said, so that it could not be sold.",
            ],
            "regular_price": ["type": ["number", "null"], "description": "What it would have cost without the sale."],
            "began": ["type": "string"],
            "ended": ["type": ["string", "null"], "description": "null: it holds now."],
            "actor": Actor.schema,
        ],
    ]

    private static let show = Endpoint(
        .get, "/REST/product/{product_id}/price-history", .token(.read), "list_product_prices",
        """
        Every price that one unit could be had for, latest first: of the product, of each variant that has had prices of its \
        own, and of each group of customers for whom it was another. Sales stand with the moments they began and ended at.
        """,
        Documentation(
            tag: "product",
            answer: [
                "type": "object", "required": ["paging", "price_history"], "additionalProperties": false,
                "properties": [
                    "paging": ["$ref": "#/components/schemas/Paging"],
                    "price_history": ["type": "array", "items": entry],
                ],
            ]),
        asks: PriceHistoryWish.self
    ) { wish, call, storage in
        let product = try await product(call, storage)
        let rows = try await rows(of: product, wish, call, storage)
        let entries = PriceHistoryEntry.all(of: rows, wish, at: call.now)
        return Answer(body: json(entries, product, wish, call.tenant))
    }

    private static func product(_ call: Call, _ storage: any Storage) async throws -> Int64 {
        let rows = try await storage.fetch(
            """
            SELECT product_id, removed_on FROM products WHERE webshop_id = \(call.tenant.webshopID)
            AND \(Product.info.isAt(try call.address(of: Product.info)))
            """)
        guard let row = rows.first else { throw Problem.notFound("product") }
        if let _: Int64 = try row["removed_on"] { throw Problem.gone("product") }
        return try row["product_id"]
    }

    private static func rows(
        of product: Int64, _ wish: PriceHistoryWish, _ call: Call, _ storage: any Storage
    ) async throws -> [PriceHistoryRow] {
        let variants: SQL = wish.variant.map { " AND variant_id IN (0, \($0))" } ?? ""
        let rows = try await storage.fetch(
            """
            SELECT \(raw: PriceHistoryRow.columns("price_history")) FROM price_history
            WHERE webshop_id = \(call.tenant.webshopID) AND product_id = \(product)\(variants)
            ORDER BY variant_id, began LIMIT \(raw: String(rowsMax + 1))
            """)
        guard rows.count <= rowsMax else {
            throw Problem.invalid(
                "?variant_id", "too_many", "is needed: the product has more than \(rowsMax) changes of prices")
        }
        return try rows.map { try PriceHistoryRow($0, for: call.tenant) }
    }

    private static func json(
        _ entries: [PriceHistoryEntry], _ product: Int64, _ wish: PriceHistoryWish, _ tenant: Tenant
    ) -> [UInt8] {
        let rest =
            wish.after.map { after in entries.drop { !after.isBefore($0) } } ?? entries.dropFirst(wish.page.offset)
        let page = rest.prefix(wish.page.limit)
        var writer = JSONWriter(capacity: 256 + page.count * 192)
        writer.raw(#"{"paging":{"offset":"# as StaticString)
        writer.integer(Int64(wish.after == nil ? wish.page.offset : 0))
        writer.raw(#","limit":"# as StaticString)
        writer.integer(Int64(wish.page.limit))
        writer.raw(#","count":"# as StaticString)
        writer.integer(Int64(page.count))
        writer.raw(#","total":"# as StaticString)
        writer.integer(Int64(entries.count))
        if rest.count > page.count, let last = page.last {
            writer.raw(#","next":"# as StaticString)
            writer.string(PriceHistoryCursor(last).text)
        }
        writer.raw(#"},"price_history":["# as StaticString)
        for (place, entry) in page.enumerated() {
            if place > 0 { writer.byte(UInt8(ascii: ",")) }
            writer.entry(entry, of: product, for: tenant)
        }
        writer.raw("]}" as StaticString)
        return writer.bytes
    }
}

extension JSONWriter {
    fileprivate mutating func entry(_ entry: PriceHistoryEntry, of product: Int64, for tenant: Tenant) {
        raw(#"{"product_id":"# as StaticString)
        integer(product)
        raw(#","variant_id":"# as StaticString)
        if entry.variant == 0 { null() } else { integer(entry.variant) }
        raw(#","customer_group":"# as StaticString)
        if entry.group.isEmpty { null() } else { string(entry.group) }
        for (name, price) in [("price", entry.step.price), ("regular_price", entry.step.regular)] {
            byte(UInt8(ascii: ","))
            self.name(name)
            amount(price, for: tenant)
        }
        raw(#","began":"# as StaticString)
        moment(entry.step.began, for: tenant)
        raw(#","ended":"# as StaticString)
        moment(entry.ended, for: tenant)
        raw(#","actor":"# as StaticString)
        if let actor = entry.actor { raw(actor) } else { null() }
        byte(UInt8(ascii: "}"))
    }

    /// An amount in the shop's currency, or null.
    mutating func amount(_ amount: Amount?, for tenant: Tenant) {
        if let amount { decimal(amount.minor, places: tenant.currency.digits) } else { null() }
    }

    /// A moment in the shop's zone, or null.
    mutating func moment(_ moment: Instant?, for tenant: Tenant) {
        if let moment { timestamp(moment.milliseconds, zone: tenant.zone) } else { null() }
    }
}
