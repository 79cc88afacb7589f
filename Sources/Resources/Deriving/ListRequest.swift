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
    /// Whether the number of rows may be remembered until one of them changes.
    let isCountKept: Bool
    /// The latest stamp shown where the list is asked for what has changed, and since when.
    let horizon: Instant?
    private let since: Instant?

    /// Parameters that every list understands.
    static let known: Set<String> = [
        "limit", "offset", "after", "sort", "fields", "expand", "envelope", "include_removed",
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
        isCountKept = effects.isEmpty && horizon == nil
        var reader = QueryReader(info, query, tenant, isStrict: isStrict, effects: effects)
        isEnveloped = !info.isBare || query.isOn("envelope")
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
        for filter in info.filters {
            guard let lookup = filter.lookup, let text = call.query[filter.name], !text.isEmpty else { continue }
            let field = FieldInfo(name: filter.name, kind: filter.kind, isNullable: true)
            // What cannot be read is reported with the other faults.
            guard let value = try? field.column(of: .string(text), tenant: call.tenant) else { continue }
            let rows = try await storage.fetch(lookup.question(value, call.tenant))
            effects[filter.name] = try lookup.effect(rows, call.tenant, call.now)
        }
        return try ListRequest(
            info, call.query, for: call.tenant, isStrict: call.preferences.isStrict, effects: effects,
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
        return page("\(raw: plan.select)\(raw: extra)", limit + 1)
    }

    /// How many rows match in all, and where a poller asks the latest stamp of them.
    var total: SQL {
        let latest: SQL = horizon == nil ? "" : ", max(\(raw: SystemColumn.lastModified))"
        return "SELECT count(*)\(latest) FROM \(source)\(filter(conditions))"
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
        let values = order.extraColumns.indices.map { row[first + $0] } + [row[plan.keyColumn]]
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

/// The order of a list: sort terms, then the id, so that no two rows are equal.
package struct SortOrder: Sendable {
    package struct Term: Sendable, Equatable {
        let name: String
        fileprivate(set) var expression: String
        let isText: Bool
        let isDescending: Bool

        init(_ field: FieldInfo, isDescending: Bool) {
            name = field.name
            expression = field.sortExpression
            isText = field.kind == .text
            self.isDescending = isDescending
        }

        /// Whether the database can compare this term with a value. Cursors come back from clients, who may change them.
        func fits(_ value: SQLValue) -> Bool {
            switch value {
            case .text: isText
            case .integer: !isText
            case .null: false
            }
        }
    }

    package let terms: [Term]

    /// The same order, with the id taken from the ids the list is walked by.
    func walkingListed(_ key: String) -> SortOrder {
        SortOrder(
            terms: terms.map { term in
                var term = term
                if term.expression == key { term.expression = "listed_id" }
                return term
            })
    }

    var sql: String {
        terms.map { $0.expression + ($0.isDescending ? " DESC" : "") }.joined(separator: ", ")
    }

    /// What a page must select beside its members, so that a cursor can be made: all terms but the id.
    var extraColumns: [String] { terms.dropLast().map(\.expression) }

    var signature: String {
        terms.map { ($0.isDescending ? "-" : "") + $0.name }.joined(separator: ",")
    }
}

/// A place between two rows of an order. Opaque to clients; it survives writes because it names values, not a count.
package struct Cursor: Sendable, Equatable {
    let signature: String
    let values: [SQLValue]

    /// The end of the year 9999, in milliseconds.
    private static let horizonMax: Int64 = 253_402_300_799_999

    init(signature: String, values: [SQLValue]) {
        self.signature = signature
        self.values = values
    }

    /// A cursor, and behind a point the horizon of the walk it belongs to, which only a walk of changes has.
    static func parts(of text: String) -> (place: String, horizon: Instant?) {
        guard let point = text.lastIndex(of: "."),
            let time = WholeNumber(strict: String(text[text.index(after: point)...]))?.int64,
            (0...Self.horizonMax).contains(time)
        else { return (text, nil) }
        return (String(text[..<point]), Instant(milliseconds: time))
    }

    /// Reads a cursor; nil for anything that is not one of this order.
    init?(_ text: String, for order: SortOrder) {
        guard let bytes = Base64URL.decode(text), let json = try? JSONParser.parse(bytes),
            case .array(let elements) = json, elements.first == .string(order.signature),
            elements.count == order.terms.count + 1
        else { return nil }
        var values: [SQLValue] = []
        for element in elements.dropFirst() {
            switch element {
            case .string(let text): values.append(.text(text))
            case .number(let number):
                // Of our own making, and only compared: what has no value stands at the very end.
                guard let integer = Int64(number.text) else { return nil }
                values.append(.integer(integer))
            default: return nil
            }
        }
        guard zip(order.terms, values).allSatisfy({ $0.fits($1) }) else { return nil }
        signature = order.signature
        self.values = values
    }

    var text: String {
        let elements = values.map { value -> JSON in
            switch value {
            case .integer(let integer): .number(JSONNumber(integer))
            case .text(let text): .string(text)
            case .null: .null
            }
        }
        return Base64URL.encode(JSON.array([.string(signature)] + elements).bytes)
    }

    /// Rows behind this place: greater in the first term, or equal there and greater in the next, and so on.
    func condition(_ order: SortOrder) -> SQL {
        var alternatives: [SQL] = []
        for (index, term) in order.terms.enumerated() {
            let equal = zip(order.terms, values).prefix(index).map { "\(raw: $0.expression) = \($1)" as SQL }
            let beyond: SQL = "\(raw: term.expression) \(raw: term.isDescending ? "<" : ">") \(values[index])"
            alternatives.append("(\(SQL.joined(equal + [beyond], by: " AND ")))")
        }
        return alternatives.count == 1 ? alternatives[0] : "(\(SQL.joined(alternatives, by: " OR ")))"
    }
}

/// RFC 4648 base64url without padding.
package enum Base64URL {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

    package static func encode(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        var buffer = 0
        var bits = 0
        for byte in bytes {
            buffer = (buffer << 8 | Int(byte)) & 0xFFFF
            bits += 8
            while bits >= 6 {
                bits -= 6
                text.append(alphabet[buffer >> bits & 63])
            }
        }
        if bits > 0 { text.append(alphabet[buffer << (6 - bits) & 63]) }
        return String(decoding: text, as: UTF8.self)
    }

    package static func decode(_ text: String) -> [UInt8]? {
        var bytes: [UInt8] = []
        var buffer = 0
        var bits = 0
        for character in text.utf8 {
            guard let value = alphabet.firstIndex(of: character) else { return nil }
            buffer = (buffer << 6 | value) & 0xFFFF
            bits += 6
            if bits >= 8 {
                bits -= 8
                bytes.append(UInt8(buffer >> bits & 255))
            }
        }
        // What is left over pads the last byte: fewer than six bits, and none of them set.
        return bits < 6 && buffer & (1 << bits - 1) == 0 ? bytes : nil
    }
}
