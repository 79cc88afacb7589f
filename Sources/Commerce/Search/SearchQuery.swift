import Basics
import Resources

/// Reads a search out of a query string, and collects every fault.
struct SearchQuery {
    static let idsMax = 200
    static let parametersMax = 100
    /// Parameters that are read elsewhere.
    private static let others: Set<String> = ["fields", "expand"]

    private(set) var request = SearchRequest()
    private(set) var errors: [Problem.FieldError] = []
    private let tenant: Tenant

    init(_ query: Query, for tenant: Tenant, isStrict: Bool) {
        self.tenant = tenant
        if let last = query.items.dropFirst(Self.parametersMax).first {
            report(last.name, "too_many", "is one of \(query.items.count) parameters; at most \(Self.parametersMax)")
        }
        for item in query.items.prefix(Self.parametersMax) {
            let isKnown = take(item) || Self.others.contains(item.name)
            if isStrict, !isKnown { report(item.name, "unknown", "is not a parameter of this call") }
        }
        // Last, because it belongs to the order.
        if let text = query["after"], !text.isEmpty {
            request.after = SearchCursor(text, for: request)
            if request.after == nil {
                report("after", "cursor", "is not a cursor of this search in this order; start again without a value")
            }
        }
    }

    /// Answers whether it is a parameter of search.
    private mutating func take(_ item: Query.Item) -> Bool {
        let (name, detail) = Self.split(item.name)
        switch (name, detail) {
        case ("q", nil): request.text = item.value
        case ("brand_id", nil), ("brand_id", "in"): request.brands += ids(item)
        case ("category_id", nil), ("category_id", "in"): request.categories += ids(item)
        case ("product_label_id", nil), ("product_label_id", "in"): request.labels += ids(item)
        case ("attribute", let id?): takeAttribute(id, item)
        case ("price", let comparison): takePrice(comparison, item)
        case ("in_stock", nil): request.isInStock = flag(item)
        case ("is_online", nil): request.isOnline = flag(item)
        case ("no_internal_search", nil): request.isHidden = flag(item)
        case ("visible", nil): if flag(item) == true { request.restrictToVisible() }
        case ("facets", nil): takeFacets(item)
        case ("facet_limit", nil): request.facetLimit = number(item, 1...1000) ?? request.facetLimit
        case ("sort", nil): takeOrder(item)
        case ("limit", nil): request.limit = min(number(item, 0...1_000_000_000) ?? request.limit, ListRequest.limitMax)
        case ("offset", nil): request.offset = number(item, 0...1_000_000_000) ?? 0
        case ("after", nil): break
        default: return false
        }
        return true
    }

    private mutating func takeAttribute(_ id: String, _ item: Query.Item) {
        guard let id = WholeNumber(strict: id)?.int64, id > 0 else {
            return report(item.name, "type", "must name an attribute by its id: attribute[12]")
        }
        let values = item.value.split(separator: ",").map(String.init)
        guard !values.isEmpty else { return }
        guard values.count <= Self.idsMax else {
            return report(item.name, "too_many", "has \(values.count) values; at most \(Self.idsMax)")
        }
        if request.attributes[id] == nil, request.attributes.count >= SearchRequest.attributesMax {
            return report(item.name, "too_many", "is one of more than \(SearchRequest.attributesMax) attributes")
        }
        // `12.50` is `12.5`; what is no number is none of those there are to choose.
        request.attributes[id, default: []] += values.compactMap { value in
            JSONNumber(text: value).scaled(places: 6).map { millionths in
                var writer = JSONWriter(capacity: 24)
                writer.decimal(millionths.int64, places: 6)
                return writer.text
            } ?? WholeNumber(strict: value).map { String($0.int64) }
        }
        // A text may hold commas.
        request.texts[id, default: []] += values + (values.count > 1 ? [item.value] : [])
    }

    private mutating func takePrice(_ comparison: String?, _ item: Query.Item) {
        guard !item.value.isEmpty else { return }
        let field = FieldInfo(name: item.name, kind: .amount, isNullable: false)
        let value: Int64
        do throws(FieldFault) {
            guard case .integer(let minor) = try field.column(of: .string(item.value), tenant: tenant) else { return }
            value = minor
        } catch {
            return report(item.name, error.code, error.message)
        }
        let known = request.price ?? Int64.min...Int64.max
        var (least, most) = (known.lowerBound, known.upperBound)
        switch comparison {
        case nil: (least, most) = (max(least, value), min(most, value))
        case "gte": least = max(least, value)
        case "gt": least = max(least, value == .max ? value : value + 1)
        case "lte": most = min(most, value)
        case "lt": most = min(most, value == .min ? value : value - 1)
        default: return report(item.name, "operator", "takes gte, gt, lte and lt")
        }
        // Nothing costs less than nothing.
        request.price = least <= most ? least...most : -1 ... -1
    }

    private mutating func takeFacets(_ item: Query.Item) {
        for word in item.value.split(separator: ",") {
            if word == "*" {
                request.facets = Set(SearchRequest.Facet.allCases)
            } else if let facet = SearchRequest.Facet(rawValue: String(word)) {
                request.facets.insert(facet)
            } else {
                let words = SearchRequest.Facet.allCases.map(\.rawValue).joined(separator: ", ")
                report("facets", "unknown", "has no \"\(word)\"; it takes *, \(words)")
            }
        }
    }

    private mutating func takeOrder(_ item: Query.Item) {
        guard !item.value.isEmpty else { return }
        request.isDescending = item.value.hasPrefix("-")
        let name = request.isDescending ? String(item.value.dropFirst()) : item.value
        if let order = SearchRequest.Order(rawValue: name), !(order == .relevance && request.isDescending) {
            request.order = order
        } else {
            let words = SearchRequest.Order.allCases.map(\.rawValue).joined(separator: ", ")
            report("sort", "unknown", "cannot sort by \"\(item.value)\"; it takes: \(words)")
        }
    }

    // MARK: Values

    private mutating func ids(_ item: Query.Item) -> [Int64] {
        let words = item.value.split(separator: ",")
        let ids = words.prefix(Self.idsMax).compactMap { WholeNumber(strict: String($0))?.int64 }
        if ids.count != words.count {
            report(item.name, "type", "must be at most \(Self.idsMax) ids with commas between them")
        }
        // As in lists, 0 is no choice.
        return ids.filter { $0 != 0 }
    }

    private mutating func flag(_ item: Query.Item) -> Bool? {
        switch item.value {
        case "1", "true": return true
        case "0", "false": return false
        case "": return nil
        default:
            report(item.name, "type", "must be 0 or 1")
            return nil
        }
    }

    private mutating func number(_ item: Query.Item, _ range: ClosedRange<Int64>) -> Int? {
        guard !item.value.isEmpty else { return nil }
        guard let value = WholeNumber(strict: item.value)?.int64, range.contains(value) else {
            report(item.name, "type", "must be a whole number from \(range.lowerBound) to \(range.upperBound)")
            return nil
        }
        return Int(value)
    }

    private mutating func report(_ name: String, _ code: String, _ message: String) {
        let error = Problem.FieldError("?" + name, code, message)
        if !errors.contains(error) { errors.append(error) }
    }

    /// `price[gte]` is the parameter `price` and the detail `gte`.
    private static func split(_ name: String) -> (String, String?) {
        guard name.hasSuffix("]"), let open = name.firstIndex(of: "[") else { return (name, nil) }
        return (String(name[..<open]), String(name[name.index(after: open)...].dropLast()))
    }
}
