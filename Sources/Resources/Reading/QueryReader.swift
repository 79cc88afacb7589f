import Basics
import Persistence

/// Reads the query string of a list against what the resource allows, and collects every fault.
struct QueryReader {
    private let info: ResourceInfo
    private let query: Query
    private let tenant: Tenant
    private let isStrict: Bool
    private(set) var errors: [Problem.FieldError] = []
    /// Since when changes are asked for.
    private(set) var since: Instant?
    /// The ids the list is walked by, where a filter names them.
    private(set) var listed: SQL?
    /// Whether those ids have places.
    private var hasPlaces = false
    /// What filters do that had to look something up.
    private let effects: [String: CustomFilter.Effect]

    /// How much a list reads. What is more is refused: a filter that is passed over shows more than was asked for.
    static let parametersMax = 50
    static let valuesMax = 1000
    static let sortTermsMax = 5
    static let expansionsMax = 10

    init(
        _ info: ResourceInfo, _ query: Query, _ tenant: Tenant, isStrict: Bool,
        effects: [String: CustomFilter.Effect] = [:]
    ) {
        self.info = info
        self.query = query
        self.tenant = tenant
        self.isStrict = isStrict
        self.effects = effects
    }

    mutating func limit() -> Int {
        // Over the maximum is clamped and shown, however far over.
        if let text = query["limit"], let value = WholeNumber(count: text)?.int64, value > 0 {
            return Int(min(value, Int64(ListRequest.limitMax)))
        }
        return number("limit", ListRequest.limitDefault)
    }

    mutating func offset() -> Int {
        number("offset", 0)
    }

    private mutating func number(_ name: String, _ fallback: Int) -> Int {
        guard let text = query[name], !text.isEmpty else { return fallback }
        guard let value = WholeNumber(strict: text)?.int64, (0...1_000_000_000).contains(value) else {
            report(name, "type", "must be a whole number from 0 to 1000000000")
            return fallback
        }
        return Int(value)
    }

    /// Comes after the conditions: only ids with places can be sorted by them.
    mutating func order() -> SortOrder {
        var terms: [SortOrder.Term] = []
        let text = query["sort"].flatMap { $0.isEmpty ? nil : $0 } ?? info.sortedBy
        let parts = text.split(separator: ",", omittingEmptySubsequences: false)
        refuseMore("sort", parts.count, than: Self.sortTermsMax, "terms")
        for part in parts.prefix(Self.sortTermsMax) {
            let isDescending = part.hasPrefix("-")
            let name = String(isDescending ? part.dropFirst() : part)
            let place = hasPlaces && name == Query.position ? FieldInfo.listedPlace : nil
            guard let field = place ?? info.sortable(name) else {
                report(
                    "sort", "unknown",
                    "cannot sort by \"\(name)\"; it takes: \(info.sortableNames.joined(separator: ", "))")
                continue
            }
            terms.append(SortOrder.Term(field, isDescending: isDescending))
        }
        if let place = terms.firstIndex(where: { $0.name == info.key }) {
            terms.removeSubrange((place + 1)...)
        } else {
            let isDescending = terms.first?.isDescending ?? false
            terms.append(SortOrder.Term(info.fields[0], isDescending: isDescending))
        }
        return SortOrder(terms: terms)
    }

    mutating func cursor(_ text: String, _ order: SortOrder) -> Cursor? {
        guard let cursor = Cursor(text, for: order) else {
            report("after", "cursor", "is not a cursor of this list in this order; start again without a value")
            return nil
        }
        return cursor
    }

    mutating func plan() -> Plan {
        guard let text = query["fields"], !text.isEmpty else { return info.plan }
        let names = Set(text.split(separator: ",").map(String.init))
        let known = Set(info.plan.items.map(\.name))
        if isStrict, let unknown = names.subtracting(known).min() {
            report("fields", "unknown", "has \"\(unknown)\", which is not a field of \(info.path)")
        }
        // An expansion needs the id it expands.
        return info.plan.selecting(names.union(expansions().map(\.name)))
    }

