import Persistence
package import Resources

/// One product of an order, with name, price and rate as they were when it was placed.
package struct OrderLine: Resource {
    package var id: Identifier<OrderLine>
    package var orderID: Identifier<Order>
    package var productID: Int64
    package var variantID: Int64?
    package var ownID: String
    package var name: String
    package var variantName: String?
    package var amount: Int64
    package var unitPrice: Amount
    package var priceOverride: Bool
    package var vatRate: Percentage
    package var vat: Amount
    package var total: Amount
    package var purchasePrice: Amount?
    package var attributes: JSONText
    package var bundle: JSONText
    package var pieces: Int64

    package static let schema = Schema(
        "order-line", "order_lines", OrderLine.init,
        Field("order_product_id", \.id, .readOnly),
        Field("order_id", \.orderID, .hidden),
        Field("product_id", \.productID),
        Field("variant_id", \.variantID),
        Field("own_id", \.ownID),
        Field("name", \.name),
        Field("variant_name", \.variantName),
        Field("amount", \.amount),
        Field("unit_price", \.unitPrice),
        Field("price_override", \.priceOverride, .about("1 where the client gave the price.")),
        Field("vat_rate", \.vatRate, .about("Percent.")),
        Field("vat", \.vat, .range(Totals.range), .about("This line's share of the order's VAT.")),
        Field("total", \.total, .range(Totals.range)),
        Field("purchase_price", \.purchasePrice),
        Field("attributes", \.attributes),
        Field(
            "bundle", \.bundle, .about("What one of it held when it was ordered: `{product_id, own_id, name, count}`.")),
        Field("pieces", \.pieces, .hidden),
        verbs: [])

    /// For a message: "Shirt (M)".
    var fullName: String { variantName.map { "\(name) (\($0))" } ?? name }

    package var unit: StockUnit { StockUnit(productID, variant: variantID) }
}
