package import Basics
package import Persistence

/// What a list was asked for: which rows, in which order, which part of them, which members.
package struct ListRequest: Sendable {
    package static let limitDefault = 5
    package static let limitMax = 1000

    package let info: ResourceInfo
    package let plan: Plan
    package let tenant: Tenant
    package private(set) var conditions: [SQL] = []
    /// The ids the list is walked by, where a filter names them.
    private var listed: SQL?
    package private(set) var order: SortOrder
    package private(set) var limit: Int
    package private(set) var offset = 0
    package private(set) var cursor: Cursor?
    package let isEnveloped: Bool
    /// Whether `next` and `since` are shown: a walk goes on by cursor unless the client counts by offset.
    package let isWalking: Bool
    package let expansions: [FieldInfo]
    /// Whether it is told where the feed stood, and which versions the rows have.
    let isFollowed: Bool
    /// Whether the number of rows may be remembered until one of them changes.
    let isCountKept: Bool
    /// The latest stamp shown where the list is asked for what has changed, and since when.
    let horizon: Instant?
    private let since: Instant?

    /// Parameters that every list understands.
    static let known: Set<String> = [
        "limit", "offset", "after", "sort", "fields", "expand", "envelope", "include_removed",
        "cursor",
    ]

    /// - Parameters:
    ///   - effects: what filters do that had to look something up, by their names.
    ///   - horizon: the latest stamp to be shown.
    package init(
        _ info: ResourceInfo, _ query: Query, for tenant: Tenant, isStrict: Bool,
        effects: [String: CustomFilter.Effect] = [:], horizon: Instant? = nil
    ) throws {
        self.info = info
        self.tenant = tenant
        self.horizon = horizon
        isCountKept = effects.isEmpty && horizon == nil && info.sharing == nil
        var reader = QueryReader(info, query, tenant, isStrict: isStrict, effects: effects)
        isFollowed = query.isOn("cursor")
        isEnveloped = !info.isBare || query.isOn("envelope") || isFollowed
        isWalking = query["offset"] == nil && (query["limit"] != nil || query["after"] != nil)
        limit = isEnveloped ? reader.limit() : Int.max - 1
        offset = isEnveloped ? reader.offset() : 0
        conditions = reader.conditions()
        if let horizon { conditions.append("\(raw: SystemColumn.lastModified) <= \(horizon)") }
        since = reader.since
        listed = reader.listed
        order = reader.order()
        expansions = reader.expansions()
        plan = reader.plan()
        if listed != nil { order = order.walkingListed(info.key) }
        if isEnveloped, let text = query["after"], !text.isEmpty {
            cursor = reader.cursor(Cursor.parts(of: text).place, order)
        }
        if !reader.errors.isEmpty { throw Problem.invalid(reader.errors) }
    }

    /// Reads what a list is asked for, and first what its filters have to look up.
    package static func asked(
        _ info: ResourceInfo, _ call: Call, of storage: any Storage
    ) async throws -> ListRequest {
        var effects: [String: CustomFilter.Effect] = [:]
        let query = try await withoutOwnKeys(call.query, of: info, for: call.tenant, from: storage)
        for filter in info.filters {
            guard let lookup = filter.lookup, let text = query[filter.name], !text.isEmpty else { continue }
            // What cannot be read is reported with the other faults.
            guard let value = try? filter.field.column(of: .string(text), tenant: call.tenant) else { continue }
            let rows = try await storage.fetch(lookup.question(value, call.tenant))
            effects[filter.name] = try lookup.effect(rows, call.tenant, call.now)
        }
        return try ListRequest(
            info, query, for: call.tenant, isStrict: call.preferences.isStrict, effects: effects,
            horizon: try await horizon(info, call, of: storage))
    }

    /// Where the list ends for someone who polls for changes. A stamp is older than the commit that shows it, so whoever
    /// remembers the latest stamp seen would lose a row that comes behind it with an earlier one; what is stamped later than
    /// any transaction that still runs is therefore shown when that has ended. All pages of a walk end where the first did.
    package static func horizon(
        _ info: ResourceInfo, _ call: Call, of storage: any Storage
    ) async throws -> Instant? {
        guard info.isShopOwned, call.query.pollsForChanges else { return nil }
        if let begun = call.query["after"].flatMap({ Cursor.parts(of: $0).horizon }) { return begun }
        return try await storage.horizon(ofShop: call.tenant.webshopID, at: call.now)
    }

    /// The page's rows and one more, which tells whether there is a next page.
    var rows: SQL {
        let extra = order.extraColumns.map { ", " + $0 }.joined()
        return page("\(raw: info.select(plan, for: tenant.webshopID))\(raw: extra)", limit + 1)
    }

    /// How many rows match in all, and where a poller asks the latest stamp of them.
    var total: SQL {
        let latest: SQL = horizon == nil ? "" : ", max(\(raw: SystemColumn.lastModified)) AS latest"
        return "SELECT count(*) AS count\(latest) FROM \(source)\(filter(conditions))"
    }

    /// What a poller asks with next: behind the latest stamp, if nothing more can come there. It moves only with a change.
    /// - Parameter latest: of the rows that match; nil where there are none.
    func nextSince(latest: Int64?) -> Instant? {
        guard let horizon else { return nil }
        return min(horizon, latest.map { Instant(milliseconds: $0 &+ 1) } ?? since ?? horizon)
    }

    private func page(_ columns: SQL, _ limit: Int) -> SQL {
        var all = conditions
        if let cursor { all.append(cursor.condition(order)) }
        // Written out, because Postgres makes a plan for every request where it cannot know how few rows are wanted.
        let page: SQL = "LIMIT \(raw: String(limit))"
        let skipped: SQL = offset == 0 ? "" : " OFFSET \(offset)"
        return "SELECT \(columns) FROM \(source)\(filter(all)) ORDER BY \(raw: order.sql) \(page)\(skipped)"
    }

    private var source: SQL {
        guard let listed else { return "\(raw: info.table)" }
        return "(\(listed)) listed JOIN \(raw: info.table) ON \(raw: info.key) = listed_id"
    }

    private func filter(_ conditions: [SQL]) -> SQL {
        conditions.isEmpty ? "" : " WHERE \(SQL.joined(conditions, by: " AND "))"
    }

    /// The position behind a row of the page, for `after=`.
    package func cursor(behind row: Row) -> String {
        let first = plan.width
        let values = order.extraColumns.indices.map { row.cell(at: first + $0) } + [row.cell(at: plan.keyColumn)]
        let place = Cursor(signature: order.signature, values: values).text
        return horizon.map { "\(place).\($0.milliseconds)" } ?? place
    }
}

extension Query {
    private static let sinceNames: Set<String> = [
        SystemColumn.lastModified, SystemColumn.lastModified + "[gte]", SystemColumn.lastModified + "[gt]",
    ]

    /// Whether it asks for what has changed since some time.
    var pollsForChanges: Bool {
        items.contains { Self.sinceNames.contains($0.name) && !$0.value.isEmpty }
    }
}
