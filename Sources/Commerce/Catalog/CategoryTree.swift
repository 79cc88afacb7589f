import Persistence
package import Resources

/// The categories as a tree: nested in one answer, and never in a circle.
package enum CategoryTree {
    /// Refuses to hang a category under itself or under one of its own descendants. Moves of one shop are made one after
    /// the other, because two that each look fine can close a circle together.
    static func refuseCycle(moving id: Int64, under parent: Int64, in tx: Transaction) throws {
        _ = try tx.db.rows(
            "SELECT webshop_id FROM webshops WHERE webshop_id = \(tx.shop)\(tx.db.dialect.forUpdate)")
        let isBelow = try tx.db.row(
            """
            WITH RECURSIVE above (category_id, parent_id) AS (
                SELECT category_id, parent_id FROM categories WHERE webshop_id = \(tx.shop) AND category_id = \(parent)
                UNION
                SELECT c.category_id, c.parent_id FROM categories c JOIN above a ON c.category_id = a.parent_id
                WHERE c.webshop_id = \(tx.shop)
            )
            SELECT 1 FROM above WHERE category_id = \(id)
            """)
        if isBelow != nil {
            throw Problem.invalid("/parent_id", "cycle", "would put the category below itself")
        }
    }

    /// Far deeper than any shop's tree, and shallow enough to be walked without a thought.
    static let levelsMax: Int64 = 50

    /// Refuses a place that would make the tree deeper than it may be: what stands above, and what hangs below.
    static func refuseDepth(of id: Int64, under parent: Int64, in tx: Transaction) throws {
        let row = try tx.db.row(
            """
            WITH RECURSIVE above (category_id, parent_id, level) AS (
                SELECT category_id, parent_id, 1 FROM categories WHERE webshop_id = \(tx.shop) AND category_id = \(parent)
                UNION ALL
                SELECT c.category_id, c.parent_id, a.level + 1 FROM categories c JOIN above a ON c.category_id = a.parent_id
                WHERE c.webshop_id = \(tx.shop) AND a.level <= \(levelsMax)
            ), below (category_id, level) AS (
                SELECT category_id, 1 FROM categories WHERE webshop_id = \(tx.shop) AND category_id = \(id)
                UNION ALL
                SELECT c.category_id, b.level + 1 FROM categories c JOIN below b ON c.parent_id = b.category_id
                WHERE c.webshop_id = \(tx.shop) AND b.level <= \(levelsMax)
            )
            SELECT coalesce((SELECT max(level) FROM above), 0), coalesce((SELECT max(level) FROM below), 1)
            """)
        let levels = (row?.integer(0) ?? 0) + (row?.integer(1) ?? 1)
        if levels > levelsMax {
            throw Problem.invalid("/parent_id", "too_deep", "would make the tree deeper than \(levelsMax) levels")
        }
    }

    package static let endpoints: [Endpoint] = [tree]

    private static let tree = Endpoint(
        .get, "/REST/category/tree", .token(.read), "get_category_tree",
        "All categories, nested under `children` and ordered by weight and name.",
        Documentation(tag: "category", answer: ["type": "array", "items": ["type": "object"]]),
        .read { call, storage in
            let plan = Category.info.plan
            let rows = try await storage.fetch(
                """
                SELECT \(raw: plan.select), parent_id FROM categories
                WHERE webshop_id = \(call.tenant.webshopID) AND removed_on IS NULL ORDER BY weight, name, category_id
                """)
            return Answer(body: nested(rows, plan, call.tenant))
        })

    private static func nested(_ rows: Rows, _ plan: Plan, _ tenant: Tenant) -> [UInt8] {
        var children: [Int64: [Int]] = [:]
        let ids = Set(rows.compactMap { $0.integer(plan.keyColumn) })
        for (index, row) in rows.enumerated() {
            // A child of a removed category stands at the top rather than nowhere.
            let parent = row.integer(plan.width) ?? 0
            children[ids.contains(parent) ? parent : 0, default: []].append(index)
        }
        var writer = JSONWriter(capacity: rows.bytes.count * 2 + 1024)
        write(children[0] ?? [], of: Page(rows: rows), children, plan, tenant, &writer)
        return writer.bytes
    }

    private static func write(
        _ indexes: [Int], of page: Page, _ children: [Int64: [Int]], _ plan: Plan, _ tenant: Tenant,
        _ writer: inout JSONWriter
    ) {
        writer.byte(UInt8(ascii: "["))
        for (place, index) in indexes.enumerated() {
            if place > 0 { writer.byte(UInt8(ascii: ",")) }
            writer.openObject(index, of: page, by: plan, for: tenant)
            writer.raw(#","children":"# as StaticString)
            let id = page.rows[index].integer(plan.keyColumn) ?? 0
            write(children[id] ?? [], of: page, children, plan, tenant, &writer)
            writer.byte(UInt8(ascii: "}"))
        }
        writer.byte(UInt8(ascii: "]"))
    }
}
