import Basics
import Persistence
import Resources

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
        return try rows.reduce(into: [:]) { variants, row in
            variants[try row["product_id"], default: []].append(try SoldVariant(row))
        }
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
        AND a.attribute_id = product_variants.attribute_id\(suffix)) AS attribute_name\(suffix),
        (SELECT v.val FROM profile_attribute_values v WHERE v.webshop_id = product_variants.webshop_id
        AND v.attribute_value_id = product_variants.attribute_value_id\(suffix)) AS val\(suffix)
        """
    }

    init(_ row: Row) throws {
        id = try row["variant_id"]
        ownID = try row["own_id"]
        price = try row.amount("price")
        salePrice = try row.amount("sale_price")
        purchasePrice = try row.amount("purchase_price")
        weight = try row["weight"]
        var values: [(attribute: Int64, value: Int64, name: String, val: String)] = []
        if let attribute: Int64 = try row["attribute_id"], attribute > 0 {
            values.append((attribute, try row["attribute_value_id"], try row["attribute_name"], try row["val"]))
        }
        if let attribute: Int64 = try row["attribute_id_2"], attribute > 0 {
            values.append((attribute, try row["attribute_value_id_2"], try row["attribute_name_2"], try row["val_2"]))
        }
        self.values = values
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
