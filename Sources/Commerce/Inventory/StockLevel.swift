package import Resources

/// How many of a product or of one of its variants there are. Moved only by the ledger.
package struct StockLevel: Resource {
    package var id: Identifier<StockLevel>
    package var productID: Int64
    package var attributeID: Int64?
    package var valueID: Int64?
    package var count: Int64
    package var attributeID2: Int64?
    package var valueID2: Int64?
    package var allowsNegative: Bool
    /// Whether it does so only since an order took what was not there, so that nothing else goes below zero.
    package var isOversold: Bool

    package static let schema = Schema(
        "stock", "stock", table: "stock_levels", StockLevel.init,
        Field("stock_id", \.id, .hidden),
        Field("product_id", \.productID, .readOnly, .filterable, .sortable),
        Field("attribute_id", \.attributeID, .readOnly),
        Field("attribute_value_id", \.valueID, .readOnly),
        Field("count", \.count, .filterable, .sortable),
        Field("attribute_id_2", \.attributeID2, .readOnly),
        Field("attribute_value_id_2", \.valueID2, .readOnly),
        Field("allows_negative", \.allowsNegative, .hidden),
        Field("is_oversold", \.isOversold, .hidden),
        also: [
            .computed(
                "own_id", .text,
                """
                coalesce((SELECT v.own_id FROM product_variants v WHERE v.webshop_id = stock_levels.webshop_id
                AND v.variant_id = stock_levels.stock_id),
                (SELECT p.own_id FROM products p WHERE p.webshop_id = stock_levels.webshop_id
                AND p.product_id = stock_levels.product_id))
                """, nullable: true, after: "product_id", about: "The variant's number, else the product's."),
            .computed(
                "variant_name", .text, ProductVariant.name(in: "stock_levels"), nullable: true,
                after: "attribute_value_id"),
            .constant("location", "null", after: "variant_name"),
            .constant("reserved", "0", after: "count"),
            .computed(
                "available", .integer, "coalesce(\(Bundle.whole(of: "stock_levels")), count)", after: "reserved",
                about: "How many can be sold; of a bundle, how many its members allow."),
            .computed(
                "stock_id", .integer, "stock_id", after: "available",
                about: "What is counted: the variant's id, or the product's where it has none. The feed names it."),
            .computed("variant_id", .integer, "nullif(stock_id, product_id)", nullable: true, after: "stock_id"),
        ],
        verbs: [.list], sortedBy: "product_id", followed: true)
}

extension StockLevel {
    /// The level of a product without variants, with nothing in it.
    init(of product: Product) {
        self.init(
            id: Identifier(product.id.rawValue), productID: product.id.rawValue, attributeID: nil, valueID: nil,
            count: 0, attributeID2: nil, valueID2: nil, allowsNegative: product.allowNegativeStock,
            isOversold: false)
    }

    /// The level of a variant, with nothing in it.
    init(of variant: ProductVariant, allowsNegative: Bool) {
        self.init(
            id: Identifier(variant.id.rawValue), productID: variant.productID, attributeID: variant.attributeID,
            valueID: variant.valueID, count: 0, attributeID2: variant.attributeID2 == 0 ? nil : variant.attributeID2,
            valueID2: variant.valueID2 == 0 ? nil : variant.valueID2, allowsNegative: allowsNegative, isOversold: false)
    }
}
