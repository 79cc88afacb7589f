import Persistence
package import Resources

/// A word that products wear, such as "New" or "Organic".
package struct ProductLabel: Resource {
    package var id: Identifier<ProductLabel>
    package var name: String
    package var color: String?
    package var weight: Int64

    package static let schema = Schema(
        "product-label", "product_labels", ProductLabel.init,
        Field("product_label_id", \.id, .readOnly),
        Field("name", \.name, .required, .key, .length(1...255), .filterable, .sortable),
        Field("color", \.color, .length(0...7), .about("`#rrggbb`.")),
        Field("weight", \.weight, .sortable),
        sortedBy: "name")

    package static func prepare(
        _ new: inout ProductLabel, replacing old: ProductLabel?, in tx: Transaction
    ) throws {
        new.color = try Color.tidied(new.color)
    }

    package static let parts: [Part<ProductLabel>] = [.wearers]

    package static let followers: [Follower<ProductLabel>] = [.search(\.name, of: products)]

    /// The products that wear it.
    private static func products(_ label: ProductLabel, _ shop: Int64) -> SQL {
        "SELECT product_id FROM labelled_products WHERE webshop_id = \(shop) AND product_label_id = \(label.id)"
    }
}

extension Part<ProductLabel> {
    /// Its places on products.
    fileprivate static var wearers: Part {
        Part(remove: { label, tx in
            tx.markChanged("labelled_products")
            tx.markChanged(Product.info.table)
            try tx.db.run(
                "DELETE FROM labelled_products WHERE webshop_id = \(tx.shop) AND product_label_id = \(label.id)")
        })
    }
}
