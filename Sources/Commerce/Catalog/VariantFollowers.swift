import Basics
import Persistence
import Resources

extension Part<ProductVariant> {
    /// The shop's own number of a variant. All that are given up are free before any is taken, so that two may change theirs.
    static var numbers: Part {
        Part(settle: { drafts, tx in
            let moved = drafts.filter { draft in
                draft.new.ownID.map(ExactText.init) != draft.old?.ownID.map(ExactText.init)
            }
            try SKUs.release(moved.compactMap(\.old?.ownID), in: tx)
            try SKUs.take(
                moved.compactMap { draft in
                    draft.new.ownID.map { .init(ownID: $0, unit: draft.new.unit, pointer: "/own_id") }
                }, in: tx)
        })
    }
}

extension Follower<ProductVariant> {
    /// Its product, which shows it: that has changed with it, and whoever follows products hears of that.
    static var product: Follower {
        Follower(stored: { drafts, tx in
            ProductVariant.touch(
                renumbered: drafts.filter { $0.new.numbers != $0.old?.numbers }.map(\.new.productID),
                repriced: drafts.filter { $0.new.isRepriced(since: $0.old) }.map(\.new), in: tx)
            let products = try tx.takeAll(Product.self, Set(drafts.map(\.new.productID)).sorted())
            try tx.write(products.values.sorted { $0.id < $1.id }.map { try Draft($0, hasNewParts: true) })
        })
    }
}

extension ProductVariant {
    /// Says what variants say to the search and to the history of prices.
    /// - Parameter renumbered: products with variants that are found by other numbers.
    static func touch(renumbered products: [Int64], repriced: [ProductVariant], in tx: Transaction) {
        WordsChanged.touch(products, in: tx)
        FactsChanged.touch(Set(repriced.map(\.productID)).subtracting(products).sorted(), in: tx)
        PriceHistory.touch(repriced.map(\.id.rawValue), in: tx)
    }

    /// Tells the feed of variants that were written through their products, as they are at the end.
    /// - Parameter change: what happened to those that are still there. Of what was made and is gone again nobody hears.
    static func record(_ change: Change, _ variants: Set<Int64>, in tx: Transaction) throws {
        let (path, plan) = (info.path, info.plan)
        let statements = SQL.each(variants.sorted()) { some in
            """
            SELECT \(raw: plan.select), CASE WHEN removed_on IS NULL THEN 0 ELSE 1 END AS is_gone FROM product_variants
            WHERE webshop_id = \(tx.shop) AND variant_id IN (\(some)) ORDER BY variant_id
            """
        }
        for rows in try tx.db.fetch(statements) {
            for (index, row) in rows.enumerated() {
                let isGone: Bool = try row["is_gone"]
                if isGone, change == .created { continue }
                let type = "\(path).\(isGone ? .deleted : change)"
                tx.record(
                    type, path, try row.id(by: plan), try row.version(by: plan),
                    isGone ? nil : tx.json(rows, index, by: plan))
            }
        }
    }
}
