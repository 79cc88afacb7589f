import Persistence
import Resources

/// Takes products that shall (`auto_offline`) offline when they are sold out, whatever it was that took the last one: an
/// order, a count, a till. Once before the commit, after all stock has moved.
enum SellOut: Settling {
    /// Says that there are fewer of a product than there were.
    /// - Parameter isMember: whether there are bundles that have only as many as it allows.
    static func watch(_ product: Int64, left: Int64, isMember: Bool, in tx: Transaction) {
        guard left <= 0 || isMember else { return }
        tx.beforeCommit(SellOut.self, [product])
    }

    static func settle(_ products: Set<Int64>, in tx: Transaction) throws {
        let list = SQL.paddedList(products.sorted())
        let soldOut = try tx.db.rows(
            """
            SELECT product_id FROM products WHERE webshop_id = \(tx.shop) AND auto_offline = 1 AND is_online = 1
            AND removed_on IS NULL AND (product_id IN (\(list)) OR product_id IN (SELECT m.bundle_id FROM bundle_members m
                WHERE m.webshop_id = \(tx.shop) AND m.product_id IN (\(list))))
            AND \(raw: Product.inStock) <= 0
            """
        ).integers("product_id")
        // Products are held before their stock by everybody else.
        if !soldOut.isEmpty { try tx.standAlone() }
        let taken = try tx.takeAll(Product.self, soldOut)
        try tx.write(
            taken.values.sorted { $0.id < $1.id }.map { stored in
                var product = stored
                product.isOnline = false
                return try Draft(product)
            })
    }
}
