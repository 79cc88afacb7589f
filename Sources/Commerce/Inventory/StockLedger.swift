import Persistence
package import Resources

/// The only door to a stock balance: each movement writes its entry and moves the sum with it, in one transaction.
package enum StockLedger {
    /// One movement that is wanted.
    package struct Move: Sendable {
        package let unit: StockUnit
        package let change: Int64
        package let kind: StockEntry.Kind
        package var reason = ""
        package var orderID: Int64?
        package var orderProductID: Int64?
        /// Whether it goes below zero where the product does not: the goods are gone.
        package var mayFallShort = false
        /// What is known of the unit already, so that the level is moved without a look at other tables.
        var label: StockLabel?

        package init(_ unit: StockUnit, by change: Int64, _ kind: StockEntry.Kind, reason: String = "") {
            self.unit = unit
            self.change = change
            self.kind = kind
            self.reason = reason
        }
    }

    /// More pieces than any shop has; keeps sums far from the edge of an integer.
    package static let countMax: Int64 = 1_000_000_000_000

    /// Opens new levels. Whatever is counted has one from birth, so that a movement is one guarded statement.
    static func open(_ levels: [StockLevel], in tx: Transaction) throws {
        let plan = StockLevel.info.plan
        let rows = try tx.insertAll(levels, embeddedBy: "product_id")
        for index in rows.indices {
            let id = try rows[index].id(by: plan)
            tx.record("stock.created", "stock", id, 1, tx.json(rows, index, by: plan))
        }
    }

    /// Opens a level again that was closed, with the balance it had.
    static func reopen(_ unit: StockUnit, in tx: Transaction) throws {
        tx.markChanged("stock_levels")
        let plan = StockLevel.info.plan
        let rows = try tx.db.rows(
            """
            UPDATE stock_levels SET removed_on = NULL, last_modified = \(tx.now), version = version + 1
            WHERE \(at(unit, tx)) RETURNING \(raw: plan.select)
            """)
        if let row = rows.first {
            let version = try row.version(by: plan)
            return tx.record("stock.created", "stock", unit.stockID, version, tx.json(rows, by: plan))
        }
        try open([StockLevel(of: tx.find(Product.self, unit.productID).value)], in: tx)
    }

    /// A closed level is gone for readers and counters; what orders give back to it still arrives.
    static func close(_ units: [StockUnit], in tx: Transaction) throws {
        guard !units.isEmpty else { return }
        tx.markChanged("stock_levels")
        let rows = try tx.db.fetch(units.map { unit in closing(at(unit, tx), tx) })
        for row in rows.compactMap(\.first) { try recordClosing(row, in: tx) }
    }

    /// Closes every level of a deleted product.
    static func closeAll(of product: Product, in tx: Transaction) throws {
        tx.markChanged("stock_levels")
        let all: SQL = "webshop_id = \(tx.shop) AND product_id = \(product.id)"
        for row in try tx.db.rows(closing(all, tx)) { try recordClosing(row, in: tx) }
    }

    private static func closing(_ condition: SQL, _ tx: Transaction) -> SQL {
        """
        UPDATE stock_levels SET removed_on = \(tx.now), last_modified = \(tx.now), version = version + 1
        WHERE \(condition) AND removed_on IS NULL RETURNING stock_id, version
        """
    }

    private static func recordClosing(_ row: Row, in tx: Transaction) throws {
        tx.record("stock.deleted", "stock", try row["stock_id"], try row["version"], nil)
    }

    /// Lets the product's levels below zero, or no longer.
    static func changeFloor(of product: Product, in tx: Transaction) throws {
        let all: SQL = "webshop_id = \(tx.shop) AND product_id = \(product.id)"
        if !product.allowNegativeStock,
            try tx.db.row("SELECT 1 FROM stock_levels WHERE \(all) AND count < 0\(tx.db.dialect.forUpdate)") != nil
        {
            throw Problem.conflict(
                "stock_below_zero", "The stock is below zero; count it before negative stock is forbidden.",
                errors: [
                    .init("/allow_negative_stock", "stock_below_zero", "cannot be 0 while the stock is below zero")
                ])
        }
        StockChanged.touch(product.id.rawValue, isMember: true, in: tx)
        try tx.db.run(
            "UPDATE stock_levels SET allows_negative = \(product.allowNegativeStock), is_oversold = 0 WHERE \(all)")
    }

    /// What a movement left: the balance, the stock row as the wire shows it, and its line in the ledger.
    package struct Posted: Sendable {
        package let balance: Int64
        package let version: Int64
        package let json: [UInt8]
        package fileprivate(set) var entry: [UInt8] = []
    }

    /// Makes all movements, or throws: 409 where the ledger refuses one.
    package static func post(_ moves: [Move], in tx: Transaction) throws {
        let refused = zip(moves, try attempt(moves, in: tx)).filter { $1 == nil }.map(\.0)
        guard !refused.isEmpty else { return }
        let words = refused.map { move in
            "\(move.change) of product \(move.unit.productID)" + (move.unit.variantID.map { ", variant \($0)" } ?? "")
        }
        throw Problem.conflict(
            "stock_refused", "The stock cannot be moved by \(words.joined(separator: "; ")).")
    }

    /// Makes the movements for which there is enough; the caller gives up the transaction where that is not all of them.
    /// - Returns: what each movement left, in the order of `moves`; nil where there was too little.
    package static func attempt(_ moves: [Move], in tx: Transaction) throws -> [Posted?] {
        // One order of locks for everybody, so that two baskets never wait for each other.
        let units = moves.map(\.unit)
        let order = moves.indices.sorted {
            (units[$0].productID, units[$0].stockID, $0) < (units[$1].productID, units[$1].stockID, $1)
        }
        let shifted = try shift(order.map { moves[$0] }, in: tx)
        var results = [Posted?](repeating: nil, count: moves.count)
        let actor = tx.actor.map { JSONText($0) }
        var entries: [StockEntry] = []
        var posted: [Int] = []
        for (index, left) in zip(order, shifted) {
            guard let left else { continue }
            let move = moves[index]
            results[index] = left
            posted.append(index)
            entries.append(
                StockEntry(
                    id: try tx.newID(StockEntry.self), productID: move.unit.productID, variantID: move.unit.variantID,
                    kind: move.kind, change: move.change, balance: left.balance, reason: move.reason,
                    orderID: move.orderID, orderProductID: move.orderProductID, actor: actor))
        }
        let rows = try tx.insertAll(entries, embeddedBy: "product_id")
        for (place, index) in posted.enumerated() {
            let json = tx.json(rows, place, by: StockEntry.info.plan)
            results[index]?.entry = json
            tx.record("stock-entry.created", "stock-entry", entries[place].id.rawValue, 1, json)
        }
        return results
    }

    /// What is said of a product that has no live level: that it was deleted, or that there is none.
    static func missing(_ product: Int64, in tx: Transaction) throws -> Problem {
        let row = try tx.db.row("SELECT 1 FROM products WHERE webshop_id = \(tx.shop) AND product_id = \(product)")
        return row == nil ? .notFound("product") : .gone("product")
    }

    /// The stock row as the wire shows it.
    static func show(_ unit: StockUnit, in tx: Transaction) throws -> [UInt8] {
        let plan = StockLevel.info.plan
        let rows = try tx.db.rows("SELECT \(raw: plan.select) FROM stock_levels WHERE \(at(unit, tx))")
        return tx.json(rows, by: plan)
    }

    /// The live levels of products, locked for a change that depends on them, in the order everybody locks in.
    package static func take(of products: Set<Int64>, in tx: Transaction) throws -> [StockBalance] {
        try tx.db.rows(
            """
            SELECT product_id, nullif(stock_id, product_id) AS variant_id, coalesce(attribute_value_id, 0) AS value_id,
            coalesce(attribute_value_id_2, 0) AS value_id_2, \(raw: ProductVariant.name(in: "stock_levels")) AS variant_name,
            count, version
            FROM stock_levels WHERE webshop_id = \(tx.shop) AND product_id IN (\(SQL.list(products.sorted())))
            AND removed_on IS NULL ORDER BY product_id, stock_id\(tx.db.dialect.forUpdate)
            """
        ).map(StockBalance.init)
    }

    /// How many there are of some products, in all their levels.
    static func totals(of products: Set<Int64>, in tx: Transaction) throws -> [Int64: Int64] {
        try tx.db.rows(
            """
            SELECT product_id, CAST(sum(count) AS BIGINT) AS total FROM stock_levels WHERE webshop_id = \(tx.shop)
            AND product_id IN (\(SQL.list(products.sorted()))) AND removed_on IS NULL GROUP BY product_id
            """
        ).reduce(into: [:]) { $0[try $1["product_id"]] = try $1["total"] as Int64 }
    }

    /// Moves sums, each unless that would take it below its floor. What comes back is taken in however far below it stands.
    private static func shift(_ moves: [Move], in tx: Transaction) throws -> [Posted?] {
        let plan = StockLevel.info.plan
        tx.markChanged("stock_levels")
        let answers = try tx.db.fetch(
            moves.map { move in
                """
                UPDATE stock_levels SET \(oversold(by: move)) count = count + \(move.change), version = version + 1, last_modified = \(tx.now)
                WHERE \(at(move.unit, tx))\(floor(of: move)) AND count + \(move.change) BETWEEN \(-countMax) AND \(countMax)
                RETURNING \(move.label?.columns ?? looked), count AS balance, removed_on AS closed
                """
            })
        return try zip(moves, answers).map { move, rows in
            guard let row = rows.first else { return nil }
            let version = try row.version(by: plan)
            let json = tx.json(rows, by: plan)
            // Who follows the feed has heard that a closed level is gone.
            if try row["closed"] as Int64? == nil {
                for type in ["stock.updated", "stock"] { tx.record(type, "stock", move.unit.stockID, version, json) }
            }
            let balance: Int64 = try row["balance"]
            let isInBundle = try move.label?.isInBundle ?? row["is_in_bundle"]
            let before = balance - move.change  // bounded: both by countMax
            if isInBundle || (balance > 0) != (before > 0) {
                StockChanged.touch(move.unit.productID, isMember: isInBundle, in: tx)
            }
            if move.change < 0 { SellOut.watch(move.unit.productID, left: balance, isMember: isInBundle, in: tx) }
            return Posted(balance: balance, version: version, json: json)
        }
    }

    private static let looked: SQL = """
        \(raw: StockLevel.info.plan.select), CASE WHEN EXISTS (SELECT 1 FROM bundle_members m
        WHERE m.webshop_id = stock_levels.webshop_id AND m.product_id = stock_levels.product_id) THEN 1 ELSE 0 END AS is_in_bundle
        """

    private static func floor(of move: Move) -> SQL {
        if move.change >= 0 || move.mayFallShort { return "" }
        return " AND (count + \(move.change) >= 0 OR (allows_negative = 1 AND is_oversold = 0))"
    }

    /// Lets a level below zero that is not, for what is gone already, and for nothing else.
    private static func oversold(by move: Move) -> SQL {
        guard move.mayFallShort, move.change < 0 else { return "" }
        let falls: SQL = "allows_negative = 0 AND count + \(move.change) < 0"
        return """
            is_oversold = CASE WHEN \(falls) THEN 1 ELSE is_oversold END,
            allows_negative = CASE WHEN \(falls) THEN 1 ELSE allows_negative END,
            """
    }

    private static func at(_ unit: StockUnit, _ tx: Transaction) -> SQL {
        "webshop_id = \(tx.shop) AND product_id = \(unit.productID) AND stock_id = \(unit.stockID)"
    }
}
