package import Resources

/// One movement of stock: how many, why, and what was left. Written once, never changed.
package struct StockEntry: Resource {
    package var id: Identifier<StockEntry>
    package var productID: Int64
    package var variantID: Int64?
    package var kind: Kind
    package var change: Int64
    package var balance: Int64
    package var reason: String
    package var orderID: Int64?
    package var orderProductID: Int64?
    package var actor: JSONText?

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
        Field("variant_id", \.variantID, .readOnly, .filterable),
        Field("kind", \.kind, .readOnly, .filterable),
        Field("change", \.change, .filterable),
        Field("balance", \.balance, .readOnly, .about("What was there afterwards.")),
        Field("reason", \.reason, .length(0...1000)),
        Field("order_id", \.orderID, .readOnly, .filterable),
        Field("order_product_id", \.orderProductID, .readOnly),
        Field("actor", \.actor, .readOnly, .shape(.actor), .about(Actor.about)),
        verbs: [.list, .read], followed: true)
}
