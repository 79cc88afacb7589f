import Basics
import Persistence
import Resources

/// A member of a bundle that is being sold.
struct BundlePart {
    let productID: Int64
    let ownID: String
    let name: String
    let count: Int64
    let hasVariants: Bool
    /// Which variant of it a line takes.
    private(set) var variant: SoldVariant?
    /// Whether it still is a product of the shop.
    let isSold: Bool

    /// The members of bundles, in one query.
    static func all(of bundles: [Int64], in tx: Transaction) throws -> [Int64: [BundlePart]] {
        guard !bundles.isEmpty else { return [:] }
        let rows = try tx.db.rows(
            """
            SELECT m.bundle_id, m.product_id, p.own_id, p.name, m.count, p.removed_on, p.parts
            FROM bundle_members m JOIN products p ON p.webshop_id = m.webshop_id AND p.product_id = m.product_id
            WHERE m.webshop_id = \(tx.shop) AND m.bundle_id IN (\(SQL.list(bundles))) ORDER BY m.bundle_id, m.place
            """)
        return try rows.reduce(into: [:]) { parts, row in
            parts[try row["bundle_id"], default: []].append(
                BundlePart(
                    productID: try row["product_id"], ownID: try row["own_id"], name: try row["name"],
                    count: try row["count"], hasVariants: try row["parts"] & ProductParts.variants != 0,
                    isSold: try row["removed_on"] == Int64?.none))
        }
    }

    package var unit: StockUnit { StockUnit(productID, variant: variant?.id) }

    var label: StockLabel {
        StockLabel(ownID: variant?.ownID ?? ownID, variantName: variant?.name, isInBundle: true)
    }

    /// For a message: "Shirt (M)".
    var fullName: String { variant.map { "\(name) (\($0.name))" } ?? name }

    /// The member in the variant a line names (fact sheet 3.6, `b_attributes`).
    func chosen(
        _ choice: VariantChoice, _ variants: [Int64: [SoldVariant]], at pointer: String
    ) throws -> BundlePart {
        guard hasVariants else { return self }
        var part = self
        let all = variants[productID] ?? []
        let id = try choice.pick(from: all.map(\.candidate), at: "\(pointer)/b_attributes/\(productID)/")
        part.variant = all.first { $0.id == id }
        return part
    }

    /// The members as an order's line keeps them.
    static func json(_ parts: [BundlePart]) -> JSONText {
        JSONText(
            JSON.array(
                parts.map { part in
                    [
                        "product_id": .number(JSONNumber(part.productID)),
                        "variant_id": part.variant.map { .number(JSONNumber($0.id)) } ?? .null,
                        "own_id": .string(part.variant?.ownID ?? part.ownID), "name": .string(part.fullName),
                        "count": .number(JSONNumber(part.count)),
                    ]
                }
            ).serialized)
    }
}
