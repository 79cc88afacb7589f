import Basics
import Persistence

/// Something that several products have in common and are found and counted by.
struct SearchGroup {
    /// The mark of the kind, as `facets` has it.
    private let kind: String
    private let id: Int64
    private let value: Int64
    let text: String

    /// What the products have, ordered by product.
    static func query(_ products: SQL, _ shop: Int64) -> SQL {
        """
        SELECT p.product_id, 'b' AS kind, b.brand_id AS id, 0 AS value, b.name AS text
        FROM products p JOIN brands b ON b.webshop_id = p.webshop_id AND b.brand_id = p.brand_id
        WHERE p.webshop_id = \(shop) AND p.product_id IN (\(products)) AND b.removed_on IS NULL
        UNION ALL SELECT pc.product_id, 'c', c.category_id, 0, c.name FROM product_categories pc
        JOIN categories c ON c.webshop_id = pc.webshop_id AND c.category_id = pc.category_id
        WHERE pc.webshop_id = \(shop) AND pc.product_id IN (\(products)) AND c.removed_on IS NULL
        UNION ALL SELECT lp.product_id, 'l', l.product_label_id, 0, l.name FROM labelled_products lp
        JOIN product_labels l ON l.webshop_id = lp.webshop_id AND l.product_label_id = lp.product_label_id
        WHERE lp.webshop_id = \(shop) AND lp.product_id IN (\(products)) AND l.removed_on IS NULL
        UNION ALL SELECT pa.product_id, a.data_type, a.attribute_id, pa.attribute_value_id, coalesce(v.val, pa.plain)
        FROM product_attributes pa
        JOIN profile_attributes a ON a.webshop_id = pa.webshop_id AND a.attribute_id = pa.attribute_id
        LEFT JOIN profile_attribute_values v
        ON v.webshop_id = pa.webshop_id AND v.attribute_value_id = pa.attribute_value_id
        WHERE pa.webshop_id = \(shop) AND pa.product_id IN (\(products)) AND a.removed_on IS NULL
        UNION ALL SELECT DISTINCT pv.product_id, a.data_type, a.attribute_id, v.attribute_value_id, v.val
        FROM product_variants pv
        JOIN profile_attribute_values v ON v.webshop_id = pv.webshop_id
            AND v.attribute_value_id IN (pv.attribute_value_id, pv.attribute_value_id_2)
        JOIN profile_attributes a ON a.webshop_id = v.webshop_id AND a.attribute_id = v.attribute_id
        WHERE pv.webshop_id = \(shop) AND pv.product_id IN (\(products)) AND pv.removed_on IS NULL
        UNION ALL SELECT pv.product_id, 'n', pv.variant_id, 0, coalesce(pv.own_id, '') || \(numbersEnd)
        || coalesce(pv.sec_own_id, '') || \(numbersEnd) || coalesce(pv.gtin, '') || \(numbersEnd) || coalesce(pv.mpn, '')
        FROM product_variants pv
        WHERE pv.webshop_id = \(shop) AND pv.product_id IN (\(products)) AND pv.removed_on IS NULL
        ORDER BY 1, 2, 3, 4, 5
        """
    }

    /// Stands between the numbers of a variant.
    private static let numbersEnd = "\u{1F}"

    /// The numbers of a variant, each of which is found whole; nil where it is something else.
    var numbers: [String]? {
        kind == "n" ? text.split(separator: SearchGroup.numbersEnd).map(String.init) : nil
    }

    init(_ row: Row) throws {
        (kind, id, value, text) = (try row["kind"], try row["id"], try row["value"], try row["text"])
    }

    private var dataType: ProfileAttribute.DataType? { .init(rawValue: kind) }

    /// `b3`, `c7`, `l2`, `12:5` for a value of a list, `14=1.5` for one of its own, `15~` and a hash for free text, which is
    /// chosen but not counted.
    var facet: String? {
        guard let dataType else { return "\(kind)\(id)" }
        switch dataType {
        case .valuelist, .color: return "\(id):\(value)"
        case .number, .boolean: return "\(id)=\(text)"
        case .text: return "\(id)~\(Int64(bitPattern: FNV.hash(Tokenizer.line(text))))"
        }
    }

    /// Whether the product is found by it: nobody types the 1 of a yes.
    var isSaid: Bool { dataType != .boolean }
}
