import Persistence
package import Resources

/// The products of a category, and the order the shop gave them there.
package enum CategoryProducts {
    /// The position of a product that was given none: behind all others, older ones first.
    static let unplaced: Int64 = 9_007_199_254_740_991
    private static let placedMax = 10_000

    /// The ids of the products of a category, with `descendants=1` also of those below it, each once. A product that is only
    /// below has no position of its own in the category.
    static func listed(_ category: SQLValue, _ query: Query, _ tenant: Tenant) -> SQL {
        let shop = tenant.webshopID
        guard query.isOn("descendants") else {
            let place: SQL = query.sortsByPosition ? ", pc.position AS listed_place" : ""
            return """
                SELECT pc.product_id AS listed_id\(place) FROM product_categories pc
                WHERE pc.webshop_id = \(shop) AND pc.category_id = \(category) AND NOT EXISTS (
                    SELECT 1 FROM categories c WHERE c.webshop_id = \(shop) AND c.category_id = \(category)
                    AND c.removed_on IS NOT NULL)
                """
        }
        let place: SQL =
            query.sortsByPosition
            ? ", min(CASE WHEN pc.category_id = \(category) THEN pc.position ELSE \(unplaced) END) AS listed_place" : ""
        return """
            \(CategoryTree.below(SQL.list([category]), tenant))
            SELECT pc.product_id AS listed_id\(place) FROM product_categories pc
            WHERE pc.webshop_id = \(shop) AND pc.category_id IN (SELECT category_id FROM below) GROUP BY pc.product_id
            """
    }

    /// Lists products under their categories. Where one stays it keeps its position.
    static func list(
        _ moves: [(product: Identifier<Product>, now: Set<Int64>, before: Set<Int64>)], in tx: Transaction
    ) throws {
        let left = moves.flatMap { move in
            move.before.subtracting(move.now).sorted().map { category -> SQL in
                """
                DELETE FROM product_categories WHERE webshop_id = \(tx.shop)
                AND category_id = \(category) AND product_id = \(move.product)
                """
            }
        }
        let entered = moves.flatMap { move in
            move.now.subtracting(move.before).sorted().map { [tx.shop.sqlValue, $0.sqlValue, move.product.sqlValue] }
        }
        try tx.db.run(
            left
                + SQL.insertions(
                    "INSERT INTO product_categories (webshop_id, category_id, product_id) VALUES", entered,
                    "ON CONFLICT DO NOTHING"))
    }

    // MARK: Over HTTP

    package static let endpoints = [show, arrange(.put), arrange(.patch)]

    private static let show: Endpoint = {
        var documentation = Product.info.listDocumentation
        documentation.tag = Category.info.path
        return Endpoint(
            .get, "/REST/category/{category_id}/products", .token(.read), "list_category_products",
            "Lists the products of a category in the category's own order (`sort_order`), as `product?category_id=` does.",
            documentation,
            .read { call, storage in
                let address = try call.address(of: Category.info)
                let rows = try await storage.fetch(
                    """
                    SELECT sort_order, removed_on, category_id FROM categories
                    WHERE webshop_id = \(call.tenant.webshopID) AND \(Category.info.isAt(address))
                    """)
                guard let row = rows.first else { throw Problem.notFound("category") }
                if let _: Int64 = try row["removed_on"] { throw Problem.gone("category") }
                let query = call.query.narrowed(
                    by: "category_id", try row["category_id"],
                    sort: ProductOrder(try row["sort_order"], hasPlaces: true))
                return try await ListRequest.asked(Product.info, call.asking(query), of: storage).answer(from: storage)
            })
    }()

    /// The order of a category's products.
    private struct Arrangement: Body {
        let products: [ListedProduct]

        static let schema = BodySchema(
            Arrangement.init,
            Field("products", \.products, .needed("is required: the ids in their order"), .count(0...placedMax)))
    }

    private static func arrange(_ method: Endpoint.Method) -> Endpoint {
        var endpoint = Endpoint(
            method, "/REST/category/{category_id}/products", .token(.write),
            "\(method.rawValue.lowercased())_category_products",
            "Puts products of a category into order: those named come first, in this order, the others behind them.",
            Documentation(tag: Category.info.path, answer: Category.info.schemaReference), takes: Arrangement.self
        ) { wish, call, tx in
            let category = try tx.take(Category.self, try call.address(of: Category.info))
            try IfMatch.check(call.ifMatch, category.version) { try tx.show(Category.info, category.id) }
            let products = wish.products.map(\.id)
            try refuse(products, notIn: category.id, tx)
            try place(products, in: category.id, tx)
            return try tx.update(category, hasNewParts: true).answer
        }
        // What it moves it holds in the order of the list.
        endpoint.standsAlone = true
        return endpoint
    }

    /// Refuses ids that are no product the category has.
    private static func refuse(_ ids: [Int64], notIn category: Int64, _ tx: Transaction) throws {
        // Held from here on, because what leaves the category meanwhile must not be put back.
        _ = try tx.db.rows(
            """
            SELECT product_id FROM product_categories WHERE webshop_id = \(tx.shop) AND category_id = \(category)
            ORDER BY product_id\(tx.db.dialect.forUpdate)
            """)
        let rows = try tx.db.rows(
            """
            SELECT pc.product_id FROM product_categories pc
            JOIN products p ON p.webshop_id = pc.webshop_id AND p.product_id = pc.product_id
            WHERE pc.webshop_id = \(tx.shop) AND pc.category_id = \(category) AND p.removed_on IS NULL
            """)
        let known = Set(try rows.map { try $0["product_id"] as Int64 })
        var seen: Set<Int64> = []
        let errors = ids.enumerated().compactMap { index, id -> Problem.FieldError? in
            if !known.contains(id) {
                return .init("/products/\(index)", "unknown_product", "names no product of this category")
            }
            return seen.insert(id).inserted ? nil : .init("/products/\(index)", "duplicate", "stands twice in the list")
        }
        if !errors.isEmpty { throw Problem.invalid(errors) }
    }

    private static func place(_ products: [Int64], in category: Int64, _ tx: Transaction) throws {
        try tx.db.run(
            """
            UPDATE product_categories SET position = \(unplaced)
            WHERE webshop_id = \(tx.shop) AND category_id = \(category) AND position <> \(unplaced)
            """)
        let places = products.enumerated().map { place, id in
            [tx.shop.sqlValue, category.sqlValue, id.sqlValue, Int64(place + 1).sqlValue]
        }
        try tx.db.run(
            SQL.insertions(
                "INSERT INTO product_categories (webshop_id, category_id, product_id, position) VALUES", places,
                "ON CONFLICT (webshop_id, category_id, product_id) DO UPDATE SET position = excluded.position"))
    }
}

