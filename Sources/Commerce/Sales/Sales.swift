package import Resources

/// Orders.
package enum Sales {
    package static let area = Area(
        "sales",
        resources: [Order.self, OrderLabel.self],
        parts: [OrderLine.self],
        actions: PriceEndpoint.endpoints + PlaceOrder.endpoints + ChangeOrder.endpoints
            + LabelOrder.endpoints,
        checks: checks)

    private static let checks = [
        Check(
            "an order's goods equal its lines", of: "order",
            """
            SELECT o.webshop_id, o.order_id, o.price, coalesce(l.total, 0) FROM orders o
            LEFT JOIN (SELECT webshop_id, order_id, CAST(sum(total) AS BIGINT) AS total FROM order_lines
                       GROUP BY webshop_id, order_id) l
            ON l.webshop_id = o.webshop_id AND l.order_id = o.order_id
            WHERE o.price <> coalesce(l.total, 0) ORDER BY 1, 2
            """),
        Check(
            "an order's VAT equals its lines and freight", of: "order",
            """
            SELECT o.webshop_id, o.order_id, o.vat, coalesce(l.vat, 0) + o.shipping_vat FROM orders o
            LEFT JOIN (SELECT webshop_id, order_id, CAST(sum(vat) AS BIGINT) AS vat FROM order_lines
                       GROUP BY webshop_id, order_id) l
            ON l.webshop_id = o.webshop_id AND l.order_id = o.order_id
            WHERE o.vat <> coalesce(l.vat, 0) + o.shipping_vat ORDER BY 1, 2
            """),
        Check(
            "an order's total equals goods, freight and VAT", of: "order",
            """
            SELECT webshop_id, order_id, total_price, price + shipping_price + vat * (1 - prices_include_vat)
            FROM orders WHERE total_price <> price + shipping_price + vat * (1 - prices_include_vat) ORDER BY 1, 2
            """),
        Check(
            "an order's lines have left or rejoined the stock", of: "order",
            """
            SELECT l.webshop_id, l.order_id, coalesce(CAST(sum(e.change) AS BIGINT), 0),
                CASE WHEN o.status = 'cancelled' THEN 0 ELSE -l.amount * l.pieces END
            FROM order_lines l
            JOIN orders o ON o.webshop_id = l.webshop_id AND o.order_id = l.order_id
            LEFT JOIN stock_entries e ON e.webshop_id = l.webshop_id AND e.order_product_id = l.order_product_id
            GROUP BY l.webshop_id, l.order_id, l.order_product_id, l.amount, l.pieces, o.status
            HAVING coalesce(CAST(sum(e.change) AS BIGINT), 0) <>
                CASE WHEN o.status = 'cancelled' THEN 0 ELSE -l.amount * l.pieces END
            ORDER BY 1, 2
            """),
        Check(
            "an order says whether it has labels", of: "order",
            """
            SELECT webshop_id, order_id, parts, has FROM (
                SELECT o.webshop_id, o.order_id, o.parts, CASE WHEN EXISTS (SELECT 1 FROM labelled_orders l
                    WHERE l.webshop_id = o.webshop_id AND l.order_id = o.order_id) THEN 1 ELSE 0 END AS has
                FROM orders o WHERE o.removed_on IS NULL) o
            WHERE parts <> has ORDER BY 1, 2
            """),
    ]
}
