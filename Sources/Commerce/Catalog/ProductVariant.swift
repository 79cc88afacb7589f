import Persistence
package import Resources

/// One version of a product that is sold, counted and numbered by itself, such as size 42. It is named by its values of the
/// profile's variant attributes, at most two, and what it leaves open is as the product has it. Fact sheet 4.1 and 4.2.
package struct ProductVariant: Resource {
    package var id: Identifier<ProductVariant>
    package var productID: Int64
    package var attributeID: Int64
    package var valueID: Int64
    /// 0 where the profile has one variant attribute.
    package var attributeID2: Int64
    package var valueID2: Int64
    package var ownID: String?
    package var secOwnID: String?
    package var gtin: String?
    package var mpn: String?
    package var price: Amount?
    package var salePrice: Amount?
    package var purchasePrice: Amount?
    package var weight: Thousandths?
    package var location: String?

    package static let schema = Schema(
        "product-variant", "product_variants", ProductVariant.init,
        Field("variant_id", \.id, .readOnly),
        Field("product_id", \.productID, .readOnly),
        Field("attribute_id", \.attributeID, .readOnly),
        Field("attribute_value_id", \.valueID, .readOnly),
        Field("attribute_id_2", \.attributeID2, .readOnly),
        Field("attribute_value_id_2", \.valueID2, .readOnly),
        Field("own_id", \.ownID, .length(0...255)),
        Field("sec_own_id", \.secOwnID, .length(0...255)),
        Field("gtin", \.gtin, .length(0...64)),
        Field("mpn", \.mpn, .length(0...255)),
        Field("price", \.price),
        Field("sale_price", \.salePrice),
        Field("purchase_price", \.purchasePrice),
        Field("weight", \.weight, .range(0...1_000_000_000)),
        Field("location", \.location, .length(0...255)),
        verbs: [])

    package var unit: StockUnit { StockUnit(productID, variant: id.rawValue) }

    /// An expression for what a variant is called, "42" or "42 / Red", over a table that holds its values.
    static func name(in table: String) -> String {
        """
        (SELECT v.val FROM profile_attribute_values v WHERE v.webshop_id = \(table).webshop_id
        AND v.attribute_value_id = \(table).attribute_value_id)
        || coalesce((SELECT ' / ' || v.val FROM profile_attribute_values v WHERE v.webshop_id = \(table).webshop_id
        AND v.attribute_value_id = \(table).attribute_value_id_2), '')
        """
    }

    /// Sizes stand as their list has them, those of equal weight as they were made.
    private static let order = """
        (SELECT v.weight FROM profile_attribute_values v WHERE v.webshop_id = product_variants.webshop_id
        AND v.attribute_value_id = product_variants.attribute_value_id),
        (SELECT v.weight FROM profile_attribute_values v WHERE v.webshop_id = product_variants.webshop_id
        AND v.attribute_value_id = product_variants.attribute_value_id_2), variant_id
        """

    private static let combination: [Shown] = [
        .computed("attribute_id", .integer, "attribute_id"),
        .computed("attribute_value_id", .integer, "attribute_value_id"),
        .computed("attribute_id_2", .integer, "nullif(attribute_id_2, 0)", nullable: true),
        .computed("attribute_value_id_2", .integer, "nullif(attribute_value_id_2, 0)", nullable: true),
    ]

    private static let numbers: [Shown] = [
        .computed("own_id", .text, "own_id", nullable: true),
        .computed("sec_own_id", .text, "sec_own_id", nullable: true),
        .computed("gtin", .text, "gtin", nullable: true),
        .computed("mpn", .text, "mpn", nullable: true),
    ]

    /// What was written, as it was written: null where the product's own holds.
    static let settings = Embed(
        "stock_settings", of: "product_variants", key: "variant_id", by: "product_id", order: order,
        parts: ProductParts.variants, isSoft: true,
        combination + numbers + [
            .computed("price", .amount, "price", nullable: true),
            .computed("sale_price", .amount, "sale_price", nullable: true),
            .computed("purchase_price", .amount, "purchase_price", nullable: true),
            .computed("weight", .decimal(places: 3), "weight", nullable: true, about: "Kilograms."),
            .computed("location", .text, "location", nullable: true),
            .computed("variant_id", .integer, "variant_id"),
            .computed("variant_name", .text, name(in: "product_variants"), nullable: true),
        ])

    /// What a frontend wants to know: names, stock, and what holds where the variant itself says nothing.
    static let list = Embed(
        "variants", of: "product_variants", key: "variant_id", by: "product_id", order: order,
        parts: ProductParts.variants, isSoft: true,
        [
            .computed("variant_id", .integer, "variant_id"),
            .computed("variant_name", .text, name(in: "product_variants"), nullable: true),
        ] + combination + numbers + [
            .computed("price", .amount, inherited("price")),
            .computed(
                "sale_price", .amount,
                "CASE WHEN coalesce(price, -1) >= 0 THEN sale_price ELSE \(inherited("sale_price")) END",
                nullable: true,
                about: "A variant with a price of its own has a sale price of its own, or none."),
            .computed("purchase_price", .amount, inherited("purchase_price"), nullable: true),
            .computed("weight", .decimal(places: 3), inherited("weight", "shipping_weight"), nullable: true),
            .computed("location", .text, inherited("location"), nullable: true),
            .computed(
                "in_stock", .integer,
                """
                coalesce((SELECT l.count FROM stock_levels l WHERE l.webshop_id = product_variants.webshop_id
                AND l.product_id = product_variants.product_id AND l.stock_id = product_variants.variant_id), 0)
                """),
        ])

    private static func inherited(_ column: String, _ product: String? = nil) -> String {
        """
        coalesce(\(column), (SELECT p.\(product ?? column) FROM products p
        WHERE p.webshop_id = product_variants.webshop_id AND p.product_id = product_variants.product_id))
        """
    }
}
