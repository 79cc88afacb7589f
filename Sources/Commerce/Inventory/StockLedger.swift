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
        tx.markChanged("stock_levels")
        let rows = try tx.db.rows(
            """
            INSERT INTO stock_levels (webshop_id, product_id, count, allows_negative, version, created, last_modified)
            VALUES (\(tx.shop), \(product.id), 0, \(product.allowNegativeStock), 1, \(tx.now), \(tx.now))
            RETURNING \(raw: StockLevel.info.plan.select)
            """)
        tx.record("stock.created", "stock", product.id.rawValue, 1, tx.json(rows, by: StockLevel.info.plan))
    }

    /// The level of a deleted product is gone for readers and counters; what its orders give back still arrives.
    static func close(_ product: Product, in tx: Transaction) throws {
        tx.markChanged("stock_levels")
        let row = try tx.db.row(
            """
            UPDATE stock_levels SET removed_on = \(tx.now), last_modified = \(tx.now), version = version + 1
            WHERE webshop_id = \(tx.shop) AND product_id = \(product.id) RETURNING version
            """)
        tx.record("stock.deleted", "stock", product.id.rawValue, row?.integer(0) ?? 0, nil)
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

    /// What a movement left: the balance, the stock row as the wire shows it, and its line in the ledger.
    package struct Posted: Sendable {
        package let balance: Int64
        package let version: Int64
        package let json: [UInt8]
        package fileprivate(set) var entry: [UInt8] = []
    }

    /// Makes the movements for which there is enough; the caller gives up the transaction where that is not all of them.
    /// - Returns: what each movement left, in the order of `moves`; nil where there was too little.
    @discardableResult
    package static func post(_ moves: [Move], in tx: Transaction) throws -> [Posted?] {
        var results = [Posted?](repeating: nil, count: moves.count)
        var entries: [StockEntry] = []
        var order: [Int] = []
        // One order of locks for everybody, so that two baskets never wait for each other.
        for index in moves.indices.sorted(by: { (moves[$0].productID, $0) < (moves[$1].productID, $1) }) {
            let move = moves[index]
            guard let posted = try shift(move, in: tx) else { continue }
            results[index] = posted
            order.append(index)
            entries.append(
                StockEntry(
                    id: try tx.newID(StockEntry.self), productID: move.productID, kind: move.kind, change: move.change,
                    balance: posted.balance, reason: move.reason, orderID: move.orderID,
                    orderProductID: move.orderProductID))
        }
        let rows = try tx.insertAll(entries, embeddedBy: "product_id")
        for (place, index) in order.enumerated() {
            let json = tx.json(rows, place, by: StockEntry.info.plan)
            results[index]?.entry = json
            tx.record("stock-entry.created", "stock-entry", entries[place].id.rawValue, 1, json)
        }
        return results
    }

    /// What is said of a product that has no live level: that it was deleted, or that there is none.
    static func missing(_ product: Int64, in tx: Transaction) throws -> Problem {
        let row = try tx.db.row(
            "SELECT 1 FROM stock_levels WHERE webshop_id = \(tx.shop) AND product_id = \(product)")
        return row == nil ? .notFound("product") : .gone("product")
    }

    /// The version of a live product's level, locked, for a change that depends on it.
    static func version(of product: Int64, in tx: Transaction) throws -> Int64 {
        let row = try tx.db.row(
            """
            SELECT version FROM stock_levels WHERE webshop_id = \(tx.shop) AND product_id = \(product)
            AND removed_on IS NULL\(tx.db.dialect.forUpdate)
            """)
        guard let version = row?.integer(0) else { throw try missing(product, in: tx) }
        return version
    }

    /// The balances of live products, locked for a change that depends on them, in the order everybody locks in.
    static func take(_ products: Set<Int64>, in tx: Transaction) throws -> [Int64: Int64] {
        let rows = try tx.db.rows(
            """
            SELECT product_id, count FROM stock_levels WHERE webshop_id = \(tx.shop)
            AND product_id IN (\(SQL.list(products.sorted()))) AND removed_on IS NULL
            ORDER BY product_id\(tx.db.dialect.forUpdate)
            """)
        return rows.reduce(into: [:]) { $0[$1.integer(0) ?? 0] = $1.integer(1) }
    }

    /// Moves one sum, unless that would take it below its floor.
    private static func shift(_ move: Move, in tx: Transaction) throws -> Posted? {
        let plan = StockLevel.info.plan
        tx.markChanged("stock_levels")
        let rows = try tx.db.rows(
            """
            UPDATE stock_levels SET count = count + \(move.change), version = version + 1, last_modified = \(tx.now)
            WHERE webshop_id = \(tx.shop) AND product_id = \(move.productID)
            AND (count + \(move.change) >= 0 OR allows_negative = 1)
            AND abs(count + \(move.change)) <= \(countMax) RETURNING \(raw: plan.select), count
            """)
        guard let row = rows.first else { return nil }
        let version = row.integer(plan.versionColumn) ?? 0
        let balance = row.integer(plan.width) ?? 0
        let json = tx.json(rows, by: plan)
        for type in ["stock.updated", "stock"] { tx.record(type, "stock", move.productID, version, json) }
        if (balance > 0) != (balance - move.change > 0) { SearchWriter.touchStock(move.productID, in: tx) }
        return Posted(balance: balance, version: version, json: json)
    }
}
