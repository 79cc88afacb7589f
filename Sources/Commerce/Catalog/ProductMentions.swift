import Persistence
import Resources

/// Who names whom in `related` and `similar`, so that a product that is deleted leaves those lists.
enum ProductMentions {
    /// Keeps the index in line with the lists of products that were stored.
    fileprivate static func index(_ drafts: [Draft<Product>], in tx: Transaction) throws {
        let changed = drafts.filter { draft in
            draft.new.related != draft.old?.related ?? .emptyList
                || draft.new.similar != draft.old?.similar ?? .emptyList
        }
        for draft in changed {
            try forget(try draft.old?.mentioned.subtracting(draft.new.mentioned) ?? [], by: draft.new, in: tx)
        }
        let added = try changed.flatMap { draft in
            try draft.new.mentioned.subtracting(draft.old?.mentioned ?? []).sorted().map {
                [tx.shop.sqlValue, $0.sqlValue, draft.new.id.sqlValue]
            }
        }
        try tx.db.run(
            SQL.insertions("INSERT INTO product_mentions (webshop_id, mentioned_id, product_id) VALUES", added))
    }

    /// Takes a deleted product out of the lists that name it; each of those products has changed, and says so.
    fileprivate static func removed(_ product: Product, in tx: Transaction) throws {
        try forget(try product.mentioned, by: product, in: tx)
        let named: SQL = "webshop_id = \(tx.shop) AND mentioned_id = \(product.id)"
        for var naming in try tx.takeAll(
            Product.self, where: "product_id IN (SELECT product_id FROM product_mentions WHERE \(named))")
        {
            naming.related = try naming.related.without(product.id.rawValue)
            naming.similar = try naming.similar.without(product.id.rawValue)
            try tx.update(naming)
        }
    }

    private static func forget(_ mentioned: Set<Int64>, by product: Product, in tx: Transaction) throws {
        guard !mentioned.isEmpty else { return }
        try tx.db.run(
            """
            DELETE FROM product_mentions WHERE webshop_id = \(tx.shop)
            AND mentioned_id IN (\(SQL.list(mentioned.sorted()))) AND product_id = \(product.id)
            """)
    }
}

extension Product {
    fileprivate var mentioned: Set<Int64> { get throws { Set(try related.integers + similar.integers) } }
}

extension JSONText {
    /// The same list of ids without one of them.
    fileprivate func without(_ id: Int64) throws -> JSONText { .list(try integers.filter { $0 != id }) }
}

extension Follower<Product> {
    /// The products that name it as related or similar.
    static var mentions: Follower {
        Follower(
            stored: { try ProductMentions.index($0, in: $1) },
            removed: { try ProductMentions.removed($0.value, in: $1) })
    }
}
