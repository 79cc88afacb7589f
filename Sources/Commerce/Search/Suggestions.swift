package import Basics
package import Persistence
package import Resources

/// What a shopper may mean who is still typing. Only what is visible is suggested, and only what leads to something.
package struct Suggestions: Sendable {
    /// A brand or a category whose name was begun.
    package struct Group: Sendable {
        package let id: Int64
        package let name: String
        package let path: String
        /// How many of the products found are in it.
        package let count: Int
    }

    /// What is shown of a product.
    static let productFields = "product_id,own_id,name,price,sale_price,in_stock,url"
    /// Products whose names are looked through for words.
    private static let namesMax = 300

    package private(set) var products: [Int64] = []
    /// The text with its last word completed.
    package private(set) var queries: [String] = []
    package private(set) var brands: [Group] = []
    package private(set) var categories: [Group] = []
    package private(set) var corrected: String?

    package static func run(
        _ text: String, limit: Int, for tenant: Tenant, from storage: any Storage, at now: Instant
    ) async throws -> Suggestions {
        let indexes = storage.memory.value { FacetIndexes() }
        let shop = tenant.webshopID
        return try await storage.read(for: .shop(shop)) { db in
            guard !SearchText(text).isEmpty else { return Suggestions() }
            let reading = try indexes.read(shop, db)
            let index = reading.index
            let found = try TextSearch.run(text, reading, shop, db, reach: .heading)
            var request = SearchRequest()
            request.restrictToVisible()
            request.limit = max(limit, namesMax)
            let categories = try FacetCategories.read(shop, db)
            let selection = FacetSelection(found.places, of: index, request, categories, now: now.milliseconds)
            let ranking = SearchRanking(index, request, levels: found.levels, now: now.milliseconds)
            let best = ranking.page(of: selection.matches).places
            let typed = found.corrected ?? text
            var suggestions = Suggestions()
            suggestions.corrected = found.corrected
            suggestions.products = best.prefix(limit).map { index.entries[$0].id }
            suggestions.queries = completions(of: typed, among: best, index, limit)
            suggestions.brands = try brands(selection.counts(), index, typed, limit, shop, db)
            suggestions.categories = try Self.categories(
                selection.categoryCounts(categories), categories, typed, limit, shop, db)
            return suggestions
        }
    }

    /// Words of names that begin with the last word, those of most products first.
    private static func completions(
        of text: String, among places: [Int], _ index: FacetIndex, _ limit: Int
    ) -> [String] {
        let beginnings = SearchText(text).lastWord
        guard !beginnings.isEmpty else { return [] }
        var counts: [String: (count: Int, word: String)] = [:]
        for place in places {
            let name = String(decoding: index.name(of: index.entries[place]), as: UTF8.self).lowercased()
            for word in name.split(whereSeparator: { !$0.isLetter && !$0.isNumber }) {
                let forms = Tokenizer.forms(String(word))
                guard let plain = forms.first,
                    beginnings.contains(where: { begun in forms.contains { $0.hasPrefix(begun) } })
                else { continue }
                counts[plain, default: (0, String(word))].count += 1
            }
        }
        let rest = text.lowercased().split(separator: " ").dropLast()
        return counts.sorted { ($1.value.count, $0.key) < ($0.value.count, $1.key) }.prefix(limit).map {
            (rest.map(String.init) + [$0.value.word]).joined(separator: " ")
        }
    }

    private static func brands(
        _ counts: [Int], _ index: FacetIndex, _ text: String, _ limit: Int, _ shop: Int64, _ db: any Connection
    ) throws -> [Group] {
        var byID: [Int64: Int] = [:]
        for (key, count) in zip(index.keys, counts) where count > 0 {
            if case .brand(let id) = key { byID[id] = count }
        }
        return try groups(byID, "brand", "brands", "", text, limit, shop, db)
    }

    private static func categories(
        _ counts: [Int64: Int], _ known: FacetCategories, _ text: String, _ limit: Int, _ shop: Int64,
        _ db: any Connection
    ) throws -> [Group] {
        let words = SearchText(text)
        let named = counts.filter { $0.value > 0 && isNamed(known.names[$0.key] ?? "", words) }
        return try groups(
            named, "category", "categories", "AND is_online = 1 AND no_internal_search = 0", text, limit, shop, db)
    }

    private static func groups(
        _ counts: [Int64: Int], _ key: String, _ table: String, _ condition: String, _ text: String, _ limit: Int,
        _ shop: Int64, _ db: any Connection
    ) throws -> [Group] {
        guard !counts.isEmpty else { return [] }
        let rows = try db.rows(
            """
            SELECT \(raw: key)_id AS id, name, rewrite_url FROM \(raw: table) WHERE webshop_id = \(shop)
            AND \(raw: key)_id IN (\(SQL.list(counts.keys.sorted()))) AND removed_on IS NULL \(raw: condition)
            """)
        let words = SearchText(text)
        let groups = try rows.filter { isNamed(try $0["name"], words) }.map { row in
            let id: Int64 = try row["id"]
            return Group(id: id, name: try row["name"], path: try row["rewrite_url"], count: counts[id] ?? 0)
        }
        return Array(groups.sorted { ($1.count, $0.id) < ($0.count, $1.id) }.prefix(limit))
    }

    /// Whether a name has one of the words, or begins one with the last.
    private static func isNamed(_ name: String, _ text: SearchText) -> Bool {
        let (words, beginnings) = (text.words, text.lastWord)
        var isNamed = false
        Tokenizer.eachForm(of: name) { word in
            if words.contains(word) || beginnings.contains(where: word.hasPrefix) { isNamed = true }
        }
        return isNamed
    }
}

extension Suggestions.Group {
    func json(_ key: String, for tenant: Tenant) -> JSON {
        [
            key: .number(JSONNumber(id)), "name": .string(name), "url": .string(tenant.url + path),
            "count": .number(JSONNumber(Int64(count))),
        ]
    }
}
