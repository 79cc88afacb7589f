package import Resources

/// What is there, and every movement of it.
package enum Inventory {
    package static let area = Area(
        "inventory",
        resources: [StockLevel.self, StockEntry.self],
        actions: StockEndpoints.all,
        checks: checks)

    private static let checks = [
        Check(
            "stock equals its ledger", of: "product",
            """
            SELECT l.webshop_id, l.stock_id, l.count, coalesce(e.total, 0) FROM stock_levels l
            LEFT JOIN (SELECT webshop_id, coalesce(variant_id, product_id) AS stock_id,
                       CAST(sum(change) AS BIGINT) AS total FROM stock_entries
                       GROUP BY webshop_id, coalesce(variant_id, product_id)) e
            ON e.webshop_id = l.webshop_id AND e.stock_id = l.stock_id
            WHERE l.count <> coalesce(e.total, 0) ORDER BY 1, 2
            """),
        Check(
            "stock is not below zero where that is forbidden", of: "product",
            """
            SELECT webshop_id, stock_id, count, 0 FROM stock_levels WHERE count < 0 AND allows_negative = 0
            ORDER BY 1, 2
            """),
    ]
}
