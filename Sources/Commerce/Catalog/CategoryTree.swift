import Basics
import Persistence
package import Resources
import Synchronization

/// The categories as a tree: nested in one answer, and never in a circle.
package enum CategoryTree {
    /// Refuses to hang a category under itself or under one of its own descendants. Moves are made alone in the shop, because
    /// two that each look fine can close a circle together.
    static func refuseCycle(moving id: Int64, under parent: Int64, in tx: Transaction) throws {
        try tx.standAlone()
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
    package static let levelsMax: Int64 = 50

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
            SELECT coalesce((SELECT max(level) FROM above), 0) + coalesce((SELECT max(level) FROM below), 1) AS levels
            """)
        let levels: Int64 = try row.map { try $0["levels"] } ?? 1
        if levels > levelsMax {
            throw Problem.invalid("/parent_id", "too_deep", "would make the tree deeper than \(levelsMax) levels")
        }
    }

    /// `below`: categories and all that hangs below them, as the head of a statement.
    static func below(_ categories: SQL, _ tenant: Tenant) -> SQL {
        """
        WITH RECURSIVE below (category_id) AS (
            SELECT category_id FROM categories
            WHERE webshop_id = \(tenant.webshopID) AND category_id IN (\(categories)) AND removed_on IS NULL
            UNION
            SELECT c.category_id FROM categories c JOIN below b ON c.parent_id = b.category_id
            WHERE c.webshop_id = \(tenant.webshopID) AND c.removed_on IS NULL
        )
        """
    }

    package static let endpoints: [Endpoint] = [tree]

    private static let tree = Endpoint(
        .get, "/REST/category/tree", .token(.read), "get_category_tree",
        "All categories, nested under `children` and ordered by weight and name.",
        Documentation(
            tag: "category",
            query: [
                .init(
                    "counts", ["type": "string"],
                    "`1` adds `product_count` (online products of the category itself) and `product_count_below` (with all below it)."
                ),
                .init(
                    "fields", ["type": "string"],
                    "Members to show, comma separated; by default what finds the way: names, addresses, flags, order."),
            ],
            answer: ["type": "array", "items": ["type": "object"]]),
        .read { call, storage in
            try call.refuseUnknownParameters()
            let plan = shown(call.query)
            let shop = call.tenant.webshopID
            let hasCounts = call.query.isOn("counts")
            // Read before the rows are, so that a change between the two is not missed.
            let generation = storage.counts.generation(shop: shop, table: Category.info.table)
            let remembered = storage.memory.value { RememberedTrees() }
            let isUsual = !hasCounts && call.query["fields"] ?? "" == ""
            if isUsual, let tree = remembered.tree(of: call.tenant, generation) { return Answer(body: tree) }
            var questions: [SQL] = [
                """
                SELECT \(raw: plan.select), parent_id AS above_id FROM categories
                WHERE webshop_id = \(shop) AND removed_on IS NULL ORDER BY weight, name, category_id
                """
            ]
            if hasCounts {
                questions.append(
                    """
                    SELECT pc.product_id, pc.category_id FROM product_categories pc
                    JOIN products p ON p.webshop_id = pc.webshop_id AND p.product_id = pc.product_id
                    WHERE pc.webshop_id = \(shop) AND p.is_online = 1 AND p.removed_on IS NULL ORDER BY pc.product_id
                    """)
            }
            let answers = try await storage.fetch(questions)
            let counts = answers.count == 2 ? try ProductCounts(answers[1], tree: answers[0], plan) : nil
            let tree = try nested(answers[0], plan, counts, call.tenant)
            if isUsual { remembered.remember(tree, of: call.tenant, generation) }
            return Answer(body: tree)
        })

    /// What a menu or a breadcrumb needs. The texts of thousands of categories are most of their bytes, and a page shows
    /// those of one.
    private static let usual = Category.info.plan.selecting([
        "category_id", "tag", "parent_id", "in_menu", "is_online", "is_front", "is_hidden", "name", "no_index",
        "no_internal_search", "rewrite_url", "sort_order", "weight", "url",
    ])

    /// The members asked for; the id is always among them.
    private static func shown(_ query: Query) -> Plan {
        guard let text = query["fields"], !text.isEmpty else { return usual }
        let names = Set(text.split(separator: ",").map(String.init) + [Category.info.key])
        return Category.info.plan.selecting(names).withoutEmbeds
    }

    private static func nested(
        _ rows: Rows, _ plan: Plan, _ counts: ProductCounts?, _ tenant: Tenant
    ) throws -> [UInt8] {
        var children: [Int64: [Int]] = [:]
        let ids = Set(try rows.map { try $0.id(by: plan) })
        for (index, row) in rows.enumerated() {
            // Moved below one that is deleted in the same moment: it stands at the top rather than nowhere.
            let parent: Int64 = try row["above_id"]
            children[ids.contains(parent) ? parent : 0, default: []].append(index)
        }
        var writer = JSONWriter(capacity: rows.bytes.count * 2 + rows.count * 320)
        try write(children[0] ?? [], of: RowPage(rows: rows), children, plan, counts, tenant, &writer)
        return writer.bytes
    }

    private static func write(
        _ indexes: [Int], of page: RowPage, _ children: [Int64: [Int]], _ plan: Plan, _ counts: ProductCounts?,
        _ tenant: Tenant, _ writer: inout JSONWriter
    ) throws {
        writer.byte(UInt8(ascii: "["))
        for (place, index) in indexes.enumerated() {
            if place > 0 { writer.byte(UInt8(ascii: ",")) }
            writer.openObject(index, of: page, by: plan, for: tenant)
            let id = try page.rows[index].id(by: plan)
            if let counts {
                writer.raw(#","product_count":"# as StaticString)
                writer.integer(counts.own[id] ?? 0)
                writer.raw(#","product_count_below":"# as StaticString)
                writer.integer(counts.below[id] ?? 0)
            }
            writer.raw(#","children":"# as StaticString)
            try write(children[id] ?? [], of: page, children, plan, counts, tenant, &writer)
            writer.byte(UInt8(ascii: "}"))
        }
        writer.byte(UInt8(ascii: "]"))
    }
}

/// The trees of shops as they were last shown: every page of a shop asks for its tree, which seldom changes.
private final class RememberedTrees: Sendable {
    private struct Tree {
        let generation: Int
        let url: String
        let bytes: [UInt8]
    }

    private static let treesMax = 16
    private let trees = Mutex<[Int64: Tree]>([:])

    /// - Parameter generation: that of the shop's categories; nil where nothing can be believed.
    func tree(of tenant: Tenant, _ generation: Int?) -> [UInt8]? {
        guard let tree = trees.withLock({ $0[tenant.webshopID] }) else { return nil }
        return tree.generation == generation && tree.url == tenant.url ? tree.bytes : nil
    }

    func remember(_ bytes: [UInt8], of tenant: Tenant, _ generation: Int?) {
        guard let generation else { return }
        trees.withLock { trees in
            if trees.count >= Self.treesMax { trees.removeAll() }
            trees[tenant.webshopID] = Tree(generation: generation, url: tenant.url, bytes: bytes)
        }
    }
}

/// How many products each category shows, and how many it shows with all that hangs below it, each product once.
private struct ProductCounts {
    private(set) var own: [Int64: Int64] = [:]
    private(set) var below: [Int64: Int64] = [:]

    /// - Parameter rows: product and category, ordered by product.
    init(_ rows: Rows, tree: Rows, _ plan: Plan) throws {
        var parents: [Int64: Int64] = [:]
        for row in tree { parents[try row.id(by: plan)] = try row["above_id"] as Int64 }
        var product: Int64?
        var seen: Set<Int64> = []
        for row in rows {
            let next: Int64 = try row["product_id"]
            if next != product {
                product = next
                seen.removeAll(keepingCapacity: true)
            }
            var category: Int64 = try row["category_id"]
            own[category, default: 0] += 1
            // Up to the top, or to where another category of the same product has been before.
            while category != 0, seen.insert(category).inserted {
                below[category, default: 0] += 1
                category = parents[category] ?? 0
            }
        }
    }
}
