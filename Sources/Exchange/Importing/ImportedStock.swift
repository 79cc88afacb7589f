import Commerce
import Resources

/// The stock that a file says products and variants have, as movements of the ledger.
enum ImportedStock {
    /// One count: of a product, or of its variant that a row of `stock_settings` names.
    struct Count {
        let productID: Int64
        let variant: VariantChoice?
        let count: Int64
    }

    /// Counts products and answers those whose count moved, and those for which it may not be.
    static func set(_ counts: [Count], in tx: Transaction) throws -> (moved: Set<Int64>, refused: Set<Int64>) {
        guard !counts.isEmpty else { return ([], []) }
        let levels = Dictionary(
            grouping: try StockLedger.take(of: Set(counts.map(\.productID)), in: tx), by: \.unit.productID)
        let moves = counts.compactMap { count -> StockLedger.Move? in
            let level = (levels[count.productID] ?? []).first { level in
                guard let variant = count.variant else { return level.valueIDs.isEmpty }
                if let id = variant.variantID { return level.unit.variantID == id }
                return !level.valueIDs.isEmpty && level.valueIDs == variant.valueIDs
            }
            guard let level, level.count != count.count else { return nil }
            return StockLedger.Move(level.unit, by: count.count - level.count, .import)
        }
        let posted = try StockLedger.attempt(moves, in: tx)
        let refused = zip(moves, posted).filter { $1 == nil }.map(\.0.unit.productID)
        return (Set(moves.map(\.unit.productID)).subtracting(refused), Set(refused))
    }
}
