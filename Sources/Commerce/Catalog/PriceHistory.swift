import Basics
import Persistence
import Resources

/// What was set as prices, since when: one row for each change of a product's prices or of a variant's, written in the
/// transaction of the change, whoever makes it.
enum PriceHistory: Settling {
    private static let key = "webshop_id, product_id, variant_id, began"
    private static let insertion = "INSERT INTO price_history (\(key), \(Pricing.columns), actor)"
    private static let upsertion =
        "ON CONFLICT (\(key)) DO UPDATE SET "
        + (Pricing.columnNames + ["actor"]).map { "\($0) = excluded.\($0)" }.joined(separator: ", ")

    // MARK: Writing

    /// Says that products or variants cost something else, or are new. Both have ids of one sequence.
    static func touch(_ units: [Int64], in tx: Transaction) {
        tx.beforeCommit(PriceHistory.self, units)
    }

    static func settle(_ units: Set<Int64>, in tx: Transaction) throws {
        try tx.db.run(SQL.each(units.sorted()) { statement($0, tx) })
    }

    /// Writes down what products and variants cost now. Nothing begins before what is known already: of two that changed it at
    /// once the later has waited for the earlier, whatever the clock said.
    private static func statement(_ units: SQL, _ tx: Transaction) -> SQL {
        """
        \(raw: insertion) SELECT u.webshop_id, u.product_id, 0, \(began("0", tx)), \(raw: Pricing.columns), \(tx.actor)
        FROM products u
        WHERE u.webshop_id = \(tx.shop) AND u.product_id IN (\(units))
        UNION ALL SELECT u.webshop_id, u.product_id, u.variant_id, \(began("u.variant_id", tx)), u.price, u.sale_price,
        NULL, NULL, NULL, NULL, '[]', '[]', 1, \(tx.actor) FROM product_variants u
        WHERE u.webshop_id = \(tx.shop) AND u.variant_id IN (\(units)) AND u.removed_on IS NULL
        \(raw: upsertion)
        """
    }

    private static func began(_ variant: String, _ tx: Transaction) -> SQL {
        """
        coalesce((SELECT max(h.began) FROM price_history h WHERE h.webshop_id = u.webshop_id
        AND h.product_id = u.product_id AND h.variant_id = \(raw: variant) AND h.began > \(tx.now)), \(tx.now))
        """
    }

    // MARK: Reading

    /// What was set for products that held at a moment or later, by product.
    static func settings(
        of products: [Int64], since moment: Instant, in tx: Transaction
    ) throws -> [Int64: [PriceSeries.Setting]] {
        guard !products.isEmpty else { return [:] }
        // SQLite keeps the order of a CROSS JOIN: each product first, then its rows from the one that held.
        let statements = SQL.each(products) { some in
            """
            SELECT \(raw: PriceHistoryRow.columns("h")) FROM products u CROSS JOIN price_history h
            WHERE u.webshop_id = \(tx.shop) AND u.product_id IN (\(some))
            AND h.webshop_id = u.webshop_id AND h.product_id = u.product_id AND h.variant_id = 0
            AND h.began >= \(first(moment)) ORDER BY h.product_id, h.began
            """
        }
        return try tx.db.fetch(statements).joined().reduce(into: [:]) { settings, row in
            let row = try PriceHistoryRow(row, for: tx.tenant)
            settings[row.product, default: []].append(.init(began: row.began, row.pricing))
        }
    }

    /// The row that held at a moment.
    private static func first(_ moment: Instant) -> SQL {
        """
        coalesce((SELECT max(b.began) FROM price_history b WHERE b.webshop_id = u.webshop_id
        AND b.product_id = u.product_id AND b.variant_id = 0 AND b.began <= \(moment)), 0)
        """
    }

    /// The rows of a product or of one of its variants that held at a moment or later, oldest first.
    /// - Parameter variant: 0 for the product itself.
    static func statement(of product: Int64, _ variant: Int64, since moment: Instant, _ shop: Int64) -> SQL {
        let unit: SQL = "webshop_id = \(shop) AND product_id = \(product) AND variant_id = \(variant)"
        return """
            SELECT \(raw: PriceHistoryRow.columns("price_history")) FROM price_history WHERE \(unit) AND began >=
            coalesce((SELECT max(began) FROM price_history WHERE \(unit) AND began <= \(moment)), 0) ORDER BY began
            """
    }
}

extension Follower<Product> {
    /// The history of prices.
    static var prices: Follower {
        Follower(stored: { drafts, tx in
            PriceHistory.touch(drafts.filter(\.hasNewPrices).map(\.new.id.rawValue), in: tx)
        })
    }
}
