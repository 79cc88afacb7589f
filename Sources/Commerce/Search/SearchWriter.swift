import Basics
package import Persistence
import Resources

/// Keeps the search index in line with the products, at the end of the transaction that changed them: once per product,
/// however often it was changed, and many products for little more than one.
package struct SearchWriter {
    private static let productsPerStatement = 256
    private static let textsPerStatement = 1024

    private let db: any Connection
    private let shop: Int64

    package init(_ db: any Connection, shop: Int64) {
        self.db = db
        self.shop = shop
    }

    /// Makes the documents of products anew and stores what is different.
    package func update(_ products: some Sequence<Int64>) throws {
        let index = db.textIndex(of: shop)
        let revision = try index.newRevision()
        let ids = products.sorted()
        var texts = Texts()
        for some in ids.pieces(of: Self.productsPerStatement) { try update(some, revision, &texts) }
        try texts.words.store(shop, in: db)
        // Last and all together: SQLite writes out what its index holds in memory before each statement that follows.
        try inPieces(texts.new) { try index.store($0, isNew: true) }
        try inPieces(texts.changed) { try index.store($0, isNew: false) }
        try inPieces(texts.gone) { try index.remove($0) }
    }

    private func inPieces<T>(_ all: [T], _ body: ([T]) throws -> Void) throws {
        for some in all.pieces(of: Self.textsPerStatement) { try body(Array(some)) }
    }

    /// What the full-text index has to learn.
    private struct Texts {
        var new: [(product: Int64, text: String)] = []
        var changed: [(product: Int64, text: String)] = []
        var gone: [Int64] = []
        /// Of all products together, so that they are stored in one order.
        var words = Vocabulary()
    }

    private func update(_ products: ArraySlice<Int64>, _ revision: SQL, _ texts: inout Texts) throws {
        // Locked first: whoever reads the product behind another writer of it must also write behind them.
        let rows = try db.rows(
            """
            SELECT product_id, terms_hash FROM search_documents WHERE webshop_id = \(shop)
            AND product_id IN (\(SQL.list(products))) ORDER BY product_id\(db.dialect.forUpdate)
            """)
        let known = try rows.reduce(into: [Int64: Int64]()) { $0[try $1["product_id"]] = try $1["terms_hash"] as Int64 }
        let documents = try SearchDocument.read(Array(products), shop, in: db)
        guard !documents.isEmpty else { return }
        let tuples = try documents.map { document -> SQL in
            let text = document.terms.text
            let hash = Int64(bitPattern: FNV.hash(text))
            let old = known[document.product]
            if old != hash, !text.isEmpty {
                let terms = (product: document.product, text: text)
                if old == nil { texts.new.append(terms) } else { texts.changed.append(terms) }
                texts.words.add(document.terms.headings)
            } else if old != nil, old != hash {
                texts.gone.append(document.product)
            }
            return try document.tuple(shop, revision, hash: hash)
        }
        try store(tuples)
    }

    private static let columns = [
        "revision", "terms_hash", "is_removed", "is_online", "no_internal_search", "in_stock", "price", "sale_price",
        "sale_from", "sale_to", "weight", "created", "name", "facets",
    ]
    private static let insertion =
        "INSERT INTO search_documents (webshop_id, product_id, \(columns.joined(separator: ", "))) VALUES "
    private static let upsertion =
        " ON CONFLICT (webshop_id, product_id) DO UPDATE SET "
        + columns.map { "\($0) = excluded.\($0)" }.joined(separator: ", ")

    private func store(_ tuples: [SQL]) throws {
        try db.run("\(raw: Self.insertion)\(SQL.joined(tuples, by: ", "))\(raw: Self.upsertion)")
    }

    /// What is filtered and sorted by, as far as it stands in the product and its variants: the transaction holds those,
    /// while somebody else may be moving their stock.
    func updateFacts(_ products: [Int64]) throws {
        guard !products.isEmpty else { return }
        if products.count > 1 { try hold(products) }
        let facts = ["is_online", "no_internal_search", "sale_from", "sale_to", "weight"].map { "\($0) = p.\($0)" }
        let revision = try db.textIndex(of: shop).newRevision()
        try db.run(
            """
            UPDATE search_documents SET revision = \(revision),
            \(raw: facts.joined(separator: ", ")), price = \(raw: SearchDocument.price),
            sale_price = \(raw: SearchDocument.salePrice) FROM products p
            WHERE p.webshop_id = search_documents.webshop_id AND p.product_id = search_documents.product_id
            AND search_documents.webshop_id = \(shop) AND search_documents.product_id IN (\(SQL.paddedList(products)))
            """)
    }

    /// Looks again at whether there is any of products, and of the bundles they are in.
    func updateStock(_ members: [Int64]) throws {
        let bundles = try db.rows(
            """
            SELECT DISTINCT bundle_id FROM bundle_members
            WHERE webshop_id = \(shop) AND product_id IN (\(SQL.paddedList(members)))
            """)
        try inPieces(try Set(members + bundles.map { try $0["bundle_id"] as Int64 }).sorted(), lookAtStock)
    }

    private func lookAtStock(_ products: [Int64]) throws {
        let ids = SQL.paddedList(products)
        // By a statement of its own: the one that follows then sees what was committed by those who had them before.
        try hold(products)
        try db.run(
            """
            UPDATE search_documents SET revision = \(try db.textIndex(of: shop).newRevision()), in_stock = \(raw: SearchDocument.inStock)
            FROM products p WHERE p.webshop_id = search_documents.webshop_id AND p.product_id = search_documents.product_id
            AND search_documents.webshop_id = \(shop) AND search_documents.product_id IN (\(ids))
            AND in_stock <> \(raw: SearchDocument.inStock)
            """)
    }

    /// Locks documents in the order everybody locks in.
    private func hold(_ products: [Int64]) throws {
        guard db.dialect == .postgres else { return }
        _ = try db.rows(
            """
            SELECT product_id FROM search_documents WHERE webshop_id = \(shop)
            AND product_id IN (\(SQL.paddedList(products))) ORDER BY product_id\(db.dialect.forUpdate)
            """)
    }
}
