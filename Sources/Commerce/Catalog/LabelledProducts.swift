import Basics
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

    /// Replaces the products' labels by those given.
    static func store(_ products: inout [Described<Product>], in tx: Transaction) throws {
        let given = products.map { $0.body["product_labels"] }
        let concerned = products.indices.filter { given[$0] != nil }
        guard !concerned.isEmpty else { return }
        let known = try Known(concerned.compactMap { given[$0] }, at: "/product_labels", in: tx)
        let wearing = concerned.map { products[$0] }.filter { $0.has(ProductParts.labels) }
        let stored = try stored(of: wearing.map(\.id), in: tx)
        var written: [(product: Int64, labels: [Int64])] = []
        for index in concerned {
            var errors: [Problem.FieldError] = []
            let labels = try known.ids(of: given[index] ?? .null, at: "/product_labels", &errors)
            if !errors.isEmpty { throw Problem.invalid(errors) }
            let id = products[index].id
            guard labels != stored[id] ?? [] else { continue }
            written.append((id, labels))
            products[index].note(ProductParts.labels, !labels.isEmpty)
            products[index].hasNewParts = true
        }
        try ProductParts.replace(
            "labelled_products", ["product_label_id"],
            written.map { product, labels in (product, labels.map { [$0.sqlValue] }) }, having: stored.keys, in: tx)
        WordsChanged.touch(written.map(\.product), in: tx)
    }

    private static func stored(of products: [Int64], in tx: Transaction) throws -> [Int64: [Int64]] {
        guard !products.isEmpty else { return [:] }
        return try tx.db.rows(
            """
            SELECT product_id, product_label_id FROM labelled_products
            WHERE webshop_id = \(tx.shop) AND product_id IN (\(SQL.paddedList(products))) ORDER BY product_id, place
            """
        ).reduce(into: [:]) { $0[try $1["product_id"], default: []].append(try $1["product_label_id"]) }
    }

    /// The labels that a list names by objects, ids or names, each once.
    static func ids(
        of given: JSON, at pointer: String, in tx: Transaction, _ errors: inout [Problem.FieldError]
    ) throws -> [Int64] {
        try Known([given], at: pointer, in: tx).ids(of: given, at: pointer, &errors)
    }

    /// The labels that some lists name.
    private struct Known {
        private let ids: Set<Int64>
        private let byName: ByText<Int64>

        init(_ lists: [JSON], at pointer: String, in tx: Transaction) throws {
            let keys = try lists.flatMap { try $0.elements(at: pointer, atMost: labelsMax).map(Key.init) }
            let statements =
                SQL.each(Set(keys.compactMap(\.id)).sorted()) { Self.rows("product_label_id", in: $0, tx) }
                + SQL.each(Set(exact: keys.compactMap(\.name)).texts) { Self.rows("name", in: $0, tx) }
            let rows = try tx.db.fetch(statements).joined()
            ids = Set(try rows.integers("product_label_id"))
            byName = ByText(try rows.map { (try $0["name"], try $0["product_label_id"]) })
        }

        private static func rows(_ column: String, in list: SQL, _ tx: Transaction) -> SQL {
            """
            SELECT product_label_id, name FROM product_labels WHERE webshop_id = \(tx.shop)
            AND \(raw: column) IN (\(list)) AND removed_on IS NULL
            """
        }

        func ids(of given: JSON, at pointer: String, _ errors: inout [Problem.FieldError]) throws -> [Int64] {
            var named: [Int64] = []
            for (index, element) in try given.elements(at: pointer, atMost: labelsMax).enumerated() {
                let key = Key(element)
                let id = key.id.flatMap { ids.contains($0) ? $0 : nil } ?? key.name.flatMap { byName[$0] }
                guard let id else {
                    errors.append(.init("\(pointer)/\(index)", "unknown_product-label", "names no label of this shop"))
                    continue
                }
                if !named.contains(id) { named.append(id) }
            }
            return named
        }
    }

    /// What one element names a label by.
    private struct Key {
        var id: Int64?
        var name: String?

        init(_ element: JSON) {
            switch element {
            case .number(let number): id = number.integer?.int64
            case .string(let text):
                id = WholeNumber(strict: text)?.int64
                name = text.asKey
            case .object(let object):
                let key = object["product_label_id"].map(Key.init)
                id = key?.id
                // An id that is given and wrong must not fall back on a name.
                if key == nil, case .string(let text) = object["name"] { name = text.asKey }
            default: break
            }
        }
    }
}

extension Part<Product> {
    /// The labels it wears.
    static var labels: Part {
        Part(
            { _ in [.embedded(LabelledProducts.embed, after: "stock_settings", about: "The labels it wears.")] },
            store: { products, _, tx in try LabelledProducts.store(&products, in: tx) })
    }
}
