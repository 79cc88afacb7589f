package import Resources

/// What is sold.
package enum Catalog {
    package static let area = Area(
        "catalog",
        resources: [
            Product.self, ProductVariant.self, Category.self, Brand.self, Manufacturer.self, SafetyProfile.self,
            Supplier.self,
            ProductSupplier.self, Profile.self, ProfileAttribute.self, ProfileAttributeValue.self, ProductLabel.self,
        ],
        actions: CategoryTree.endpoints + CategoryProducts.endpoints + ProductSafety.endpoints
            + PriceHistoryEndpoint.endpoints,
        checks: checks)

    private static let checks = [
        Check(
            "the history of prices ends with today's", of: "product",
            """
            SELECT webshop_id, product_id, known, price FROM (SELECT p.webshop_id, p.product_id, p.price, (SELECT h.price
            FROM price_history h WHERE h.webshop_id = p.webshop_id AND h.product_id = p.product_id AND h.variant_id = 0
            ORDER BY h.began DESC LIMIT 1) AS known FROM products p WHERE p.removed_on IS NULL AND p.is_priced = 1) latest
            WHERE known IS NULL OR known <> price ORDER BY 1, 2
            """)
    ]
}
