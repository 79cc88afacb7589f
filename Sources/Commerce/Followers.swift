import Persistence
package import Resources

// What areas do about what happens in those below them, which do not know them: the only place that looks both ways.

extension Product {
    package static let followers: [Follower<Product>] = [
        .search, .prices, .categories, .stock, .bundles, .mentions,
    ]

    /// The filter of lists by the page that shows products.
    static let shownBy = LandingPageProducts.filter
}

extension Token {
    package static let followers: [Follower<Token>] = [.apps]
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

extension VariantChange {
    /// Tells who counts variants that some came and went.
    static func tell(_ changes: [VariantChange], in tx: Transaction) throws {
        try ProductStock.changed(changes, in: tx)
    }
}

extension Bundle {
    /// How many of a product were counted as itself, held until the end: they would be lost in a bundle.
    static func ownStock(of product: Int64, in tx: Transaction) throws -> Int64 {
        try StockLedger.take(of: [product], in: tx).reduce(0) { $0 + $1.count }
    }
}
