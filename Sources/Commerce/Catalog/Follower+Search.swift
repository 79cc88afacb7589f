import Persistence
import Resources

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
