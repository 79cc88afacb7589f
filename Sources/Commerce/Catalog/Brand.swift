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
