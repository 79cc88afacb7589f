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
    /// Whether bundles are made of it.
    let isInBundle: Bool
    /// What it is made of, where it is a bundle.
    private(set) var parts: [BundlePart] = []

    static func all(_ ids: [Int64], in tx: Transaction) throws -> [Int64: SoldProduct] {
        guard !ids.isEmpty else { return [:] }
        let rows = try tx.db.rows(
            """
            SELECT product_id, own_id, name, purchase_price, vat, shipping_weight, never_free_shipping, parts,
            \(raw: Pricing.columns), bundle, CASE WHEN EXISTS (SELECT 1 FROM bundle_members m
            WHERE m.webshop_id = products.webshop_id AND m.product_id = products.product_id) THEN 1 ELSE 0 END AS is_in_bundle
            FROM products
            WHERE webshop_id = \(tx.shop) AND product_id IN (\(SQL.list(ids))) AND removed_on IS NULL
            """)
        let bundles = try rows.filter { try $0["bundle"] != JSONText.emptyList.text }.map {
            try $0["product_id"] as Int64
        }
        let parts = try BundlePart.all(of: bundles, in: tx)
        return try rows.reduce(into: [:]) { found, row in
            var product = try SoldProduct(row, for: tx.tenant)
            product.parts = parts[product.id] ?? []
            found[product.id] = product
        }
    }

    private init(_ row: Row, for tenant: Tenant) throws {
        id = try row["product_id"]
        ownID = try row["own_id"]
        name = try row["name"]
        purchasePrice = try row.amount("purchase_price")
        vatRate = (try row["vat"] as Int64?).map { Percentage(hundredths: $0) }
        weight = try row["shipping_weight"] ?? 0
        neverFreeShipping = try row["never_free_shipping"]
        hasVariants = try row["parts"] & ProductParts.variants != 0
        isInBundle = try row["is_in_bundle"]
        pricing = try Pricing(row, for: tenant)
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
