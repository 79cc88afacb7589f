import Persistence
package import Resources

/// How many of a product there are. Moved only by the ledger.
package struct StockLevel: Resource {
    package var id: Identifier<StockLevel>
    package var count: Int64

    package static let schema = Schema(
        "stock", "stock", table: "stock_levels", StockLevel.init,
        Field("product_id", \.id, .readOnly),
        Field("count", \.count, .filterable, .sortable),
        also: [
            .computed(
                "own_id", .text,
                """
                (SELECT p.own_id FROM products p WHERE p.webshop_id = stock_levels.webshop_id
                AND p.product_id = stock_levels.product_id)
                """, nullable: true, after: "product_id"),
            .constant("attribute_id", "null", after: "own_id"),
            .constant("attribute_value_id", "null", after: "attribute_id"),
            .constant("variant_name", "null", after: "attribute_value_id"),
            .constant("location", "null", after: "variant_name"),
            .constant("reserved", "0", after: "count"),
            .computed(
                "available", .integer, "coalesce(\(Bundle.whole(of: "stock_levels")), count)", after: "reserved",
                about: "How many can be sold; of a bundle, how many its members allow."),
        ],
        verbs: [.list], sortedBy: "product_id")
}

/// One movement of stock: how many, why, and what was left. Written once, never changed.
package struct StockEntry: Resource {
    package var id: Identifier<StockEntry>
    package var productID: Int64
    package var kind: Kind
    package var change: Int64
    package var balance: Int64
    package var reason: String
    package var orderID: Int64?
    package var orderProductID: Int64?

    package enum Kind: String, Choice {
        /// Sold by an order.
        case order
        /// Back from a cancelled order.
        case cancel
        /// Counted: the balance was set.
        case count
        /// Moved by hand, up or down.
        case adjust
        /// The balance an import brought.
        case `import`
    }

    package static let schema = Schema(
        "stock-entry", "stock_entries", StockEntry.init,
        Field("stock_entry_id", \.id, .readOnly),
        Field("product_id", \.productID, .filterable),
        Field("kind", \.kind, .readOnly, .filterable),
        Field("change", \.change, .filterable),
        Field("balance", \.balance, .readOnly, .about("What was there afterwards.")),
        Field("reason", \.reason, .length(0...1000)),
        Field("order_id", \.orderID, .readOnly, .filterable),
        Field("order_product_id", \.orderProductID, .readOnly),
        verbs: [.list, .read])
}
