import Persistence
import Resources

/// A product as it is to be written: found again by its own_id, or made.
struct ProductWrite {
    let body: JSONObject
    /// Members for a product that is new.
    let initially: JSONObject
    let mustExist: Bool

    var ownID: String { body["own_id"]?.words ?? "" }

    /// How many the file says there are; nil where it does not say, or where variants have their own.
    func stock(isNew: Bool) throws -> Int64? {
        guard body.list("stock_settings").isEmpty, let wish = body["stock"] ?? (isNew ? initially["stock"] : nil),
            wish != .null
        else { return nil }
        guard let count = wish.words.flatMap({ Decimals.scaled($0.utf8, places: 0) }),
            abs(count) <= StockLedger.countMax
        else { throw Problem.invalid("/stock", "type", "must be a whole number") }
        return count
    }

    /// Refuses a count that the ledger would not take, before anything of the product is stored.
    fileprivate func checkStock(of product: Product, isNew: Bool) throws {
        if let count = try stock(isNew: isNew), count < 0, !product.allowNegativeStock {
            throw Problem.invalid("/stock", "stock_below_zero", "is below zero, which the product does not allow")
        }
    }
}

/// What became of one write.
enum ProductOutcome {
    case created(Int64)
    case updated(Int64)
    case unchanged(Int64)
    case refused(Problem)

    var id: Int64? {
        switch self {
        case .created(let id), .updated(let id), .unchanged(let id): id
        case .refused: nil
        }
    }
}

/// Writes a page of bodies by own_id, each for itself. No own_id comes twice in a page.
enum ProductPage {
    static func write(_ page: [ProductWrite], in tx: Transaction) throws -> [ProductOutcome] {
        let known = try Product.ids(ofOwn: page.map(\.ownID), in: tx)
        return try page.map { write in
            do {
                return try tx.savepoint { try one(write, known[write.ownID], in: tx) }
            } catch let problem as Problem {
                return .refused(problem)
            }
        }
    }

    private static func one(_ write: ProductWrite, _ id: Int64?, in tx: Transaction) throws -> ProductOutcome {
        var input = Input(Product.info, for: tx.tenant, isStrict: false)
        guard let id else {
            if write.mustExist {
                throw Problem.invalid(
                    "/own_id", "unknown_product", "\(write.ownID) is no product of this shop or before in the file")
            }
            var body = write.body
            for member in write.initially.members where body[member.name] == nil {
                body.append(member.name, member.value)
            }
            var record = try input.record(from: body, over: nil)
            let id = try tx.newID(Product.self)
            record[0] = id.sqlValue
            var product = try Product.schema.value(record)
            try write.checkStock(of: product, isNew: true)
            _ = try Product.storeParts(body, of: &product, replacing: nil, isStrict: false, in: tx)
            return .created(try tx.insert(product).id)
        }
        var stored = try tx.take(Product.self, id)
        let old = stored.value
        stored.value = try Product.schema.value(input.record(from: write.body, over: stored.record))
        try write.checkStock(of: stored.value, isNew: false)
        let hasNewParts = try Product.storeParts(write.body, of: &stored.value, replacing: old, isStrict: false, in: tx)
        let version = try tx.update(stored, hasNewParts: hasNewParts).version
        return version == stored.version ? .unchanged(id) : .updated(id)
    }
}

/// The stock that a file says products have, as movements of the ledger.
enum ImportedStock {
    /// Counts products and answers those whose count moved, and those for which it may not be.
    static func set(_ counts: [Int64: Int64], in tx: Transaction) throws -> (moved: Set<Int64>, refused: Set<Int64>) {
        guard !counts.isEmpty else { return ([], []) }
        let there = try StockLedger.take(Set(counts.keys), in: tx)
        let moves = counts.sorted { $0.key < $1.key }.compactMap { id, count -> StockLedger.Move? in
            guard let current = there[id], current != count else { return nil }
            return StockLedger.Move(id, by: count - current, .import)
        }
        let posted = try StockLedger.post(moves, in: tx)
        let refused = zip(moves, posted).filter { $1 == nil }.map(\.0.productID)
        return (Set(moves.map(\.productID)).subtracting(refused), Set(refused))
    }
}
