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
            touch(try rows.integers("product_id"), in: tx)
        } else {
            try leave(products, in: tx)
        }
    }
}
