import Persistence

/// What search keeps of one product: the terms it is found by, and what it is filtered, counted and sorted by. Made from the
/// stored rows alone, so that it does not matter what changed them.
struct SearchDocument {
    let product: Int64
    let isRemoved: Bool
    private(set) var terms: SearchTerms
    private var facets: [String] = []
    private let row: Row

    /// Whether there is any of a product, as SQL over `products p`. A scalar on purpose: Postgres would make EXISTS a list of
    /// all that is in stock.
    static let inStock = """
        CASE WHEN p.bundle = '[]' THEN coalesce((SELECT 1 FROM stock_levels s WHERE s.webshop_id = p.webshop_id
        AND s.product_id = p.product_id AND s.count > 0 AND s.removed_on IS NULL LIMIT 1), 0)
        WHEN \(Bundle.whole(of: "p")) > 0 THEN 1 ELSE 0 END
        """

    /// What the cheapest variant costs that can be sold, as `Pricing` has it, or the product without any, as SQL over
    /// `products p`.
    static let price = """
        coalesce(\(lowest("coalesce(v.price, CASE WHEN p.is_priced = 1 THEN p.price END)", or: "p.price")), p.price)
        """
    /// The same of the sale price; null where nothing has one.
    static let salePrice = lowest(
        "CASE WHEN v.price IS NULL THEN coalesce(v.sale_price, p.sale_price) ELSE v.sale_price END", or: "p.sale_price")

    private static func lowest(_ column: String, or own: String) -> String {
        """
        CASE WHEN p.parts & \(ProductParts.variants) = 0 THEN \(own) ELSE (SELECT min(\(column)) FROM product_variants v
        WHERE v.webshop_id = p.webshop_id AND v.product_id = p.product_id AND v.removed_on IS NULL) END
        """
    }

    /// The columns of a product that a document is made from, of a table named `p`.
    private static let columns = """
        p.product_id, CASE WHEN p.removed_on IS NULL THEN 0 ELSE 1 END AS is_removed, p.is_online, p.no_internal_search,
        \(inStock) AS in_stock,
        \(price) AS price, \(salePrice) AS sale_price, p.sale_from, p.sale_to, p.weight, p.created, p.name,
        p.own_id, p.sec_own_id, p.gtin, p.mpn, p.search, p.list_description, p.description
        """
    /// Those that are stored as they are.
    private static let kept: [StaticString] = [
        "is_removed", "is_online", "no_internal_search", "in_stock", "price", "sale_price", "sale_from", "sale_to",
        "weight", "created", "name",
    ]

    private init(_ row: Row, shop: Int64, book: WordBook) throws {
        self.row = row
        product = try row["product_id"]
        isRemoved = try row["is_removed"]
        terms = SearchTerms(shop: shop, book: book)
        guard !isRemoved else { return }
        terms.add(try row["name"], .name)
        for number in [try row["own_id"] as String?, try row["sec_own_id"], try row["gtin"], try row["mpn"]] {
            terms.addNumber(number)
        }
        terms.add(try row["search"], .heading)
    }

    /// The documents of products, in the order of their ids.
    static func read(_ products: [Int64], _ shop: Int64, in db: any Connection) throws -> [SearchDocument] {
        let ids = SQL.list(products)
        let rows = try db.rows(
            """
            SELECT \(raw: columns) FROM products p WHERE p.webshop_id = \(shop) AND p.product_id IN (\(ids))
            ORDER BY p.product_id
            """)
        let groups = try db.rows(SearchGroup.query(ids, shop))
        let book = WordBook()
        var place = groups.startIndex
        return try rows.map { row in
            var document = try SearchDocument(row, shop: shop, book: book)
            while place < groups.endIndex {
                let product: Int64 = try groups[place]["product_id"]
                guard product <= document.product else { break }
                if product == document.product { document.add(try SearchGroup(groups[place])) }
                place += 1
            }
            try document.addDescription()
            return document
        }
    }

    private mutating func add(_ group: SearchGroup) {
        guard !isRemoved else { return }
        if let numbers = group.numbers { return numbers.forEach { terms.addNumber($0) } }
        // A value can be said of the product and make a variant of it too.
        if let facet = group.facet, !facets.contains(facet) { facets.append(facet) }
        if group.isSaid { terms.add(group.text, .heading) }
    }

    /// Last, because a text is read only as far as there is room for its words.
    private mutating func addDescription() throws {
        guard !isRemoved else { return }
        terms.add(html: try row["list_description"])
        terms.add(html: try row["description"])
    }

    /// The row of `search_documents`.
    func tuple(_ shop: Int64, _ revision: SQL, hash: Int64) throws -> SQL {
        var values: SQL = "(\(shop), \(product), \(revision), \(hash)"
        for column in Self.kept {
            values.append(raw: ", ")
            values.append(value: try row[column])
        }
        return values + ", \(facets.joined(separator: " ")))"
    }
}
