import Basics
package import Persistence
package import Secrets

extension ListRequest {
    /// Reads the page and answers it: one round trip, one more where rows have parts, and one when something is expanded.
    /// - Parameter keys: open what lies sealed.
    package func answer(from storage: any Storage, keys: Keyring? = nil) async throws -> Answer {
        let key = RowCounts.Key(shop: tenant.webshopID, table: info.table, total)
        let isKept = isEnveloped && isCountKept
        let known = isKept ? storage.counts.known(key) : nil
        let isCounted = isEnveloped && known?.count == nil
        // Read before the rows: what they do not show yet stands behind it.
        if isFollowed { try await EventFeed.place(in: storage) }
        let place = isFollowed ? [EventFeed.newest(of: tenant.webshopID)] : []
        var answers = try await storage.fetch(place + [rows] + (isCounted ? [total] : []))
        let newest: Int64? = isFollowed ? try answers.removeFirst().first?["newest"] : nil
        var count = known?.count ?? 0
        var latest: Int64?
        if isCounted {
            guard let row = answers.popLast()?.first else { throw StorageError.statement("\(info.table): no total") }
            count = try row["count"]
            latest = horizon == nil ? nil : try row["latest"]
            if let known { storage.counts.remember(count, for: key, since: known.now) }
        }
        guard !answers.isEmpty else { throw StorageError.statement("\(info.table): no answer") }
        // Taken out, so that nobody else holds it and it need not be copied to be cut.
        var found = answers.removeFirst()
        let hasMore = found.count > limit
        found.keep(first: limit)
        try plan.open(&found, of: info, with: keys)
        var page = try await plan.page(found, shop: tenant.webshopID, from: storage)
        page.expansions = try await expanded(found, from: storage)
        return Answer(body: try json(page, total: count, latest: latest, hasMore: hasMore, newest: newest ?? 0))
    }

    /// - Parameter newest: where the feed ended, where that is told.
    private func json(
        _ page: RowPage, total: Int64, latest: Int64?, hasMore: Bool, newest: Int64
    ) throws -> [UInt8] {
        var writer = JSONWriter(capacity: 512 + page.rows.bytes.count * 2)
        guard isEnveloped else {
            writer.array(page, by: plan, for: tenant)
            return writer.bytes
        }
        writer.raw(#"{"paging":{"offset":"# as StaticString)
        writer.integer(Int64(offset))
        writer.raw(#","limit":"# as StaticString)
        writer.integer(Int64(limit))
        writer.raw(#","count":"# as StaticString)
        writer.integer(Int64(page.rows.count))
        writer.raw(#","total":"# as StaticString)
        writer.integer(total)
        if isWalking, hasMore, let last = page.rows.last {
            writer.raw(#","next":"# as StaticString)
            writer.string(cursor(behind: last))
        }
        if isWalking, let since = nextSince(latest: latest) {
            writer.raw(#","since":"# as StaticString)
            writer.string(Timestamp.utc(since))
        }
        if isFollowed { try writer.followed(page.rows, by: plan, from: newest) }
        writer.raw("}," as StaticString)
        writer.name(info.plural)
        writer.array(page, by: plan, for: tenant)
        writer.raw("}" as StaticString)
        return writer.bytes
    }

    private func expanded(
        _ rows: Rows, from storage: any Storage
    ) async throws -> [(name: String, column: Int, objects: [Int64: [UInt8]])] {
        try await Expansion.read(expansions, of: rows, by: plan, for: tenant, from: storage)
    }
}

extension JSONWriter {
    /// What who follows the feed from a list has to know beside its rows.
    fileprivate mutating func followed(_ rows: Rows, by plan: Plan, from newest: Int64) throws {
        raw(#","cursor":""# as StaticString)
        integer(newest)
        raw(#"","versions":["# as StaticString)
        for (index, row) in rows.enumerated() {
            if index > 0 { byte(UInt8(ascii: ",")) }
            integer(try row.version(by: plan))
        }
        raw("]" as StaticString)
    }
}

/// `expand=brand`: the objects that the ids of a page name, with one query per expansion and page, and one for each kind of
/// rows that are shown inside them where there are any.
enum Expansion {
    static func read(
        _ fields: [FieldInfo], of rows: Rows, by plan: Plan, for tenant: Tenant, from storage: any Storage
    ) async throws -> [(name: String, column: Int, objects: [Int64: [UInt8]])] {
        let wanted = fields.compactMap {
            field -> (name: String, column: Int, target: ResourceInfo, plan: Plan, ids: [Int64])? in
            guard let name = field.expansion, let target = field.reference?(),
                let column = plan.items.first(where: { $0.name == field.name })?.column
            else { return nil }
            return (name, column, target, target.plan, Set(rows.compactMap { $0.integer(at: column) }).sorted())
        }
        guard !wanted.isEmpty, !rows.isEmpty else { return [] }
        let answers = try await storage.fetch(
            wanted.map { expansion in
                """
                SELECT \(raw: expansion.plan.select) FROM \(raw: expansion.target.table)
                WHERE \(expansion.target.owned(by: tenant.webshopID))
                \(raw: expansion.target.key) IN (\(SQL.list(expansion.ids)))
                """
            })
        var expanded: [(name: String, column: Int, objects: [Int64: [UInt8]])] = []
        for (expansion, found) in zip(wanted, answers) {
            let page = try await expansion.plan.page(found, shop: tenant.webshopID, from: storage)
            expanded.append((expansion.name, expansion.column, try objects(on: page, by: expansion.plan, for: tenant)))
        }
        return expanded
    }

    private static func objects(on page: RowPage, by plan: Plan, for tenant: Tenant) throws -> [Int64: [UInt8]] {
        var objects: [Int64: [UInt8]] = [:]
        for index in page.rows.indices {
            var writer = JSONWriter()
            writer.object(index, of: page, by: plan, for: tenant)
            objects[try page.rows[index].id(by: plan)] = writer.bytes
        }
        return objects
    }
}
