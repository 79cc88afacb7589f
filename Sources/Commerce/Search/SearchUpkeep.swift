import Basics
package import Persistence
package import Resources

/// Brings the index in line where a transaction could not: shops that were never indexed or by older rules, and products
/// that wait because a name many of them have was changed.
package enum SearchUpkeep {
    /// The rules by which documents are made. Raised with every change of tokenizer, stemmer or document.
    static let version: Int64 = 2
    private static let perTransaction = 500

    /// A row for each shop with products to do, which are done some hundreds a turn.
    static let queue = JobQueue("index products", .oneAtATime, retries: .untilItWorks)

    package static let jobs = [
        Job(queue) { claim, context in
            let count = try await next(of: claim.shop, in: context.storage)
            return count == perTransaction ? .again(seconds: 0) : .done
        },
        Job("look for shops to index", every: 60) { try await begin(in: $0.storage) },
    ]

    /// Says that a shop's products wait, or are done.
    private static func open(_ shop: Int64, in db: any Connection) throws {
        try db.run(
            """
            INSERT INTO search_indexes (webshop_id, version) VALUES (\(shop), \(version))
            ON CONFLICT (webshop_id) DO UPDATE SET version = excluded.version
            """)
    }

    /// Makes every shop be gone through again.
    package static func forget(in storage: any Storage) async throws {
        try await storage.write { _ = try $0.run("DELETE FROM search_indexes") }
    }

    /// How many products there are to do.
    package static func waiting(in storage: any Storage) async throws -> Int {
        let row = try await storage.fetch(
            """
            SELECT (SELECT count(*) FROM search_stale) + (SELECT count(*) FROM products p
            LEFT JOIN search_indexes i ON i.webshop_id = p.webshop_id WHERE i.version IS NULL OR i.version <> \(version)) AS count
            """
        ).first
        return try row.map { try $0["count"] } ?? 0
    }

    /// Does all that waits.
    /// - Parameter progress: told how many products are done.
    /// - Returns: how many products were indexed.
    @discardableResult
    package static func run(
        in storage: any Storage, progress: @Sendable (Int) -> Void = { _ in }
    ) async throws -> Int {
        try await begin(in: storage)
        let shops = try await storage.fetch("SELECT DISTINCT webshop_id FROM search_stale ORDER BY webshop_id")
        var done = 0
        for shop in try shops.integers("webshop_id") {
            while case let count = try await next(of: shop, in: storage), count > 0 {
                done += count
                progress(done)
            }
        }
        return done
    }

    /// Puts in line what is to do of shops that were never gone through, or by other rules.
    private static func begin(in storage: any Storage) async throws {
        let shops = try await storage.fetch(
            """
            SELECT w.webshop_id FROM webshops w LEFT JOIN search_indexes i ON i.webshop_id = w.webshop_id
            WHERE i.version IS NULL OR i.version <> \(version) ORDER BY w.webshop_id
            """
        )
        for shop in try shops.integers("webshop_id") {
            try await storage.write(for: .shop(shop)) { db in
                let all: SQL = "SELECT product_id FROM products WHERE webshop_id = \(shop)"
                try markStale(all, shop, in: db)
                try queue.add([.init()], ofShop: shop, due: Instant(milliseconds: 0), in: db)
                try open(shop, in: db)
            }
        }
    }

    /// Leaves products to the job.
    /// - Parameter products: selects the `product_id` of each, once.
    static func leave(_ products: SQL, in tx: Transaction) throws {
        try markStale(products, tx.shop, in: tx.db)
        try queue.add([.init()], in: tx)
    }

    private static func markStale(_ products: SQL, _ shop: Int64, in db: any Connection) throws {
        // The condition tells SQLite that no join follows.
        try db.run(
            """
            INSERT INTO search_stale (webshop_id, product_id)
            SELECT \(raw: String(shop)), product_id FROM (\(products)) named WHERE 1 = 1
            ON CONFLICT (webshop_id, product_id) DO NOTHING
            """)
    }

    /// One small transaction, so that the shop goes on selling meanwhile.
    private static func next(of shop: Int64, in storage: any Storage) async throws -> Int {
        let products = try await storage.fetch(
            """
            SELECT product_id FROM search_stale WHERE webshop_id = \(shop) ORDER BY product_id
            LIMIT \(raw: String(perTransaction))
            """
        ).integers("product_id")
        guard !products.isEmpty else { return 0 }
        try await storage.write(for: .shop(shop)) { db in
            let condition: SQL = "webshop_id = \(shop) AND product_id IN (\(SQL.list(products)))"
            // Whoever is changing one of them now finishes first, or waits for us.
            _ = try db.rows(
                "SELECT product_id FROM products WHERE \(condition) ORDER BY product_id\(db.dialect.forUpdate)")
            try db.run("DELETE FROM search_stale WHERE \(condition)")
            try SearchWriter(db, shop: shop).update(products)
        }
        return products.count
    }
}
