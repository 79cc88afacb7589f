import Basics
import Persistence
import Resources

/// What the lines of an order take from the stock: each its product, or the members of a bundle.
struct OrderStock {
    /// One movement and the line it is for.
    private struct Taking {
        let line: Int
        let move: StockLedger.Move
        /// What is said where there is too little.
        let shortage: String
    }

    private var takings: [Taking] = []
    private var errors: [Problem.FieldError] = []

    private let mayFallShort: Bool

    /// - Parameter mayFallShort: whether it is taken where there is too little, too, because it is gone already.
    init(_ lines: [OrderLine], _ wishes: [OrderWish], mayFallShort: Bool) {
        self.mayFallShort = mayFallShort
        for (index, (line, wish)) in zip(lines, wishes).enumerated() {
            guard !wish.parts.isEmpty else {
                take(
                    line.unit, wish.label, line.amount, for: line, at: index,
                    "there are fewer than \(line.amount) of \(line.fullName) left")
                continue
            }
            for part in wish.parts {
                guard part.isSold else {
                    report(index, "\(part.name), which \(line.name) is made of, is no longer sold")
                    continue
                }
                // An amount and a count are at most 10^6 each.
                let count = line.amount * part.count
                take(
                    part.unit, part.label, count, for: line, at: index,
                    "\(line.name) needs \(count) of \(part.fullName), and there are fewer left")
            }
        }
    }

    /// How many pieces of stock one of a product takes.
    static func pieces(_ parts: [BundlePart]) -> Int64 {
        parts.isEmpty ? 1 : parts.reduce(0) { $0 + $1.count }
    }

    private mutating func take(
        _ unit: StockUnit, _ label: StockLabel, _ amount: Int64, for line: OrderLine, at index: Int, _ shortage: String
    ) {
        var move = StockLedger.Move(unit, by: -amount, .order)
        move.orderID = line.orderID.rawValue
        move.orderProductID = line.id.rawValue
        move.mayFallShort = mayFallShort
        move.label = label
        takings.append(Taking(line: index, move: move, shortage: shortage))
    }

    private mutating func report(_ line: Int, _ message: String) {
        errors.append(Problem.FieldError("/products/\(line)/amount", "stock_short", message))
    }

    /// Takes all of it or throws, naming the lines for which there is too little.
    func carryOut(in tx: Transaction) throws {
        try refuse(errors)
        let posted = try StockLedger.attempt(takings.map(\.move), in: tx)
        try refuse(
            zip(takings, posted).filter { $1 == nil }.map { taking, _ in
                Problem.FieldError("/products/\(taking.line)/amount", "stock_short", taking.shortage)
            })
    }

    private func refuse(_ errors: [Problem.FieldError]) throws {
        if errors.isEmpty { return }
        throw Problem.conflict("stock_short", "There is too little stock for this order.", errors: errors)
    }

    /// Puts back what an order took, movement by movement, whatever its bundles are made of by now. The ledger takes each
    /// movement once.
    static func putBack(order: Int64, in tx: Transaction) throws {
        let rows = try tx.db.rows(
            """
            SELECT order_product_id, product_id, variant_id, -change AS back FROM stock_entries
            WHERE webshop_id = \(tx.shop) AND order_id = \(order) AND kind = \(StockEntry.Kind.order)
            ORDER BY stock_entry_id
            """)
        let moves = try rows.map { row in
            let unit = StockUnit(try row["product_id"], variant: try row["variant_id"])
            var move = StockLedger.Move(unit, by: try row["back"], .cancel)
            move.orderID = order
            move.orderProductID = try row["order_product_id"]
            return move
        }
        try StockLedger.post(moves, in: tx)
    }
}
