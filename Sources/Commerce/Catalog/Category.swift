import Basics
import Persistence
package import Resources

/// A place in the shop's tree where products are shown. Names, types and order of members: fact sheet 2.3.
package struct Category: Resource, Addressed {
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
        also: [
            .removalFlag(after: "category_id"),
            .computed("last_modified", .instant, "last_modified", after: "json_data"),
        ],
        bare: true, sortedBy: "name")

    package static let parts: [Part<Category>] = [.address(after: "last_modified"), .images(after: "url")]

    package static let followers: [Follower<Category>] = [.tree, .search(\.name, of: products)]

    /// None may end up below itself.
    package static var hasRulesBetweenRows: Bool { true }

    package static func prepare(_ new: inout Category, replacing old: Category?, in tx: Transaction) throws {
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

    /// The products that stand in it.
    private static func products(_ category: Category, _ shop: Int64) -> SQL {
        "SELECT product_id FROM product_categories WHERE webshop_id = \(shop) AND category_id = \(category.id)"
    }

    package static func topics(_ change: Change) -> [String] { ["category"] }
}

extension Follower<Category> {
    /// Lists of products go by the tree, so what was counted of them holds no longer when it changes.
    fileprivate static var tree: Follower {
        Follower(
            stored: { drafts, tx in
                if drafts.contains(where: { draft in draft.old.map { $0.parentID != draft.new.parentID } ?? false }) {
                    tx.markChanged(Product.info.table)
                }
            },
            removed: { old, tx in
                try lift(old, tx)
                tx.markChanged(Product.info.table)
            })
    }

    /// What hung below a category that goes hangs where that hung.
    private static func lift(_ old: Stored<Category>, _ tx: Transaction) throws {
        for var child in try tx.takeAll(Category.self, where: "parent_id = \(old.id)") {
            child.parentID = old.parentID
            try tx.update(child)
        }
    }
}
