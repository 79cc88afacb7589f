import Basics
import Persistence
package import Resources

/// A place in the shop's tree where products are shown. Names, types and order of members: fact sheet 2.3.
package struct Category: Resource, Pictured {
    package var id: Identifier<Category>
    package var tag: String?
    package var parentID: Int64
    package var inMenu: Bool
    package var isOnline: Bool
    package var isFront: Bool
    package var isHidden: Bool?
    package var name: String
    package var noIndex: Bool
    package var noInternalSearch: Bool
    package var descriptionA: String
    package var descriptionB: String
    package var metaTitle: String
    package var metaDescription: String
    package var search: String?
    package var rewriteURL: String
    package var emptyRedir: String?
    package var canonicalID: Int64?
    package var sortOrder: String
    package var meta: String
    package var weight: Int64
    package var jsonData: String?
    package var extensionData: JSONText
    package var ownID: String?
    package var parts: Int64

    static let images = Images.embed(by: "category_id")

    package static let schema = Schema(
        "category", "categories", Category.init,
        Field("category_id", \.id, .readOnly),
        Field("tag", \.tag, .key, .length(0...255), .filterable),
        Field("parent_id", \.parentID, .references { Category.info }, .filterable, .about("0 is the top.")),
        Field("in_menu", \.inMenu, .initially(.integer(1)), .filterable),
        Field("is_online", \.isOnline, .initially(.integer(1)), .filterable),
        Field("is_front", \.isFront, .filterable),
        Field("is_hidden", \.isHidden, .writtenAs(.flagAsText)),
        Field("name", \.name, .required, .key, .length(1...255), .filterable, .sortable),
        Field("no_index", \.noIndex),
        Field("no_internal_search", \.noInternalSearch),
        Field("description_a", \.descriptionA, .length(0...262_144)),
        Field("description_b", \.descriptionB, .length(0...262_144)),
        Field("meta_title", \.metaTitle, .length(0...1000)),
        Field("meta_description", \.metaDescription, .length(0...4000)),
        Field("search", \.search),
        Field("rewrite_url", \.rewriteURL, .key, .length(0...255), .filterable),
        Field("empty_redir", \.emptyRedir, .length(0...2048)),
        Field("canonical_id", \.canonicalID, .references { Category.info }),
        Field(
            "sort_order", \.sortOrder, .initially(.text("normal")), .length(0...64),
            .about(
                "How `category/{id}/products` stands: `normal` is newest first, `position` the order given there, or any `sort` of products."
            )),
        Field("meta", \.meta),
        Field("weight", \.weight, .filterable, .sortable, .about("Position among its siblings.")),
        Field("json_data", \.jsonData, .about("JSON as text.")),
        Field("extension_data", \.extensionData, .shape(.list)),
        Field("own_id", \.ownID, .own),
        Field("parts", \.parts, .hidden),
        also: [
            .removalFlag(after: "category_id"),
            .computed("last_modified", .instant, "last_modified", after: "json_data"),
            .computed("url", .link, "rewrite_url", after: "last_modified"),
            .embedded(images, after: "url", about: Images.about),
        ],
        bare: true, sortedBy: "name")

    /// None may end up below itself.
    package static var hasRulesBetweenRows: Bool { true }

    package static func prepare(_ new: inout Category, replacing old: Category?, in tx: Transaction) throws {
        new.rewriteURL = try Addresses.settle(
            new.rewriteURL, name: new.name, for: new.id.rawValue, of: info, replacing: old?.rewriteURL, in: tx)
        if new.extensionData != old?.extensionData {
            new.extensionData = try ExtraContent.extensionData(new.extensionData, for: tx.tenant)
        }
        if new.parentID != 0, let old, new.parentID != old.parentID {
            try CategoryTree.refuseCycle(moving: new.id.rawValue, under: new.parentID, in: tx)
        }
        if new.parentID != 0, new.parentID != old?.parentID {
            try CategoryTree.refuseDepth(of: new.id.rawValue, under: new.parentID, in: tx)
        }
    }

    package static var uploads: [UploadMember] { [.init("images", .image)] }

    package static func storeParts(_ rows: inout [Described<Category>], isStrict: Bool, in tx: Transaction) throws {
        try Images.store(&rows, isStrict: isStrict, in: tx)
    }

    package static func stored(_ new: Category, replacing old: Category?, in tx: Transaction) throws {
        if let old, old.name != new.name { try SearchNames.changed(of: new.products(tx), in: tx) }
        // Lists of products go by the tree, so what was counted of them holds no longer.
        if let old, old.parentID != new.parentID { tx.markChanged(Product.info.table) }
    }

    /// What hung below hangs where the category hung.
    package static func removed(_ old: Category, in tx: Transaction) throws {
        let children = try tx.db.rows(
            """
            SELECT category_id FROM categories WHERE webshop_id = \(tx.shop) AND parent_id = \(old.id)
            AND removed_on IS NULL ORDER BY category_id\(tx.db.dialect.forUpdate)
            """
        ).compactMap { $0.integer(0) }
        for id in children {
            var child = try tx.take(Category.self, id)
            child.parentID = old.parentID
            try tx.update(child)
        }
        try SearchNames.changed(of: old.products(tx), in: tx)
        try Images.removeAll(of: old, in: tx)
        tx.markChanged(Product.info.table)
    }

    package static func topics(_ change: Change) -> [String] { ["category"] }
}
