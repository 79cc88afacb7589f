import Basics
import Persistence
import Resources

/// What the ledger does about products and variants: whatever is counted has a level from birth.
enum ProductStock {
    static func stored(_ drafts: [Draft<Product>], in tx: Transaction) throws {
        for draft in drafts where draft.old.map({ $0.allowNegativeStock != draft.new.allowNegativeStock }) ?? false {
            try StockLedger.changeFloor(of: draft.new, in: tx)
        }
        let born = drafts.filter { $0.old == nil }
        let isVaried = { (draft: Draft<Product>) in draft.parts & ProductParts.variants != 0 }
        try StockLedger.open(
            born.filter { !isVaried($0) }.map { StockLevel(of: $0.new) }
                + levels(of: born.filter(isVaried).map(\.new), in: tx), in: tx)
    }

    /// Opens the levels of new variants and closes those of old ones. What is counted by variant is not counted without one;
    /// what was there comes back with the last variant.
    static func changed(_ changes: [VariantChange], in tx: Transaction) throws {
        try StockLedger.close(changes.flatMap(\.removed).map(\.unit), in: tx)
        for change in changes {
            try StockLedger.open(
                change.added.map { StockLevel(of: $0, allowsNegative: change.product.allowNegativeStock) }, in: tx)
            guard change.hadAny != change.hasAny else { continue }
            let unit = StockUnit(change.product.id.rawValue)
            try change.hasAny ? StockLedger.close([unit], in: tx) : StockLedger.reopen(unit, in: tx)
        }
    }

    /// The levels that the variants of new products need.
    private static func levels(of products: [Product], in tx: Transaction) throws -> [StockLevel] {
        guard !products.isEmpty else { return [] }
        let rows = try tx.db.rows(
            """
            SELECT \(raw: ProductVariant.info.columnList) FROM product_variants WHERE webshop_id = \(tx.shop)
            AND product_id IN (\(SQL.paddedList(products.map(\.id.rawValue)))) ORDER BY product_id, variant_id
            """)
        let belowZero = Set(products.filter(\.allowNegativeStock).map(\.id.rawValue))
        return try rows.map { row in
            let variant = try ProductVariant.schema.value(row.values)
            return StockLevel(of: variant, allowsNegative: belowZero.contains(variant.productID))
        }
    }
}

extension Follower<Product> {
    /// Its stock.
    static var stock: Follower {
        Follower(
            stored: { try ProductStock.stored($0, in: $1) }, removed: { try StockLedger.closeAll(of: $0.value, in: $1) }
        )
    }
}
