import Commerce

/// What a page of products is read by: the plain fields, the rows that belong to a product, and the ids that become names.
enum ExportedColumns {
    private static let embeds: Set<String> = ["attributes", "stock_settings", "product_labels", "images"]

    /// Writes the plain fields, straight from the cells.
    static let plain = Product.info.plan.selecting(Set(ExportedFields.plain.map(\.name)))
    /// The same columns, with the rows that belong to a product behind them.
    static let plan = Product.info.plan.selecting(Set(ExportedFields.plain.map(\.name)).union(embeds))

    private static let ids = [
        "brand_id", "supplier_id", "manufacturer_id", "safety_profile_id", "main_category_id", "canonical_id",
        "profile_id", "categories",
        "related", "similar_products", "bundle_data",
    ]
    private static let stock = """
        (SELECT CAST(coalesce(sum(s.count), 0) AS BIGINT) FROM stock_levels s WHERE s.webshop_id = products.webshop_id
        AND s.product_id = products.product_id AND s.removed_on IS NULL)
        """

    private static let variants = """
        CASE WHEN parts & \(ProductParts.variants) = 0 THEN 0 ELSE (SELECT count(*) FROM product_variants v
        WHERE v.webshop_id = products.webshop_id AND v.product_id = products.product_id AND v.removed_on IS NULL) END
        """

    static let select =
        ([plan.select] + ids + ["\(stock) AS stock", "\(variants) AS variants", "own_id AS number", "is_priced"])
        .joined(separator: ", ")
}
