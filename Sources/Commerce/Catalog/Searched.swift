import Persistence
import Resources

/// Products whose words have changed: what they are found by. Said here, so that the catalogue need not know who finds them;
/// what is done about it once before the commit stands in `Followers.swift`.
enum WordsChanged {
    /// As many products as wait for the end of a write. More are left to a job, which follows within seconds.
    private static let atOnceMax = 200

    static func touch(_ products: some Sequence<Int64>, in tx: Transaction) {
        tx.beforeCommit(WordsChanged.self, products)
    }

    /// Says it of all products that have a name which others have too. Alone in the shop, so that no product is indexed by the
    /// old name meanwhile.
    /// - Parameter products: selects the `product_id` of each, once.
    static func touch(all products: SQL, in tx: Transaction) throws {
        try tx.standAlone()
        let rows = try tx.db.rows("SELECT product_id FROM (\(products)) named LIMIT \(atOnceMax + 1)")
        if rows.count + tx.pending(WordsChanged.self).count <= atOnceMax {
            touch(rows.compactMap { $0.integer(0) }, in: tx)
        } else {
            try leave(products, in: tx)
        }
    }
}

/// Products that cost something else, or are seen by others. Their words stay as they are.
enum FactsChanged {
    static func touch(_ products: [Int64], in tx: Transaction) {
        tx.beforeCommit(FactsChanged.self, products)
    }
}

/// Products that have come into stock or sold out. Their words stay as they are.
enum StockChanged {
    /// - Parameter isMember: whether there are bundles that have only as many as the product allows.
    static func touch(_ product: Int64, isMember: Bool, in tx: Transaction) {
        guard isMember || !tx.pending(WordsChanged.self).contains(product) else { return }
        tx.beforeCommit(StockChanged.self, [product])
    }
}

extension Follower {
    /// The search: products are found by a value of the rows.
    /// - Parameter products: selects the products that have a row, in a shop.
    static func search<Value: Equatable & SendableMetatype>(
        _ value: any KeyPath<Subject, Value> & Sendable, of products: @escaping @Sendable (Subject, Int64) -> SQL
    ) -> Follower {
        Follower(
            stored: { drafts, tx in
                for draft in drafts {
                    guard let old = draft.old, old[keyPath: value] != draft.new[keyPath: value] else { continue }
                    try WordsChanged.touch(all: products(draft.new, tx.shop), in: tx)
                }
            }, removed: { try WordsChanged.touch(all: products($0.value, $1.shop), in: $1) })
    }
}

extension Follower<Product> {
    /// The search: of a product whose words are as they were, only the facts have changed.
    static var search: Follower {
        Follower(
            stored: { drafts, tx in
                var said: [Int64] = []
                var valued: [Int64] = []
                for draft in drafts {
                    let id = draft.new.id.rawValue
                    if draft.old?.searchWords != draft.new.searchWords {
                        said.append(id)
                    } else if draft.old?.searchFacts != draft.new.searchFacts {
                        valued.append(id)
                    }
                }
                let pending = tx.pending(WordsChanged.self)
                WordsChanged.touch(said, in: tx)
                FactsChanged.touch(valued.filter { !pending.contains($0) }, in: tx)
            },
            removed: { old, tx in
                WordsChanged.touch([old.id], in: tx)
                // The bundles it was in have none any more.
                StockChanged.touch(old.id, isMember: true, in: tx)
            })
    }
}

extension Product {
    /// What it is found and counted by, as far as it stands in its own row. Attributes, labels and variants speak for
    /// themselves.
    fileprivate var searchWords: [String?] {
        [
            name, ownID, secOwnID, gtin, mpn, search, listDescription, description, brandID.map(String.init),
            mainCategoryID.map(String.init), categories.text, bundle.text,
        ]
    }

    fileprivate var searchFacts: [SQLValue] {
        [
            isOnline.sqlValue, noInternalSearch.sqlValue, price.sqlValue, salePrice.sqlValue, saleFrom.sqlValue,
            saleTo.sqlValue, weight.sqlValue, isPriced.sqlValue,
        ]
    }
}
