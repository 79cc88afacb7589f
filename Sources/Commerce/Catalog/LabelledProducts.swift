import Persistence
import Resources

/// Which labels a product wears. Read as `{product_label_id, name}`; written as those objects, as ids, or as names.
enum LabelledProducts {
    private static let labelsMax = 100

    static let embed = Embed(
        "product_labels", of: "labelled_products", key: "product_label_id", by: "product_id", order: "place",
        parts: ProductParts.labels,
        [
            .computed("product_label_id", .integer, "product_label_id"),
            .computed(
                "name", .text,
                """
                (SELECT l.name FROM product_labels l WHERE l.webshop_id = labelled_products.webshop_id
                AND l.product_label_id = labelled_products.product_label_id)
                """, nullable: true),
        ])

    /// Replaces the product's labels by those given.
    static func store(_ given: JSON?, of product: inout Product, in tx: Transaction) throws -> Bool {
        guard let given else { return false }
        var errors: [Problem.FieldError] = []
        let ids = try ids(of: given, at: "/product_labels", in: tx, &errors)
        if !errors.isEmpty { throw Problem.invalid(errors) }
        let old = product.parts & ProductParts.labels == 0 ? [] : try stored(of: product, in: tx)
        guard ids != old else { return false }
        tx.markChanged("labelled_products")
        if !old.isEmpty {
            try tx.db.run("DELETE FROM labelled_products WHERE webshop_id = \(tx.shop) AND product_id = \(product.id)")
        }
        try tx.db.run(
            SQL.insertions(
                "INSERT INTO labelled_products (webshop_id, product_id, product_label_id, place) VALUES",
                ids.enumerated().map { place, id in
                    [tx.shop.sqlValue, product.id.sqlValue, id.sqlValue, Int64(place).sqlValue]
                }))
        product.has(ProductParts.labels, !ids.isEmpty)
        return true
    }

    private static func stored(of product: Product, in tx: Transaction) throws -> [Int64] {
        try tx.db.rows(
            """
            SELECT product_label_id FROM labelled_products
            WHERE webshop_id = \(tx.shop) AND product_id = \(product.id) ORDER BY place
            """
        ).compactMap { $0.integer(0) }
    }

    /// The labels that a list names by objects, ids or names, each once.
    static func ids(
        of given: JSON, at pointer: String, in tx: Transaction, _ errors: inout [Problem.FieldError]
    ) throws -> [Int64] {
        let elements = try given.elements(at: pointer, atMost: labelsMax)
        guard !elements.isEmpty else { return [] }
        let keys = elements.map(Key.init)
        let rows = try tx.db.rows(
            """
            SELECT product_label_id, name FROM product_labels WHERE webshop_id = \(tx.shop)
            AND (product_label_id IN (\(SQL.list(keys.compactMap(\.id)))) OR name IN (\(SQL.list(keys.compactMap(\.name)))))
            AND removed_on IS NULL
            """)
        let known = Set(rows.compactMap { $0.integer(0) })
        let byName = Dictionary(
            rows.map { ($0.text(1) ?? "", $0.integer(0) ?? 0) }, uniquingKeysWith: { first, _ in first })
        var ids: [Int64] = []
        for (index, key) in keys.enumerated() {
            let id = key.id.flatMap { known.contains($0) ? $0 : nil } ?? key.name.flatMap { byName[$0] }
            guard let id else {
                errors.append(.init("\(pointer)/\(index)", "unknown_product-label", "names no label of this shop"))
                continue
            }
            if !ids.contains(id) { ids.append(id) }
        }
        return ids
    }

    /// What one element names a label by.
    private struct Key {
        var id: Int64?
        var name: String?

        init(_ element: JSON) {
            switch element {
            case .number(let number): id = number.integer
            case .string(let text):
                id = Int64(strict: text)
                name = text
            case .object(let object):
                let key = object["product_label_id"].map(Key.init)
                id = key?.id
                // An id that is given and wrong must not fall back on a name.
                if key == nil, case .string(let text) = object["name"] { name = text }
            default: break
            }
        }
    }
}
