import Persistence

/// SQLite's FTS5. The table's rowid is the product's id, which no other shop has.
struct FTS5Index: TextIndex {
    let db: any Connection
    let shop: Int64

    private static let spelling = TermQuery.Spelling(quote: "\"", prefix: " *", and: " AND ", or: " OR ")

    func store(_ terms: [(product: Int64, text: String)], isNew: Bool) throws {
        if !isNew { try remove(terms.map(\.product)) }
        let rows = terms.map { "(\($0.product), \($0.text))" as SQL }
        try db.run("INSERT INTO search_texts (rowid, terms) VALUES \(SQL.joined(rows, by: ", "))")
    }

    func remove(_ products: [Int64]) throws {
        try db.run("DELETE FROM search_texts WHERE rowid IN (\(SQL.list(products)))")
    }

    func question(_ query: TermQuery, _ reach: SearchTerms.Reach) -> String {
        query.text(Self.spelling, shop: shop, reach)
    }

    func matches(_ question: String) throws -> [Int64] {
        IDList.read(
            try db.rows("SELECT group_concat(rowid) FROM search_texts WHERE search_texts MATCH \(question)"))
    }

    func finds(_ question: String) throws -> Bool {
        try db.row("SELECT 1 FROM search_texts WHERE search_texts MATCH \(question) LIMIT 1") != nil
    }

    /// Transactions become visible in the order they number their rows in.
    func newRevision() throws -> SQL { "\(try db.newID("search_documents_seq"))" }

    func mark() throws -> String {
        let row = try db.row(
            "SELECT coalesce(max(revision), 0) AS mark FROM search_documents WHERE webshop_id = \(shop)")
        return String(try row.map { try $0["mark"] } ?? Int64(0))
    }

    func changes(since mark: String) -> SQL? {
        Int64(mark).map { "revision > \($0)" }
    }
}
