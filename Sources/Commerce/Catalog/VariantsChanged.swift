import Resources

/// Variants that were changed or removed through their product.
enum VariantsChanged: Settling {
    /// What is told as made is told as it is at the end.
    static func touch(_ variants: [Int64], in tx: Transaction) {
        tx.beforeCommit(VariantsChanged.self, Set(variants).subtracting(tx.pending(VariantsMade.self)))
    }

    static func settle(_ variants: Set<Int64>, in tx: Transaction) throws {
        try ProductVariant.record(.updated, variants, in: tx)
    }
}
