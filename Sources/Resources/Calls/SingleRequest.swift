import Basics
package import Persistence
package import Secrets

/// A read of one object by id, with its selection and expansions.
package struct SingleRequest: Sendable {
    private let info: ResourceInfo
    private let plan: Plan
    private let tenant: Tenant
    private let address: RowAddress
    private let expansions: [FieldInfo]

    package init(_ info: ResourceInfo, _ call: Call) throws {
        self.info = info
        tenant = call.tenant
        address = try call.address(of: info)
        guard !call.query.items.isEmpty else {
            (plan, expansions) = (info.plan, [])
            return
        }
        var reader = QueryReader(info, call.query, tenant, isStrict: call.preferences.isStrict)
        plan = reader.plan()
        expansions = reader.expansions()
        if !reader.errors.isEmpty { throw Problem.invalid(reader.errors) }
    }

    /// - Parameter keys: open what lies sealed.
    package func answer(from storage: any Storage, keys: Keyring? = nil) async throws -> Answer {
        let shop = tenant.webshopID
        let seen: SQL = info.seen(by: shop).map { "\($0) AND" } ?? ""
        let own: SQL = """
            SELECT \(raw: info.select(plan, for: shop)), removed_on AS gone FROM \(raw: info.table)
            WHERE \(seen) \(info.isAt(address))
            """
        var rows = try await storage.fetch(own)
        guard let row = rows.first else { throw Problem.notFound(info.path) }
        if let _: Int64 = try row["gone"] { throw Problem.gone(info.path) }
        try plan.open(&rows, of: info, with: keys)
        var page = try await plan.page(rows, shop: shop, from: storage)
        page.expansions = try await Expansion.read(expansions, of: rows, by: plan, for: tenant, from: storage)
        var writer = JSONWriter(capacity: 256 + rows.bytes.count + rows.width * 24)
        writer.object(0, of: page, by: plan, for: tenant)
        return Answer(body: writer.bytes, version: try row.version(by: plan))
    }
}
