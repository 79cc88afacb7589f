import Basics
package import Persistence

/// Rows that something else has found, as the resource's lists would show them: with `fields=` and `expand=`.
package struct RowSelection: Sendable {
    /// Faults of the two parameters, for a caller that collects its own beside them.
    package let errors: [Problem.FieldError]

    private let info: ResourceInfo
    private let tenant: Tenant
    private let plan: Plan
    private let expansions: [FieldInfo]

    package init(_ info: ResourceInfo, _ query: Query, for tenant: Tenant, isStrict: Bool) {
        self.info = info
        self.tenant = tenant
        var reader = QueryReader(info, query, tenant, isStrict: isStrict)
        plan = reader.plan()
        expansions = reader.expansions()
        errors = reader.errors
    }

    /// The live rows with these ids as an array, in this order. One statement for the rows, one for each kind of parts and
    /// one for each expansion.
    package func array(of ids: [Int64], from storage: any Storage) async throws -> [UInt8] {
        guard !ids.isEmpty else { return Array("[]".utf8) }
        let rows = try await storage.fetch(
            """
            SELECT \(raw: plan.select) FROM \(raw: info.table) WHERE \(info.owned(by: tenant.webshopID))
            \(raw: info.key) IN (\(SQL.list(ids))) AND removed_on IS NULL
            """)
        var page = try await plan.page(rows, shop: tenant.webshopID, from: storage)
        page.expansions = try await Expansion.read(expansions, of: rows, by: plan, for: tenant, from: storage)
        var places: [Int64: Int] = [:]
        for (place, row) in rows.enumerated() { places[try row.id(by: plan)] = place }
        var writer = JSONWriter(capacity: 512 + rows.bytes.count * 2)
        var separator = UInt8(ascii: "[")
        for place in ids.compactMap({ places[$0] }) {
            writer.byte(separator)
            writer.object(place, of: page, by: plan, for: tenant)
            separator = UInt8(ascii: ",")
        }
        if separator == UInt8(ascii: "[") { writer.byte(separator) }
        writer.byte(UInt8(ascii: "]"))
        return writer.bytes
    }
}
