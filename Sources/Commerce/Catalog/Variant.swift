import Persistence
package import Resources

/// One version of a product that is sold, counted and numbered by itself, such as size 42. It is named by its values of the
/// profile's variant attributes, at most two, and what it leaves open is as the product has it. Fact sheet 4.1 and 4.2.
package struct ProductVariant: Resource {
    package var id: Identifier<ProductVariant>
    package var productID: Int64
    package var ownID: String?
    package var secOwnID: String?
    package var gtin: String?
    package var mpn: String?
    package var attributeID: Int64
    package var valueID: Int64
    /// 0 where the profile has one variant attribute.
    package var attributeID2: Int64
    package var valueID2: Int64
    package var price: Amount?
    package var salePrice: Amount?
    package var purchasePrice: Amount?
    package var weight: Thousandths?
    package var location: String?

    package static let schema = Schema(
        "variant", "variants", table: "product_variants", ProductVariant.init,
        Field("variant_id", \.id, .readOnly),
        Field("product_id", \.productID, .readOnly, .references { Product.info }, .filterable, .sortable),
        Field("own_id", \.ownID, .own),
        Field("sec_own_id", \.secOwnID, .key, .length(0...255)),
        Field("gtin", \.gtin, .key, .length(0...64), .filterable),
        Field("mpn", \.mpn, .key, .length(0...255)),
        Field("attribute_id", \.attributeID, .readOnly),
        Field("attribute_value_id", \.valueID, .readOnly, .filterable),
        Field("attribute_id_2", \.attributeID2, .hidden),
        Field("attribute_value_id_2", \.valueID2, .hidden),
        Field("price", \.price, .about("null: what the product costs.")),
        Field(
            "sale_price", \.salePrice,
            .about("null: the product's, unless the variant has a price of its own.")),
        Field("purchase_price", \.purchasePrice, .about("null: the product's.")),
        Field("weight", \.weight, .range(0...1_000_000_000), .about("Kilograms; null: what the product weighs.")),
        Field("location", \.location, .length(0...255), .about("null: where the product is.")),
        also: shown, verbs: [.list, .read, .update],
        elsewhere:
            "Variants are made and removed through their product: PUT product/{product_id} with `stock_settings`.")

    private static let shown: [AnswerMember] = [
        .computed("name", .text, name(in: "product_variants"), nullable: true, after: "mpn", about: "42, or 42 / Red."),
        .computed(
            "attribute_id_2", .integer, "nullif(attribute_id_2, 0)", nullable: true, after: "attribute_value_id"),
        .computed(
            "attribute_value_id_2", .integer, "nullif(attribute_value_id_2, 0)", nullable: true,
            after: "attribute_id_2"),
        .computed(
            "sale_from", .instant, its("sale_from"), nullable: true, after: "sale_price",
            about: "When the product's sale begins, which is the variant's too."),
        .computed("sale_to", .instant, its("sale_to"), nullable: true, after: "sale_from", about: "When that ends."),
        .constant("manage_stock", "1", after: "weight", about: "Its stock is counted."),
        .computed(
            "allow_negative_stock", .flag, "coalesce(\(its("allow_negative_stock")), 0)", after: "manage_stock",
            about: "Whether its product may be sold below zero."),
        .computed(
            "in_stock", .integer,
            """
            coalesce((SELECT l.count FROM stock_levels l WHERE l.webshop_id = product_variants.webshop_id
            AND l.product_id = product_variants.product_id AND l.stock_id = product_variants.variant_id
            AND l.removed_on IS NULL), 0)
            """, after: "allow_negative_stock", about: "How many there are; `stock` changes it."),
    ]

    /// A column of its product.
    private static func its(_ column: String) -> String {
        """
        (SELECT p.\(column) FROM products p WHERE p.webshop_id = product_variants.webshop_id
        AND p.product_id = product_variants.product_id)
        """
    }

    package static let parts: [Part<ProductVariant>] = [.numbers]

    package static let followers: [Follower<ProductVariant>] = [.product]

    /// Its product, which is held first by whoever writes variants through it.
    package static func hold(before ids: [Int64], in tx: Transaction) throws {
        guard !ids.isEmpty else { return }
        _ = try tx.db.rows(
            """
            SELECT product_id FROM products WHERE webshop_id = \(tx.shop) AND product_id IN (SELECT v.product_id
            FROM product_variants v WHERE v.webshop_id = \(tx.shop) AND v.variant_id IN (\(SQL.paddedList(ids))))
            ORDER BY product_id\(tx.db.dialect.forUpdate)
            """)
    }

    package var unit: StockUnit { StockUnit(productID, variant: id.rawValue) }

    /// What it is found by.
    var numbers: [String?] { [ownID, secOwnID, gtin, mpn] }

    /// Whether it costs something else than another did.
    func isRepriced(since old: ProductVariant?) -> Bool {
        old == nil || price != old?.price || salePrice != old?.salePrice
    }
}
