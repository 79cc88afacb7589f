import Persistence

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
