import Persistence
package import Resources

/// A page about products that belong together without sharing a category: "Summer sale", "Gifts under 200". Its rule says
/// which, and is asked each time the page is looked at. Fact sheet 2.14.
package struct LandingPage: Resource, Addressed {
    package var id: Identifier<LandingPage>
    package var name: String
    package var tag: String?
    package var tags: JSONText
    package var rule: JSONText
    package var sortOrder: String
    package var isOnline: Bool
    package var noIndex: Bool
    package var descriptionA: String
    package var descriptionB: String
    package var meta: String
    package var metaTitle: String
    package var metaDescription: String
    package var rewriteURL: String
    package var weight: Int64
    package var extensionData: JSONText

    package static let schema = Schema(
        "landing-page", "landing_pages", LandingPage.init,
        Field("landing_page_id", \.id, .readOnly),
        Field("name", \.name, .required, .length(1...255), .filterable, .sortable),
        Field("tag", \.tag, .key, .length(0...255), .filterable, .about("What themes know it by.")),
        Field("tags", \.tags, .shape(.texts), .about("Words the shop sorts its landing pages by.")),
        Field("rule", \.rule, .shape(.object), .about(LandingPageRule.about)),
        Field(
            "sort_order", \.sortOrder, .initially(.text("normal")), .length(0...64),
            .about("How its products stand: `normal` is newest first, or any `sort` of products.")),
        Field("is_online", \.isOnline, .initially(.integer(1)), .filterable),
        Field("no_index", \.noIndex),
        Field("description_a", \.descriptionA, .length(0...262_144)),
        Field("description_b", \.descriptionB, .length(0...262_144)),
        Field("meta", \.meta),
        Field("meta_title", \.metaTitle, .length(0...1000)),
        Field("meta_description", \.metaDescription, .length(0...4000)),
        Field("rewrite_url", \.rewriteURL, .key, .length(0...255), .filterable),
        Field("weight", \.weight, .sortable),
        Field("extension_data", \.extensionData, .shape(.list)),
        sortedBy: "name")

    package static let parts: [Part<LandingPage>] = [.address(after: "rewrite_url"), .images(after: "weight")]

    package static func prepare(_ new: inout LandingPage, replacing old: LandingPage?, in tx: Transaction) throws {
        if new.rule != old?.rule { new.rule = try LandingPageRule.settled(new.rule, in: tx) }
        if new.extensionData != old?.extensionData {
            new.extensionData = try ExtraContent.extensionData(new.extensionData, for: tx.tenant)
        }
        if new.sortOrder.isEmpty { new.sortOrder = "normal" }
        guard new.sortOrder == "normal" || ProductOrder.isOrder(new.sortOrder, hasPlaces: false) else {
            throw Problem.invalid(
                "/sort_order", "choice",
                "must be normal, or of: \(Product.info.sortableNames.joined(separator: ", "))")
        }
    }
}
