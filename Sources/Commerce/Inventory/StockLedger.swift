import Persistence
package import Resources

/// The only door to a stock balance: each movement writes its entry and moves the sum with it, in one transaction.
package enum StockLedger {
    /// One movement that is wanted.
    package struct Move: Sendable {
        package let productID: Int64
        package let change: Int64
        package let kind: StockEntry.Kind
        package var reason = ""
        package var orderID: Int64?
        package var orderProductID: Int64?

        package init(_ productID: Int64, by change: Int64, _ kind: StockEntry.Kind, reason: String = "") {
            self.productID = productID
            self.change = change
            self.kind = kind
            self.reason = reason
        }
    }

    /// More pieces than any shop has; keeps sums far from the edge of an integer.
    package static let countMax: Int64 = 1_000_000_000_000

    /// Every product has a level from birth, so that a movement is one guarded statement.
    static func open(_ product: Product, in tx: Transaction) throws {
        try tx.db.run(
            """
            INSERT INTO stock_levels (webshop_id, product_id, count, allows_negative, version, created, last_modified)
            VALUES (\(tx.shop), \(product.id), 0, \(product.allowNegativeStock), 1, \(tx.now), \(tx.now))
            """)
    }

    /// Lets the level below zero, or no longer.
    static func changeFloor(of product: Product, in tx: Transaction) throws {
        let changed = try tx.db.run(
            """
            UPDATE stock_levels SET allows_negative = \(product.allowNegativeStock)
            WHERE webshop_id = \(tx.shop) AND product_id = \(product.id) AND (count >= 0 OR \(product.allowNegativeStock) = 1)
            """)
        if changed == 0 {
            throw Problem.conflict(
                "stock_below_zero", "The stock is below zero; count it before negative stock is forbidden.",
                errors: [
                    .init("/allow_negative_stock", "stock_below_zero", "cannot be 0 while the stock is below zero")
                ])
        }
    }

    /// Makes all movements or none.
    /// - Returns: the balances after each movement, in the order of `moves`; nil where there was too little.
    package static func post(_ moves: [Move], in tx: Transaction) throws -> [Int64?] {
        var balances = [Int64?](repeating: nil, count: moves.count)
        var entries: [StockEntry] = []
        // One order of locks for everybody, so that two baskets never wait for each other.
        for index in moves.indices.sorted(by: { moves[$0].productID < moves[$1].productID }) {
            let move = moves[index]
            guard let balance = try shift(move, in: tx) else { continue }
            balances[index] = balance
            entries.append(
                StockEntry(
                    id: try tx.newID(StockEntry.self), productID: move.productID, kind: move.kind, change: move.change,
                    balance: balance, reason: move.reason, orderID: move.orderID, orderProductID: move.orderProductID))
        }
        _ = try tx.insertAll(entries, embeddedBy: "product_id")
        return balances
    }

    /// Sets a balance to what was counted. Answers the movement that explains the difference, or nil where there is none.
    package static func difference(_ productID: Int64, to count: Int64, in tx: Transaction) throws -> Int64 {
        let row = try tx.db.row(
            """
            SELECT count FROM stock_levels WHERE webshop_id = \(tx.shop) AND product_id = \(productID)
            AND removed_on IS NULL\(tx.db.dialect.forUpdate)
            """)
        guard let current = row?.integer(0) else { throw Problem.notFound("product") }
        return count - current
    }

    /// Moves one sum, unless that would take it below its floor.
    private static func shift(_ move: Move, in tx: Transaction) throws -> Int64? {
        let plan = StockLevel.info.plan
        let rows = try tx.db.rows(
            """
            UPDATE stock_levels SET count = count + \(move.change), version = version + 1, last_modified = \(tx.now)
            WHERE webshop_id = \(tx.shop) AND product_id = \(move.productID)
            AND (count + \(move.change) >= 0 OR allows_negative = 1) RETURNING \(raw: plan.select), count
            """)
        guard let row = rows.first else { return nil }
        var writer = JSONWriter(capacity: 256)
        writer.object(0, of: Page(rows: rows), by: plan, for: tx.tenant)
        let version = row.integer(plan.versionColumn) ?? 0
        for type in ["stock.updated", "stock"] { tx.record(type, "stock", move.productID, version, writer.bytes) }
        return row.integer(plan.width)
    }
}
