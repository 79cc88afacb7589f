import Persistence
package import Resources

/// A name under which products are sold.
package struct Brand: Resource, Addressed {
    package var id: Identifier<Brand>
    package var name: String
    package var description: String
    package var rewriteURL: String
    package var ownID: String?

    package static let schema = Schema(
        "brand", "brands", Brand.init,
        Field("brand_id", \.id, .readOnly),
        Field("name", \.name, .required, .key, .length(1...255), .filterable, .sortable),
        Field("description", \.description, .length(0...262_144)),
        Field("rewrite_url", \.rewriteURL, .key, .length(0...255), .filterable),
        Field("own_id", \.ownID, .own),
        also: [.removalFlag()])

    package static let parts: [Part<Brand>] = [.address, .images]

    package static let followers: [Follower<Brand>] = [.search(\.name, of: products)]

    private static func products(_ brand: Brand, _ shop: Int64) -> SQL {
        "SELECT product_id FROM products WHERE webshop_id = \(shop) AND brand_id = \(brand.id) AND removed_on IS NULL"
    }
}

extension AnswerMember {
    /// `is_removed`, "0" or "1", as existing clients expect it. Written without `IS NULL`, because SQLite before 3.41 takes
    /// every column of a RETURNING clause for NOT NULL there.
    static func removalFlag(after: String? = nil) -> AnswerMember {
        .computed(
            "is_removed", .flagAsText, "CASE WHEN coalesce(removed_on, 0) > 0 THEN 1 ELSE 0 END", born: .integer(0),
            after: after)
    }
}
