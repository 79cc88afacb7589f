import Persistence
import Resources

// The two forms in which a product shows its variants.
extension ProductVariant {
    /// An expression for what a variant is called, "42" or "42 / Red", over a table that holds its values.
    static func name(in table: String) -> String {
        """
        (SELECT v.val FROM profile_attribute_values v WHERE v.webshop_id = \(table).webshop_id
        AND v.attribute_value_id = \(table).attribute_value_id)
        || coalesce((SELECT ' / ' || v.val FROM profile_attribute_values v WHERE v.webshop_id = \(table).webshop_id
        AND v.attribute_value_id = \(table).attribute_value_id_2), '')
        """
    }

    /// Variants beside the values that name them.
    private static let named = (
        columns: "v.*, v1.val AS val_1, v1.weight AS weight_1, v2.val AS val_2, v2.weight AS weight_2",
        joins: """
        product_variants v
        LEFT JOIN profile_attribute_values v1
            ON v1.webshop_id = v.webshop_id AND v1.attribute_value_id = v.attribute_value_id
        LEFT JOIN profile_attribute_values v2
            ON v2.webshop_id = v.webshop_id AND v2.attribute_value_id = v.attribute_value_id_2
        """
    )
    private static let name = "val_1 || coalesce(' / ' || val_2, '')"
    /// Sizes stand as their list has them, those of equal weight as they were made.
    private static let order = "weight_1, weight_2, variant_id"

    private static let combination: [AnswerMember] = [
        .computed("attribute_id", .integer, "attribute_id"),
        .computed("attribute_value_id", .integer, "attribute_value_id"),
        .computed("attribute_id_2", .integer, "nullif(attribute_id_2, 0)", nullable: true),
        .computed("attribute_value_id_2", .integer, "nullif(attribute_value_id_2, 0)", nullable: true),
    ]

    private static let numbers: [AnswerMember] = [
        .computed("own_id", .text, "own_id", nullable: true),
        .computed("sec_own_id", .text, "sec_own_id", nullable: true),
        .computed("gtin", .text, "gtin", nullable: true),
        .computed("mpn", .text, "mpn", nullable: true),
    ]

    /// What was written, as it was written: null where the product's own holds.
    static let settings = Embed(
        "stock_settings", of: "product_variants", key: "variant_id", by: "product_id", order: order,
        parts: ProductParts.variants, isSoft: true, joined: "SELECT \(named.columns) FROM \(named.joins)",
        combination + numbers + [
            .computed("price", .amount, "price", nullable: true),
            .computed("sale_price", .amount, "sale_price", nullable: true),
            .computed("purchase_price", .amount, "purchase_price", nullable: true),
            .computed("weight", .decimal(places: 3), "weight", nullable: true, about: "Kilograms."),
            .computed("location", .text, "location", nullable: true),
            .computed("variant_id", .integer, "variant_id"),
            .computed("variant_name", .text, name, nullable: true),
        ])

    /// What a frontend wants to know: names, stock, and what holds where the variant itself says nothing.
    static let list = Embed(
        "variants", of: "product_variants", key: "variant_id", by: "product_id", order: order,
        parts: ProductParts.variants, isSoft: true,
        joined: """
            SELECT \(named.columns), l.count AS stock_count, p.price AS product_price, p.sale_price AS product_sale_price,
            p.purchase_price AS product_purchase_price, p.shipping_weight AS product_weight, p.location AS product_location
            FROM \(named.joins)
            LEFT JOIN products p ON p.webshop_id = v.webshop_id AND p.product_id = v.product_id
            LEFT JOIN stock_levels l
                ON l.webshop_id = v.webshop_id AND l.product_id = v.product_id AND l.stock_id = v.variant_id
            """,
        [
            .computed("variant_id", .integer, "variant_id"),
            .computed("variant_name", .text, name, nullable: true),
        ] + combination + numbers + [
            .computed("price", .amount, "coalesce(price, product_price)"),
            .computed(
                "sale_price", .amount,
                "CASE WHEN coalesce(price, -1) >= 0 THEN sale_price ELSE coalesce(sale_price, product_sale_price) END",
                nullable: true,
                about: "A variant with a price of its own has a sale price of its own, or none."),
            .computed(
                "purchase_price", .amount, "coalesce(purchase_price, product_purchase_price)", nullable: true),
            .computed("weight", .decimal(places: 3), "coalesce(weight, product_weight)", nullable: true),
            .computed("location", .text, "coalesce(location, product_location)", nullable: true),
            .computed("in_stock", .integer, "coalesce(stock_count, 0)"),
        ])
}