    mutating func expansions() -> [FieldInfo] {
        guard let text = query["expand"], !text.isEmpty else { return [] }
        var fields: [FieldInfo] = []
        let names = Set(text.split(separator: ",").map(String.init)).sorted()
        refuseMore("expand", names.count, than: Self.expansionsMax, "names")
        for name in names.prefix(Self.expansionsMax) {
            if let field = info.expandable.first(where: { $0.expansion == name }) {
                fields.append(field)
            } else if isStrict {
                report("expand", "unknown", "cannot expand \"\(name)\"")
            }
        }
        return fields
    }

    mutating func conditions() -> [SQL] {
        var conditions: [SQL] = []
        if let seen = info.seen(by: tenant.webshopID) { conditions.append(seen) }
        if !query.isOn("include_removed") { conditions.append("removed_on IS NULL") }
        if let last = query.items.dropFirst(Self.parametersMax).first {
            report(last.name, "too_many", "is one of \(query.items.count) parameters; at most \(Self.parametersMax)")
        }
        for item in query.items.prefix(Self.parametersMax) where !ListRequest.known.contains(item.name) {
            if let condition = condition(item) { conditions.append(condition) }
        }
        return conditions
    }

    private mutating func effect(of filter: CustomFilter, _ value: SQLValue, _ item: Query.Item) -> CustomFilter.Effect?
    {
        do throws(FieldFault) {
            if let effect = effects[filter.name] { return effect }
            return try filter.effect(value, query, tenant)
        } catch {
            report(item.name, error.code, error.message)
            return nil
        }
    }

    private mutating func condition(_ item: Query.Item) -> SQL? {
        let (name, operation) = Self.split(item.name)
        if item.value.isEmpty, operation == nil, !info.isTextFilter(name) { return nil }
        if operation == nil, let filter = info.filters.first(where: { $0.name == name }) {
            switch column(item, of: filter.field, item.value).flatMap({ effect(of: filter, $0, item) }) {
            case .condition(let condition): return condition
            case .listed(let ids) where listed == nil && (filter.hasPlaces || !query.sortsByPosition):
                listed = ids
                hasPlaces = filter.hasPlaces && query.sortsByPosition
            case .listed(let ids): return "\(raw: info.key) IN (SELECT listed_id FROM (\(ids)) others)"
            case nil: break
            }
            return nil
        }
        guard let field = info.filterable(name) else {
            if isStrict { report(item.name, "unknown", "is not a filter of \(info.path)") }
            return nil
        }
        return comparison(item, field, operation)
    }

    private mutating func comparison(_ item: Query.Item, _ field: FieldInfo, _ operation: String?) -> SQL? {
        let name = field.column
        switch operation {
        case nil:
            // "Changed since" is what every client means by a plain last_modified.
            let comparison = name == SystemColumn.lastModified ? ">=" : "="
            return column(item, of: field, item.value).map { value in
                if name == SystemColumn.lastModified, case .integer(let time) = value {
                    since = Instant(milliseconds: time)
                }
                // Two values are too few to hide from a planner which of them is the rare one.
                if field.isFlag, case .integer(let flag) = value {
                    return "\(raw: name) = \(raw: flag == 1 ? "1" : "0")"
                }
                return "\(raw: name) \(raw: comparison) \(value)"
            }
        case "gte", "gt", "lte", "lt":
            let signs = ["gte": ">=", "gt": ">", "lte": "<=", "lt": "<"]
            let sign = operation.flatMap { signs[$0] } ?? "="
            return column(item, of: field, item.value).map { "\(raw: name) \(raw: sign) \($0)" }
        case "ne":
            return column(item, of: field, item.value).map { "(\(raw: name) <> \($0) OR \(raw: name) IS NULL)" }
        case "in":
            let words = item.value.split(separator: ",")
            refuseMore(item.name, words.count, than: Self.valuesMax, "values")
            let values = words.prefix(Self.valuesMax).compactMap { column(item, of: field, String($0)) }
            return "\(raw: name) IN (\(SQL.list(values)))"
        case "prefix" where field.kind == .text:
            // A blank at its end may be one inside the whole.
            let beginning = field.isKey ? item.value.composed : item.value
            return "substr(\(raw: name), 1, length(\(beginning))) = \(beginning)"
        case "null":
            return "\(raw: name) IS \(raw: item.value == "0" ? "NOT NULL" : "NULL")"
        default:
            report(item.name, "operator", "takes gte, gt, lte, lt, ne, in, null, and prefix on text")
            return nil
        }
    }

