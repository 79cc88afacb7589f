package import Basics
package import Persistence
package import Resources

/// Finds products by words and choices, and counts what there is to choose from. What every face of the shop searches by.
package enum ProductSearch {
    package struct Result: Sendable {
        /// The page's products, in order.
        package let ids: [Int64]
        package let total: Int
        /// Where to go on; nil on the last page.
        package let next: SearchCursor?
        package let facets: Facets
        /// What was looked for instead, where the text itself found nothing.
        package let corrected: String?
    }

    /// - Parameter now: which sales are on.
    package static func run(
        _ request: SearchRequest, for tenant: Tenant, from storage: any Storage, at now: Instant
    ) async throws -> Result {
        let indexes = storage.memory.value { FacetIndexes() }
        let shop = tenant.webshopID
        return try await storage.read(for: .shop(shop)) { db in
            let reading = try indexes.read(shop, db)
            let index = reading.index
            let text = request.text.isEmpty ? nil : try TextSearch.run(request.text, reading, shop, db)
            let usesCategories = !request.categories.isEmpty || request.facets.contains(.category)
            let categories = usesCategories ? try FacetCategories.read(shop, db) : FacetCategories()
            let selection = FacetSelection(text?.places, of: index, request, categories, now: now.milliseconds)
            let ranking = SearchRanking(index, request, levels: text?.levels ?? [], now: now.milliseconds)
            let (places, hasMore) = ranking.page(of: selection.matches)
            return Result(
                ids: places.map { index.entries[$0].id }, total: selection.matches.count,
                next: hasMore ? places.last.map { ranking.cursor(behind: $0) } : nil,
                facets: try Facets(selection, index, request, categories, tenant, db), corrected: text?.corrected)
        }
    }
}
