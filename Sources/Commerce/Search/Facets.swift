import Basics
import Persistence
import Resources

/// What there is to choose from among the products of a result, with how many of them each choice would show.
package struct Facets: Sendable {
    /// One value to choose.
    package struct Choice: Sendable {
        /// As a filter takes it: an id, or the number of an attribute without a list.
        package let value: String
        package let name: String
        package let count: Int
        package let isChosen: Bool
        /// The category above.
        package var parentID: Int64?
        /// `#rrggbb`, of values that have one.
        package var color: String?
    }

    package struct Attribute: Sendable {
        package let id: Int64
        package let name: String
        package let dataType: String
        package let choices: [Choice]
    }

    package private(set) var brands: [Choice]?
    package private(set) var categories: [Choice]?
    package private(set) var attributes: [Attribute]?
    package private(set) var labels: [Choice]?
    package private(set) var prices: PriceFacet?
    /// Whether in stock, and how many are.
    package private(set) var stock: [(isInStock: Bool, count: Int)]?

    init(
        _ selection: FacetSelection, _ index: FacetIndex, _ request: SearchRequest, _ tree: FacetCategories,
        _ tenant: Tenant, _ db: any Connection
    ) throws {
        let wanted = request.facets
        if wanted.contains(.category) {
            categories = Self.categories(selection.categoryCounts(tree), request, tree)
        }
        if wanted.contains(.price) {
            prices = PriceFacet(selection.prices(), unit: tenant.currency.digits == 0 ? 1 : 100)
        }
        if wanted.contains(.stock) {
            let (inStock, soldOut) = selection.stock()
            stock = [(true, inStock), (false, soldOut)].filter { $0.1 > 0 || request.isInStock == $0.0 }
        }
        guard !wanted.isDisjoint(with: [.brand, .label, .attribute]) else { return }
        let counts = Tallies(selection.counts(), index.keys, request)
        let names = FacetNames(shop: tenant.webshopID, db: db)
        if wanted.contains(.brand) {
            brands = try names.choices(counts.brands, "brand", "brands", request.brands)
        }
        if wanted.contains(.label) {
            labels = try names.choices(counts.labels, "product_label", "product_labels", request.labels)
        }
        if wanted.contains(.attribute) { attributes = try names.attributes(counts.attributes, request) }
    }

    private static func categories(
        _ counts: [Int64: Int], _ request: SearchRequest, _ tree: FacetCategories
    ) -> [Choice] {
        let chosen = Set(request.categories)
        return Tallies.top(counts.filter { $0.value > 0 }, chosen, request.facetLimit).compactMap { id, count in
            guard let name = tree.names[id] else { return nil }
            return Choice(
                value: String(id), name: name, count: count, isChosen: chosen.contains(id), parentID: tree.parents[id])
        }
    }
}

/// The values that are shown of each facet, with their counts: those of most products, and those that were chosen.
private struct Tallies {
    private(set) var brands: [(Int64, Int)] = []
    private(set) var labels: [(Int64, Int)] = []
    private(set) var attributes: [(id: Int64, values: [(String, Int)])] = []

    init(_ counts: [Int], _ keys: [FacetKey], _ request: SearchRequest) {
        var brands: [Int64: Int] = [:]
        var labels: [Int64: Int] = [:]
        var attributes: [Int64: [String: Int]] = [:]
        for (key, count) in zip(keys, counts) where count > 0 {
            switch key {
            case .brand(let id): brands[id] = count
            case .label(let id): labels[id] = count
            case .attribute(let id, let value): attributes[id, default: [:]][value] = count
            case .category, .text: break
            }
        }
        for id in request.attributes.keys where attributes[id] == nil { attributes[id] = [:] }
        let limit = request.facetLimit
        self.brands = Self.top(brands, Set(request.brands), limit)
        self.labels = Self.top(labels, Set(request.labels), limit)
        self.attributes = attributes.sorted { $0.key < $1.key }.prefix(SearchRequest.attributesMax).map { id, values in
            (id, Self.top(values, Set(request.attributes[id] ?? []), limit))
        }
    }

    static func top<Value: Hashable & Comparable>(
        _ counts: [Value: Int], _ chosen: Set<Value>, _ limit: Int
    ) -> [(Value, Int)] {
        let first = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(limit).map { ($0.key, $0.value) }
        let missing = chosen.subtracting(first.map(\.0)).sorted().map { ($0, counts[$0] ?? 0) }
        return first + missing
    }
}

/// Reads the names of values, with one statement for each kind.
private struct FacetNames {
    private typealias Named = (name: String, color: String?)

    let shop: Int64
    let db: any Connection

    func choices(
        _ counts: [(Int64, Int)], _ key: String, _ table: String, _ chosen: [Int64]
    ) throws -> [Facets.Choice] {
        guard !counts.isEmpty else { return [] }
        let rows = try db.rows(
            """
            SELECT \(raw: key)_id AS id, name FROM \(raw: table)
            WHERE webshop_id = \(shop) AND \(raw: key)_id IN (\(SQL.list(counts.map(\.0)))) AND removed_on IS NULL
            """)
        let names = try rows.reduce(into: [Int64: String]()) { $0[try $1["id"]] = try $1["name"] as String }
        return counts.compactMap { id, count in
            names[id].map {
                Facets.Choice(value: String(id), name: $0, count: count, isChosen: chosen.contains(id))
            }
        }
    }

    func attributes(
        _ counts: [(id: Int64, values: [(String, Int)])], _ request: SearchRequest
    ) throws -> [Facets.Attribute] {
        guard !counts.isEmpty else { return [] }
        let attributes = try db.rows(
            """
            SELECT attribute_id, name, data_type FROM profile_attributes WHERE webshop_id = \(shop)
            AND attribute_id IN (\(SQL.list(counts.map(\.id)))) AND removed_on IS NULL ORDER BY weight, attribute_id
            """)
        let ids = counts.flatMap { $0.values.compactMap { WholeNumber(strict: $0.0)?.int64 } }
        let values = try db.rows(
            """
            SELECT attribute_id, attribute_value_id, val, color FROM profile_attribute_values
            WHERE webshop_id = \(shop) AND attribute_value_id IN (\(SQL.list(ids))) AND removed_on IS NULL
            """)
        let known = try values.reduce(into: [Int64: [String: Named]]()) { known, row in
            let id: Int64 = try row["attribute_value_id"]
            known[try row["attribute_id"], default: [:]][String(id)] = (try row["val"], try row["color"])
        }
        let byID = Dictionary(counts.map { ($0.id, $0.values) }, uniquingKeysWith: { first, _ in first })
        return try attributes.compactMap { row in
            let id: Int64 = try row["attribute_id"]
            let dataType = try ProfileAttribute.DataType(column: row["data_type"])
            // Free text is chosen by those who know it, but it is no list to choose from.
            guard dataType != .text else { return nil }
            let isList = dataType.isList
            let chosen = request.attributes[id] ?? []
            let choices = (byID[id] ?? []).compactMap { value, count -> Facets.Choice? in
                let named = known[id]?[value]
                guard let name = isList ? named?.name : value else { return nil }
                return Facets.Choice(
                    value: value, name: name, count: count, isChosen: chosen.contains(value),
                    color: isList ? named?.color : nil)
            }
            return Facets.Attribute(id: id, name: try row["name"], dataType: dataType.rawValue, choices: choices)
        }
    }
}
