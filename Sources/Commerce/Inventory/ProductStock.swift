import Resources

extension Follower<Product> {
    /// Its stock: what is counted has a level from birth.
    static var stock: Follower {
        Follower(
            stored: { drafts, tx in
                for draft in drafts {
                    guard let old = draft.old, old.allowNegativeStock != draft.new.allowNegativeStock else { continue }
                    try StockLedger.changeFloor(of: draft.new, in: tx)
                }
                let born = drafts.filter { $0.old == nil }
                let isVaried = { (draft: Draft<Product>) in draft.parts & ProductParts.variants != 0 }
                try StockLedger.open(
                    born.filter { !isVaried($0) }.map { StockLevel(of: $0.new) }
                        + StockSettings.levels(of: born.filter(isVaried).map(\.new), in: tx), in: tx)
            }, removed: { try StockLedger.closeAll(of: $0.value, in: $1) })
    }
}
