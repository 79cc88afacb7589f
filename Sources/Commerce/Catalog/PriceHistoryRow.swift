import Basics
import Persistence
import Resources

/// What was set of a product or of a variant, from a moment on.
struct PriceHistoryRow {
    /// The columns it is read from, of a table.
    static func columns(_ table: String) -> String {
        (["product_id", "variant_id", "began", "actor"] + Pricing.columnNames).map { "\(table).\($0)" }.joined(
            separator: ", ")
    }

    let product: Int64
    /// 0 for the product itself.
    let variant: Int64
    let began: Instant
    /// Who set it, as it is shown; nil where nobody knows.
    let actor: String?
    /// Of a product.
    let pricing: Pricing
    /// What a variant has of its own.
    let price: Amount?
    let salePrice: Amount?

    init(_ row: Row, for tenant: Tenant) throws {
        product = try row["product_id"]
        variant = try row["variant_id"]
        began = try row["began"]
        actor = try row["actor"]
        pricing = try Pricing(row, for: tenant)
        price = try row.amount("price")
        salePrice = try row.amount("sale_price")
    }
}

/// Rows of one product or of one variant, in the order of their moments.
extension [PriceHistoryRow] {
    /// What was set of a product by itself.
    var settings: [PriceSeries.Setting] { map { .init(began: $0.began, $0.pricing) } }

    /// What was set of a variant: its own rows over those of its product, from its first on.
    func settings(over product: [PriceHistoryRow]) -> [PriceSeries.Setting] {
        guard let born = first?.began else { return [] }
        let moments = Set([born] + (self + product).map(\.began).filter { $0 > born }).sorted()
        var (own, its) = (self[...], product[...])
        var (mine, general) = (Variant(), Pricing.none)
        return moments.map { moment in
            while let row = own.first, row.began <= moment { (mine, own) = (Variant(row), own.dropFirst()) }
            while let row = its.first, row.began <= moment { (general, its) = (row.pricing, its.dropFirst()) }
            return .init(began: moment, general.of(price: mine.price, sale: mine.sale))
        }
    }

    private struct Variant {
        var price: Amount?
        var sale: Amount?

        init() {}
        init(_ row: PriceHistoryRow) { (price, sale) = (row.price, row.salePrice) }
    }
}
