import Basics
import Persistence
import Resources

/// What an order needs to know of a product; the other fifty columns stay in the database.
struct SoldProduct {
    let id: Int64
    let ownID: String
    let name: String
    let pricing: Pricing
    let purchasePrice: Amount?
    let vatRate: Percentage?
    /// Thousandths of a kilogram.
    let weight: Int64
    let neverFreeShipping: Bool
    let hasVariants: Bool
    /// What it is made of, where it is a bundle.
    private(set) var parts: [BundlePart] = []

    static func all(_ ids: [Int64], in tx: Transaction) throws -> [Int64: SoldProduct] {
        guard !ids.isEmpty else { return [:] }
        let rows = try tx.db.rows(
            """
            SELECT product_id, own_id, name, purchase_price, vat, shipping_weight, never_free_shipping, parts,
            \(raw: Pricing.columns), bundle FROM products
            WHERE webshop_id = \(tx.shop) AND product_id IN (\(SQL.list(ids))) AND removed_on IS NULL
            """)
        let bundles = rows.filter { $0.text($0.count - 1) != JSONText.emptyList.text }.compactMap { $0.integer(0) }
        let parts = try BundlePart.all(of: bundles, in: tx)
        return try rows.reduce(into: [:]) { found, row in
            var product = try SoldProduct(row, for: tx.tenant)
            product.parts = parts[product.id] ?? []
            found[product.id] = product
        }
    }

    private init(_ row: Row, for tenant: Tenant) throws {
        id = row.integer(0) ?? 0
        ownID = row.text(1) ?? ""
        name = row.text(2) ?? ""
        purchasePrice = row.integer(3).map(Amount.init)
        vatRate = row.integer(4).map { Percentage(hundredths: $0) }
        weight = row.integer(5) ?? 0
        neverFreeShipping = row.flag(6)
        hasVariants = (row.integer(7) ?? 0) & ProductParts.variants != 0
        pricing = Pricing(row, from: 8, for: tenant)
    }

    /// The variant a line means; nil for a product that has none.
    func variant(
        _ choice: VariantChoice, _ variants: [Int64: [SoldVariant]], at prefix: String
    ) throws -> SoldVariant? {
        guard hasVariants else { return nil }
        let all = variants[id] ?? []
        let id = try choice.pick(from: all.map(\.candidate), at: prefix)
        return all.first { $0.id == id }
    }
}