    private mutating func column(_ item: Query.Item, of field: FieldInfo, _ text: String) -> SQLValue? {
        do throws(FieldFault) {
            let value = try field.column(of: .string(text), tenant: tenant)
            guard value != .null else {
                report(item.name, "empty", "needs a value")
                return nil
            }
            if case .text(let text) = value, text.utf8.contains(0) {
                throw FieldFault("type", "must not contain NUL")
            }
            return value
        } catch {
            report(item.name, error.code, error.message)
            return nil
        }
    }

    private mutating func refuseMore(_ name: String, _ count: Int, than most: Int, _ what: String) {
        if count > most { report(name, "too_many", "has \(count) \(what); at most \(most)") }
    }

    private mutating func report(_ name: String, _ code: String, _ message: String) {
        let error = Problem.FieldError("?" + name, code, message)
        if !errors.contains(error) { errors.append(error) }
    }

    /// `price[gte]` is the field `price` and the operator `gte`.
    static func split(_ name: String) -> (String, String?) {
        guard name.hasSuffix("]"), let open = name.firstIndex(of: "[") else { return (name, nil) }
        return (String(name[..<open]), String(name[name.index(after: open)...].dropLast()))
    }
}

extension ResourceInfo {
    /// Whether an empty value can be meant: text can be empty, a number that is not there is no filter.
    func isTextFilter(_ name: String) -> Bool {
        filterable(name)?.kind == .text
    }

    private static let systemFields = [
        FieldInfo(name: SystemColumn.created, kind: .instant, isNullable: false),
        FieldInfo(name: SystemColumn.lastModified, kind: .instant, isNullable: false),
    ]

    package var filterableFields: [FieldInfo] {
        fields.filter { $0.isFilterable || $0.name == key } + Self.systemFields
    }

    package var sortableNames: [String] {
        (fields.filter { $0.isSortable || $0.name == key } + Self.systemFields).map(\.name)
    }

    func filterable(_ name: String) -> FieldInfo? {
        listed(name) { $0.isFilterable || $0.name == key }
    }

    func sortable(_ name: String) -> FieldInfo? {
        listed(name) { $0.isSortable || $0.name == key }
    }

    private func listed(_ name: String, where isAllowed: (FieldInfo) -> Bool) -> FieldInfo? {
        if let field = field(name), isAllowed(field) { return field }
        return Self.systemFields.first { $0.name == name }
    }
}

extension Query {
    /// The order the shop gave to the rows of a list, such as the products of a category.
    package static let position = "position"

    /// Whether the list is wanted in the order the shop gave it.
    package var sortsByPosition: Bool {
        self["sort"]?.split(separator: ",").contains { $0 == Self.position || $0 == "-" + Self.position } ?? false
    }
}

extension FieldInfo {
    fileprivate static let listedPlace = FieldInfo(
        name: Query.position, kind: .integer, isNullable: false, rules: [.column("listed_place")])

    fileprivate var isFlag: Bool { kind == .flag || kind == .flagAsText }

    /// The engines put nulls at different ends, so a sort never meets one.
    var sortExpression: String {
        guard isNullable else { return column }
        return kind == .text ? "coalesce(\(column), '')" : "coalesce(\(column), -9223372036854775807)"
    }
}
