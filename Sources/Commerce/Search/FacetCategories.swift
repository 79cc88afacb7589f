import Persistence

/// The shop's categories as search needs them: which stands above which. Read with every search that asks for them, so that
/// a category can move without its products being indexed again.
struct FacetCategories {
    private(set) var names: [Int64: String] = [:]
    private(set) var parents: [Int64: Int64] = [:]

    static func read(_ shop: Int64, _ db: any Connection) throws -> FacetCategories {
        var categories = FacetCategories()
        let rows = try db.rows(
            "SELECT category_id, parent_id, name FROM categories WHERE webshop_id = \(shop) AND removed_on IS NULL")
        for row in rows {
            let id: Int64 = try row["category_id"]
            categories.names[id] = try row["name"] as String
            categories.parents[id] = try row["parent_id"] as Int64
        }
        return categories
    }

    /// A category and all above it.
    func line(of category: Int64) -> [Int64] {
        var line: [Int64] = []
        var id = category
        while id != 0, names[id] != nil, line.count <= CategoryTree.levelsMax, !line.contains(id) {
            line.append(id)
            id = parents[id] ?? 0
        }
        return line
    }
}
