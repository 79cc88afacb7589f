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

/// What an order needs to know of a variant.
struct SoldVariant {
    let id: Int64
    let ownID: String?
    let name: String
    let price: Amount?
    let salePrice: Amount?
    let purchasePrice: Amount?
    let weight: Int64?
    /// Attribute and value, each with its name.
    private let values: [(attribute: Int64, value: Int64, name: String, val: String)]

    var candidate: VariantChoice.Candidate {
        VariantChoice.Candidate(variantID: id, valueIDs: Set(values.map(\.value)), name: name)
    }

    /// The variants that can be meant by the choices, by product, in one query.
    static func all(
        _ choices: [(product: Int64, choice: VariantChoice)], in tx: Transaction
    ) throws -> [Int64: [SoldVariant]] {
        guard !choices.isEmpty else { return [:] }
        let narrowed = choices.compactMap(\.choice.condition)
        let condition: SQL = narrowed.count == choices.count ? " AND (\(SQL.joined(narrowed, by: " OR ")))" : ""
        let rows = try tx.db.rows(statement(choices.map(\.product), tx.shop, condition))
        return rows.reduce(into: [:]) { $0[$1.integer(1) ?? 0, default: []].append(SoldVariant($1)) }
    }

    /// - Parameter condition: further, beginning with AND.
    static func statement(_ products: [Int64], _ shop: Int64, _ condition: SQL) -> SQL {
        """
        SELECT variant_id, product_id, own_id, price, sale_price, purchase_price, weight,
        attribute_id, attribute_value_id, \(raw: named("")), attribute_id_2, attribute_value_id_2, \(raw: named("_2"))
        FROM product_variants WHERE webshop_id = \(shop) AND product_id IN (\(SQL.list(Set(products).sorted())))
        AND removed_on IS NULL\(condition) ORDER BY variant_id
        """
    }

    /// Names of an attribute and of its value.
    private static func named(_ suffix: String) -> String {
        """
        (SELECT a.name FROM profile_attributes a WHERE a.webshop_id = product_variants.webshop_id
        AND a.attribute_id = product_variants.attribute_id\(suffix)),
        (SELECT v.val FROM profile_attribute_values v WHERE v.webshop_id = product_variants.webshop_id
        AND v.attribute_value_id = product_variants.attribute_value_id\(suffix))
        """
    }

    init(_ row: Row) {
        id = row.integer(0) ?? 0
        ownID = row.text(2)
        price = row.integer(3).map(Amount.init)
        salePrice = row.integer(4).map(Amount.init)
        purchasePrice = row.integer(5).map(Amount.init)
        weight = row.integer(6)
        values = [7, 11].compactMap { column in
            guard let attribute = row.integer(column), attribute > 0 else { return nil }
            return (attribute, row.integer(column + 1) ?? 0, row.text(column + 2) ?? "", row.text(column + 3) ?? "")
        }
        name = values.map(\.val).joined(separator: " / ")
    }

    /// What the line keeps: the values by name, and what the client said beside them, such as an engraving.
    func attributes(beside given: JSON?) -> JSONText {
        let own = values.map { value -> JSON in
            [
                "attribute_id": .number(JSONNumber(value.attribute)),
                "attribute_value_id": .number(JSONNumber(value.value)),
                "name": .string(value.name), "val": .string(value.val),
            ]
        }
        var others: [JSON] = []
        if case .array(let rows) = given {
            let chosen = Set(values.map(\.attribute))
            others = rows.filter { row in
                guard case .object(let object) = row, case .number(let number) = object["attribute_id"],
                    let id = number.integer?.int64
                else { return true }
                return !chosen.contains(id)
            }
        }
        return JSONText(JSON.array(own + others).serialized)
    }
}
