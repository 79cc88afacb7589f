package import Basics
import Commerce
package import Persistence
package import Resources

/// Writes a shop's products in one order that the ids have no part in: the same range gives the same bytes in every shop.
/// Memory holds one page, and each page asks for what belongs to it in a few queries, however many products it has.
package struct ProductExport: Sendable {
    private static let perPage = 250
    /// A page of products of many variants is written in pieces of about so many.
    private static let variantsPerPiece = 4000

    private let storage: any Storage
    private let tenant: Tenant
    private let format: ExportFormat
    private let changed: ClosedRange<Instant>?

    /// - Parameter changed: only products last changed in this time.
    package init(
        from storage: any Storage, tenant: Tenant, format: ExportFormat, changed: ClosedRange<Instant>? = nil
    ) {
        self.storage = storage
        self.tenant = tenant
        self.format = format
        self.changed = changed
    }

    /// How many products there are to write.
    package func count() async throws -> Int {
        let rows = try await storage.fetch("SELECT count(*) AS count FROM products WHERE \(condition)")
        return try rows.first.map { try $0["count"] } ?? 0
    }

    /// - Parameters:
    ///   - write: takes the next piece of the file.
    ///   - progress: told how many products were written.
    package func run(
        progress: (Int) -> Void = { _ in }, _ write: ([UInt8]) async throws -> Void
    ) async throws {
        if !format.header.isEmpty { try await write(format.header) }
        var names = ExportNames(tenant)
        var done = 0
        var rows = try await storage.fetch(page(after: ""))
        while let last: String = try rows.last.map({ try $0["number"] }) {
            try Task.checkCancellation()
            let following = rows.count < Self.perPage ? [] : [page(after: last)]
            // The next page is read while this one is written.
            async let next = storage.fetch(following)
            for piece in try Self.pieces(of: rows) {
                try await self.write(piece, &names, write)
                done += piece.count
                progress(done)
            }
            rows = try await next.first ?? Rows(width: 0)
        }
    }

    private func write(_ rows: Rows, _ names: inout ExportNames, _ write: ([UInt8]) async throws -> Void) async throws {
        let page = try await ExportedColumns.plan.page(rows, shop: tenant.webshopID, from: storage)
        let parts = try await ExportedParts(page, for: tenant, from: storage)
        try await names.learn(page.rows, parts, from: storage)
        let products = ExportPage(page.rows, parts, names, tenant)
        try await write(format == .butikJSONL ? products.lines() : products.csv())
    }

    private static func pieces(of rows: Rows) throws -> [Rows] {
        var pieces: [Rows] = []
        var (start, variants) = (0, 0)
        for (index, row) in rows.enumerated() {
            let more: Int = try row["variants"]
            if index > start, variants + more > variantsPerPiece {  // bounded: counts of rows
                pieces.append(rows.part(start..<index))
                (start, variants) = (index, 0)
            }
            variants += more  // bounded: counts of rows
        }
        pieces.append(rows.part(start..<rows.count))
        return pieces
    }

    private var condition: SQL {
        let live: SQL = "webshop_id = \(tenant.webshopID) AND removed_on IS NULL"
        guard let changed else { return live }
        return "\(live) AND last_modified >= \(changed.lowerBound) AND last_modified <= \(changed.upperBound)"
    }

    private func page(after ownID: String) -> SQL {
        """
        SELECT \(raw: ExportedColumns.select) FROM products WHERE \(condition) AND own_id > \(ownID)
        ORDER BY own_id LIMIT \(raw: String(Self.perPage))
        """
    }
}

/// What a page of products is read by: the plain fields, the rows that belong to a product, and the ids that become names.
enum ExportedColumns {
    private static let embeds: Set<String> = ["attributes", "stock_settings", "product_labels", "images"]

