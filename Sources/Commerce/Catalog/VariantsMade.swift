import Resources

/// Variants that were made with their product, or in it. Told at the end, when what they show of it is stored.
enum VariantsMade: Settling {
    static func touch(_ variants: [Int64], in tx: Transaction) { tx.beforeCommit(VariantsMade.self, variants) }

    static func settle(_ variants: Set<Int64>, in tx: Transaction) throws {
        try ProductVariant.record(.created, variants, in: tx)
    }
}
