import Persistence

/// The full-text index of an engine, as search sees it: terms go in, ids come out. All thought about words is on this side
/// of it, so that both engines find the same. This is the one place where they are unlike.
protocol TextIndex {
    /// Stores the terms of products, in place of those they had.
    /// - Parameter isNew: whether none of them had any.
    func store(_ terms: [(product: Int64, text: String)], isNew: Bool) throws

    func remove(_ products: [Int64]) throws

    /// A question about one reach, in the engine's words.
    func question(_ query: TermQuery, _ reach: SearchTerms.Reach) -> String

    /// The products that a question finds, in order.
    func matches(_ question: String) throws -> [Int64]

    /// Whether there is any such product.
    func finds(_ question: String) throws -> Bool

    /// Marks rows of `search_documents` that this transaction writes.
    func newRevision() throws -> SQL

    /// How far this snapshot has come, to be given to `changes`.
    func mark() throws -> String

    /// The rows of `search_documents` that this snapshot has and that of a mark had not; nil where the mark is of no use
    /// here.
    func changes(since mark: String) throws -> SQL?
}

extension Connection {
    /// The text index of a shop.
    func textIndex(of shop: Int64) -> any TextIndex {
        switch dialect {
        case .sqlite: FTS5Index(db: self, shop: shop)
        case .postgres: TSVectorIndex(db: self, shop: shop)
        }
    }
}
