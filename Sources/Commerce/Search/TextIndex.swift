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

/// Postgres' tsvector under a GIN index. No extension is needed.
struct TSVectorIndex: TextIndex {
    let db: any Connection
    let shop: Int64

    private static let spelling = TermQuery.Spelling(quote: "'", prefix: ":*", and: " & ", or: " | ")

    func store(_ terms: [(product: Int64, text: String)], isNew: Bool) throws {
        let rows = terms.map {
            "(\(shop), \($0.product), array_to_tsvector(string_to_array(\($0.text), ' ')))" as SQL
        }
        try db.run(
            """
            INSERT INTO search_texts (webshop_id, product_id, terms) VALUES \(SQL.joined(rows, by: ", "))
            ON CONFLICT (webshop_id, product_id) DO UPDATE SET terms = excluded.terms
            """)
    }

    func remove(_ products: [Int64]) throws {
        try db.run(
            "DELETE FROM search_texts WHERE webshop_id = \(shop) AND product_id IN (\(SQL.list(products)))")
    }

    func question(_ query: TermQuery, _ reach: SearchTerms.Reach) -> String {
        query.text(Self.spelling, shop: shop, reach)
    }

    func matches(_ question: String) throws -> [Int64] {
        IDList.read(
            try db.rows(
                """
                SELECT string_agg(CAST(product_id AS TEXT), ',') FROM search_texts
                WHERE webshop_id = \(shop) AND terms @@ CAST(\(question) AS TSQUERY)
                """))
    }

    func finds(_ question: String) throws -> Bool {
        try db.row(
            """
            SELECT 1 FROM search_texts WHERE webshop_id = \(shop) AND terms @@ CAST(\(question) AS TSQUERY) LIMIT 1
            """) != nil
    }

    /// The transaction itself, because numbers drawn from a sequence do not become visible in their order.
    func newRevision() -> SQL { "CAST(CAST(pg_current_xact_id() AS TEXT) AS BIGINT)" }

    /// The snapshot, and behind it which table it is of: a restore puts another in its place.
    func mark() throws -> String {
        let row = try db.row(
            """
            SELECT CAST(pg_current_snapshot() AS TEXT) || '/' || CAST(CAST('search_documents' AS REGCLASS) AS OID) AS mark
            """)
        return try row.map { try $0["mark"] } ?? ""
    }

    /// What that snapshot did not see. Rows that a dump brought from another server may carry numbers from its future; those
    /// were read with the rest and are not read again.
    func changes(since mark: String) throws -> SQL? {
        let parts = mark.split(separator: "/")
        let edges = mark.split(separator: ":", omittingEmptySubsequences: false).prefix(2).compactMap { Int64($0) }
        let row = try db.row(
            """
            SELECT CAST(CAST(pg_snapshot_xmax(pg_current_snapshot()) AS TEXT) AS BIGINT) AS newest,
            CAST(CAST(CAST('search_documents' AS REGCLASS) AS OID) AS TEXT) AS place
            """)
        guard parts.count == 2, edges.count == 2, let row else { return nil }
        let end: Int64 = try row["newest"]
        guard end >= edges[1], try row["place"] == String(parts[1]) else { return nil }
        return """
            revision >= \(edges[0]) AND revision < \(end) AND NOT pg_visible_in_snapshot(
            CAST(CAST(revision AS TEXT) AS XID8), CAST(\(String(parts[0])) AS PG_SNAPSHOT))
            """
    }
}

/// Many ids in one text, which costs a fraction of as many rows.
enum IDList {
    /// - Parameter rows: one row of one text, or of null.
    static func read(_ rows: Rows) -> [Int64] {
        guard rows.cells.first?.isText == true else { return [] }
        var ids: [Int64] = []
        ids.reserveCapacity(rows.bytes.count / 6 + 1)
        var id: Int64 = 0
        for byte in rows.bytes {
            if Tokenizer.isDigit(byte) {
                id = id &* 10 &+ Int64(byte & 15)
            } else {
                ids.append(id)
                id = 0
            }
        }
        ids.append(id)
        // An index walks its ids in their order, but does not promise it.
        let isSorted = zip(ids, ids.dropFirst()).allSatisfy { $0 < $1 }
        return isSorted ? ids : ids.sorted()
    }
}
