import Persistence
package import Resources

// What areas do about what happens in those below them, which do not know them: the only place that looks both ways.

extension Product {
    package static let followers: [Follower<Product>] = [
        .search, .prices, .categories, .stock, .bundles, .mentions,
    ]
}

extension WordsChanged: Settling {
    static func settle(_ products: Set<Int64>, in tx: Transaction) throws {
        try SearchWriter(tx.db, shop: tx.shop).update(products)
    }

    /// Leaves products to the job.
    /// - Parameter products: selects the `product_id` of each, once.
    static func leave(_ products: SQL, in tx: Transaction) throws {
        try SearchUpkeep.leave(products, in: tx)
    }
}

extension FactsChanged: Settling {
    static func settle(_ products: Set<Int64>, in tx: Transaction) throws {
        try SearchWriter(tx.db, shop: tx.shop).updateFacts(products.sorted())
    }
}

extension StockChanged: Settling {
    static func settle(_ products: Set<Int64>, in tx: Transaction) throws {
        try SearchWriter(tx.db, shop: tx.shop).updateStock(products.sorted())
    }
}
