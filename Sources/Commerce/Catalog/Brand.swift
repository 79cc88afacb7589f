import Persistence
package import Resources

/// A name under which products are sold.
package struct Brand: Resource, Pictured {
    package var id: Identifier<Brand>
    package var name: String
    package var description: String
    package var rewriteURL: String
    package var ownID: String?
    package var parts: Int64

    static let images = Images.embed(by: "brand_id")

    package static let schema = Schema(
        "brand", "brands", Brand.init,
        Field("brand_id", \.id, .readOnly),
        Field("name", \.name, .required, .key, .length(1...255), .filterable, .sortable),
        Field("description", \.description, .length(0...262_144)),
        Field("rewrite_url", \.rewriteURL, .key, .length(0...255), .filterable),
        Field("own_id", \.ownID, .own),
        Field("parts", \.parts, .hidden),
        also: [
            .computed("url", .link, "rewrite_url"), .embedded(images, about: Images.about), .removalFlag(),
        ])

    package static var uploads: [UploadMember] { [.init("images", .image)] }

    package static func storeParts(_ rows: inout [Described<Brand>], isStrict: Bool, in tx: Transaction) throws {
        try Images.store(&rows, isStrict: isStrict, in: tx)
    }

    package static func prepare(_ new: inout Brand, replacing old: Brand?, in tx: Transaction) throws {
        new.rewriteURL = try Addresses.settle(
            new.rewriteURL, name: new.name, for: new.id.rawValue, of: info, replacing: old?.rewriteURL, in: tx)
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
