import Basics
import Commerce
import Persistence
import Resources

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
