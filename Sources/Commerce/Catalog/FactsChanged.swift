import Resources

/// Products that cost something else, or are seen by others. Their words stay as they are.
enum FactsChanged {
    static func touch(_ products: [Int64], in tx: Transaction) {
        tx.beforeCommit(FactsChanged.self, products)
    }
}
