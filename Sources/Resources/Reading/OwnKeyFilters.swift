import Basics
package import Persistence

/// A filter whose values are ids, asked with keys of the shop's own: `brand_id=own_id:ACME`.
private struct OwnKeyFilter {
    let place: Int
    let item: Query.Item
    let target: ResourceInfo
    /// What stands between the commas where the filter takes several.
    let words: [String]
    let keys: [ExactText]

    init?(_ place: Int, _ item: Query.Item, of info: ResourceInfo) {
        guard item.value.utf8.contains(UInt8(ascii: ":")) else { return nil }
        let (name, operation) = QueryReader.split(item.name)
        guard let target = info.target(ofFilter: name), target.ownKey != nil else { return nil }
        words = operation == "in" ? item.value.split(separator: ",").map(String.init) : [item.value]
        keys = words.compactMap { JSON.string($0).ownKey(of: target) }
        if keys.isEmpty { return nil }
        (self.place, self.item, self.target) = (place, item, target)
    }

    func question(_ tenant: Tenant) -> SQL {
        """
        SELECT \(raw: target.ownKey ?? target.key) AS own, \(raw: target.key) AS id FROM \(raw: target.table)
        WHERE \(target.owned(by: tenant.webshopID)) \(raw: target.ownKey ?? target.key) IN (\(SQL.list(keys.map(\.text))))
        AND removed_on IS NULL
        """
    }

    /// The same filter with ids. A key that names nothing is, as an id that names nothing, no row's.
    func answered(by rows: Rows) throws -> Query.Item {
        var ids: [ExactText: Int64] = [:]
        for row in rows { ids[ExactText(try row["own"])] = try row["id"] as Int64 }
        let values = words.map { word in
            JSON.string(word).ownKey(of: target).map { String(ids[$0] ?? Self.nobody) } ?? word
        }
        return Query.Item(name: item.name, value: values.joined(separator: ","))
    }

    private static let nobody: Int64 = -1
}

extension ListRequest {
    /// A query with ids in the place of `own_id:ABC-1` in its filters, so that an ERP needs none of ours: one round trip where
    /// there are any, and none where there are not.
    package static func withoutOwnKeys(
        _ query: Query, of info: ResourceInfo, for tenant: Tenant, from storage: any Storage
    ) async throws -> Query {
        let named = query.items.enumerated().compactMap { OwnKeyFilter($0, $1, of: info) }
        if named.isEmpty { return query }
        var items = query.items
        for (filter, rows) in zip(named, try await storage.fetch(named.map { $0.question(tenant) })) {
            items[filter.place] = try filter.answered(by: rows)
        }
        return Query(items)
    }
}

extension ResourceInfo {
    /// What the values of a filter are ids of.
    func target(ofFilter name: String) -> ResourceInfo? {
        if name == key { return self }
        if let filter = filters.first(where: { $0.name == name }) { return filter.target?() }
        return fields.first { $0.name == name && $0.isFilterable }?.reference?()
    }
}
