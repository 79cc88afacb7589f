package import Persistence

/// Proves that what is stored adds up: each ledger equals its balance, each order its lines.
package enum Doctor {
    /// One thing that does not add up.
    package struct Finding: Sendable, Equatable, CustomStringConvertible {
        package let check: String
        package let row: String

        package var description: String { "\(check): \(row)" }
    }

    /// How many checks there are, for the report.
    package static var checkCount: Int { checks.count + rules.count + TextChecks.count }

    private struct Check: Sendable {
        let name: String
        /// Answers the rows that are wrong: shop, object, what is stored, what it should be.
        let query: SQL
        let object: String
    }

    /// One for each resource: rows that break the rules of its fields, such as older versions let in from files.
    private static let rules = Commerce.stored.map { resource in resource.info }.filter(\.isShopOwned).map { info in
        let broken = info.fields.map { field in
            let column = field.column
            let condition =
                field.kind.isText
                ? "length(\(column)) > \(field.characters.upperBound)"
                : "\(column) < \(field.integers.lowerBound) OR \(column) > \(field.integers.upperBound)"
            return "WHEN \(condition) THEN '\(field.name)'"
        }.joined(separator: " ")
        return Check(
            name: "every value keeps the rules of its field",
            query: """
                SELECT webshop_id, key, field, 'shorter, or within its range' FROM (SELECT webshop_id,
                \(raw: info.fields[0].column) AS key, CASE \(raw: broken) END AS field FROM \(raw: info.table)) AS rows_of_it
                WHERE field IS NOT NULL ORDER BY 1, 2 LIMIT 100
                """, object: info.path)
    }

    private static let checks = [
        Check(
            name: "stock equals its ledger",
            query: """
                SELECT l.webshop_id, l.stock_id, l.count, coalesce(e.total, 0) FROM stock_levels l
                LEFT JOIN (SELECT webshop_id, coalesce(variant_id, product_id) AS stock_id,
                           CAST(sum(change) AS BIGINT) AS total FROM stock_entries
                           GROUP BY webshop_id, coalesce(variant_id, product_id)) e
                ON e.webshop_id = l.webshop_id AND e.stock_id = l.stock_id
                WHERE l.count <> coalesce(e.total, 0) ORDER BY 1, 2
                """, object: "product"),
        Check(
            name: "stock is not below zero where that is forbidden",
            query: """
                SELECT webshop_id, stock_id, count, 0 FROM stock_levels WHERE count < 0 AND allows_negative = 0
                ORDER BY 1, 2
                """, object: "product"),
        Check(
            name: "an order's goods equal its lines",
            query: """
                SELECT o.webshop_id, o.order_id, o.price, coalesce(l.total, 0) FROM orders o
                LEFT JOIN (SELECT webshop_id, order_id, CAST(sum(total) AS BIGINT) AS total FROM order_lines
                           GROUP BY webshop_id, order_id) l
                ON l.webshop_id = o.webshop_id AND l.order_id = o.order_id
                WHERE o.price <> coalesce(l.total, 0) ORDER BY 1, 2
                """, object: "order"),
        Check(
            name: "an order's VAT equals its lines and freight",
            query: """
                SELECT o.webshop_id, o.order_id, o.vat, coalesce(l.vat, 0) + o.shipping_vat FROM orders o
                LEFT JOIN (SELECT webshop_id, order_id, CAST(sum(vat) AS BIGINT) AS vat FROM order_lines
                           GROUP BY webshop_id, order_id) l
                ON l.webshop_id = o.webshop_id AND l.order_id = o.order_id
                WHERE o.vat <> coalesce(l.vat, 0) + o.shipping_vat ORDER BY 1, 2
                """, object: "order"),
        Check(
            name: "an order's total equals goods, freight and VAT",
            query: """
                SELECT webshop_id, order_id, total_price, price + shipping_price + vat * (1 - prices_include_vat)
                FROM orders WHERE total_price <> price + shipping_price + vat * (1 - prices_include_vat) ORDER BY 1, 2
                """, object: "order"),
        Check(
            name: "an order's lines have left or rejoined the stock",
            query: """
                SELECT l.webshop_id, l.order_id, coalesce(CAST(sum(e.change) AS BIGINT), 0),
                    CASE WHEN o.status = 'cancelled' THEN 0 ELSE -l.amount * l.pieces END
                FROM order_lines l
                JOIN orders o ON o.webshop_id = l.webshop_id AND o.order_id = l.order_id
                LEFT JOIN stock_entries e ON e.webshop_id = l.webshop_id AND e.order_product_id = l.order_product_id
                GROUP BY l.webshop_id, l.order_id, l.order_product_id, l.amount, l.pieces, o.status
                HAVING coalesce(CAST(sum(e.change) AS BIGINT), 0) <>
                    CASE WHEN o.status = 'cancelled' THEN 0 ELSE -l.amount * l.pieces END
                ORDER BY 1, 2
                """, object: "order"),
        Check(
            name: "the history of prices ends with today's",
            query: """
                SELECT webshop_id, product_id, known, price FROM (SELECT p.webshop_id, p.product_id, p.price, (SELECT h.price
                FROM price_history h WHERE h.webshop_id = p.webshop_id AND h.product_id = p.product_id AND h.variant_id = 0
                ORDER BY h.began DESC LIMIT 1) AS known FROM products p WHERE p.removed_on IS NULL AND p.is_priced = 1) latest
                WHERE known IS NULL OR known <> price ORDER BY 1, 2
                """, object: "product"),
        Check(
            name: "no import brought its server down",
            query: """
                SELECT webshop_id, import_id, 'failed, and ' || error, 'begun again, or cancelled' FROM import_jobs
                WHERE status = 'failed' AND attempts > \(ImportJob.attemptsMax) ORDER BY 1, 2
                """, object: "import"),
    ]

    /// Runs every check against one snapshot and answers what is wrong.
    package static func examine(_ storage: any Storage) async throws -> [Finding] {
        try await storage.read { db in
            let texts = try TextChecks.findings(in: db)
            return try texts
                + (checks + rules).flatMap { check in
                    try db.rows(check.query).map { row in
                        let values = row.values.map { value -> String in
                            switch value {
                            case .integer(let integer): "\(integer)"
                            case .text(let text): text
                            case .null: "null"
                            }
                        }
                        return Finding(
                            check: check.name,
                            row:
                                "shop \(values[0]), \(check.object) \(values[1]): stored \(values[2]), should be \(values[3])"
                        )
                    }
                }
        }
    }
}
