import Resources

/// Products that have come into stock or sold out. Their words stay as they are.
enum StockChanged {
    /// - Parameter isMember: whether there are bundles that have only as many as the product allows.
    static func touch(_ product: Int64, isMember: Bool, in tx: Transaction) {
        guard isMember || !tx.pending(WordsChanged.self).contains(product) else { return }
        tx.beforeCommit(StockChanged.self, [product])
    }
}