extension Query {
    /// The same query for some products only, in an order of theirs where the client wants none.
    func narrowed(by filter: String, _ id: Int64, sort: ProductOrder) -> Query {
        var items = [Item(name: filter, value: String(id))] + items
        if self["sort"] ?? "" == "", let sort = sort.sort { items.append(Item(name: "sort", value: sort)) }
        return Query(items)
    }
}

extension Call {
    /// The same call with another query.
    func asking(_ query: Query) -> Call {
        Call(
            endpoint: endpoint, caller: caller, requestID: requestID, now: now, parameters: parameters,
            query: query,
            body: body, preferences: preferences, ifMatch: ifMatch, idempotency: idempotency)
    }
}

extension Follower<Product> {
    /// The lists of the categories a product is shown in.
    static var categories: Follower {
        Follower(stored: { drafts, tx in
            try CategoryProducts.list(
                try drafts.map {
                    (product: $0.new.id, now: try $0.new.categoryIDs, before: try $0.old?.categoryIDs ?? [])
                },
                in: tx)
        })
    }
}

extension Product {
    /// Where it is shown: its categories and its main category.
    fileprivate var categoryIDs: Set<Int64> {
        get throws { Set(try categories.integers).union(mainCategoryID.map { [$0] } ?? []) }
    }
}