    /// Writes the plain fields, straight from the cells.
    static let plain = Product.info.plan.selecting(Set(ExportedFields.plain.map(\.name)))
    /// The same columns, with the rows that belong to a product behind them.
    static let plan = Product.info.plan.selecting(Set(ExportedFields.plain.map(\.name)).union(embeds))

    private static let ids = [
        "brand_id", "supplier_id", "manufacturer_id", "safety_profile_id", "main_category_id", "canonical_id",
        "profile_id", "categories",
        "related", "similar_products", "bundle_data",
    ]
    private static let stock = """
        (SELECT CAST(coalesce(sum(s.count), 0) AS BIGINT) FROM stock_levels s WHERE s.webshop_id = products.webshop_id
        AND s.product_id = products.product_id AND s.removed_on IS NULL)
        """

    private static let variants = """
        CASE WHEN parts & \(ProductParts.variants) = 0 THEN 0 ELSE (SELECT count(*) FROM product_variants v
        WHERE v.webshop_id = products.webshop_id AND v.product_id = products.product_id AND v.removed_on IS NULL) END
        """

    static let select =
        ([plan.select] + ids + ["\(stock) AS stock", "\(variants) AS variants", "own_id AS number", "is_priced"])
        .joined(separator: ", ")
}

/// The rows that belong to a page's products, as objects, by their product.
struct ExportedParts {
    let attributes: [Int64: [JSONObject]]
    let settings: [Int64: [JSONObject]]
    let labels: [Int64: [JSONObject]]
    let images: [Int64: [JSONObject]]
    /// Where each is bought.
    let suppliers: [Int64: [JSONObject]]
    /// How many there are of each variant.
    let stock: [Int64: JSON]

    init(_ page: RowPage, for tenant: Tenant, from storage: any Storage) async throws {
        attributes = try Self.objects("attributes", on: page, for: tenant)
        settings = try Self.objects("stock_settings", on: page, for: tenant)
        labels = try Self.objects("product_labels", on: page, for: tenant)
        images = try Self.objects("images", on: page, for: tenant)
        let bought = ProductSupplier.info.plan
        let answers = try await storage.fetch(
            [
                """
                SELECT \(raw: bought.select), product_id FROM product_suppliers WHERE webshop_id = \(tenant.webshopID)
                AND product_id IN (\(SQL.paddedList(try page.rows.map { try $0.id(by: ExportedColumns.plan) })))
                AND removed_on IS NULL
                """
            ]
                + SQL.each(settings.keys.sorted()) { some in
                    """
                    SELECT stock_id, count FROM stock_levels WHERE webshop_id = \(tenant.webshopID)
                    AND product_id IN (\(some)) AND removed_on IS NULL
                    """
                })
        suppliers = try Self.objects(of: answers.first ?? Rows(width: bought.width + 1), by: bought, for: tenant)
        stock = try answers.dropFirst().joined().reduce(into: [:]) { stock, row in
            stock[try row["stock_id"]] = .number(JSONNumber(try row["count"] as Int64))
        }
    }

    private static func objects(
        _ name: String, on page: RowPage, for tenant: Tenant
    ) throws -> [Int64: [JSONObject]] {
        let embeds = ExportedColumns.plan.embeds
        guard let index = embeds.firstIndex(where: { $0.name == name }), page.children.indices.contains(index)
        else { return [:] }
        return try objects(of: page.children[index].rows, by: embeds[index].plan, for: tenant)
    }

    /// Rows as objects, by the product at the end of each.
    private static func objects(
        of rows: Rows, by plan: Plan, for tenant: Tenant
    ) throws -> [Int64: [JSONObject]] {
        let page = RowPage(rows: rows)
        var objects: [Int64: [JSONObject]] = [:]
        for (index, row) in rows.enumerated() {
            var writer = JSONWriter(capacity: 256)
            writer.object(index, of: page, by: plan, for: tenant)
            let object = try writer.object
            objects[try row.parent(by: plan), default: []].append(object)
        }
        return objects
    }
}
