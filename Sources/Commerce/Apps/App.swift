package import Basics
import Persistence
package import Resources
import Secrets

/// A program of somebody's that shops can install (seed 002). It belongs to the shop of who makes it, which may install it as it
/// is; others may once the platform has approved it.
package struct App: Resource {
    package var id: Identifier<App>
    package var name: String
    package var description: String
    package var category: String
    package var accessLevel: Token.Level
    /// In hundredths of its currency.
    package var monthlyPrice: Int64
    package var currency: String
    package var callbackURL: String
    package var allowedShops: JSONText
    package var webhooks: JSONText
    package var events: JSONText
    package var fields: JSONText
    package var code: JSONText
    package var status: Status
    package var reason: String?
    package var token: String
    package var secret: String
    package var approved: JSONText?
    package var approvedOn: Instant?

    package enum Status: String, Choice {
        case draft, submitted, approved, rejected
    }

    package static let schema = Schema(
        "app", "apps", App.init,
        Field("app_id", \.id, .readOnly),
        Field("name", \.name, .required, .length(1...64), .filterable, .sortable),
        Field("description", \.description, .length(0...5000), .about("HTML whose only tag is `a`, for links.")),
        Field("category", \.category, .length(0...64)),
        Field("access_level", \.accessLevel, .required, .about("The level of the token that an installation makes.")),
        Field(
            "monthly_price", \.monthlyPrice, .writtenAs(.decimal(places: 2)), .range(0...100_000_000),
            .about("For each shop. Once the app has been approved it only falls.")),
        Field("currency", \.currency, .readOnly, .about("Of the price: that of the app's own shop.")),
        Field("callback_url", \.callbackURL, .length(0...2048), .about("Where all callbacks and events go.")),
        Field(
            "allowed_shops", \.allowedShops, .shape(.ids), .about("The only shops that may install it; empty for all.")),
        Field("webhooks", \.webhooks, .shape(.texts), .about(about(Topic.appWebhooks))),
        Field("events", \.events, .shape(.texts), .about(about(Topic.appEvents))),
        Field("fields", \.fields, .shape(.list), .about(AppField.about)),
        Field("code", \.code, .shape(.list), .about(AppCode.about)),
        Field("status", \.status, .readOnly, .initially(.text(Status.draft.rawValue)), .filterable),
        Field("reason", \.reason, .readOnly, .about("Why it was rejected.")),
        Field("token", \.token, .hidden), Field("secret", \.secret, .hidden), Field("approved", \.approved, .hidden),
        Field("approved_on", \.approvedOn, .hidden),
        also: [.computed("is_own", .flag, "1", born: .integer(1), about: "Whether it is this shop's own.")],
        filters: [isOwn], verbs: [.list, .read, .update, .delete], level: .all, shared: sharing, audited: true,
        about: "Programs that shops can install: the shop's own, and those of others that it may install.")

    private static func about(_ topics: [Topic]) -> String {
        "Of: " + topics.map { "`\($0.rawValue)`" }.joined(separator: ", ") + "."
    }

    private static let isOwn = CustomFilter("is_own", .flag, "`1`: the shop's own; `0`: those of others.") {
        value, _, tenant in
        .condition(value == .integer(1) ? "webshop_id = \(tenant.webshopID)" : "webshop_id <> \(tenant.webshopID)")
    }

    /// Those that are approved and allowed, without what is their shop's affair.
    private static let sharing = Sharing(
        rows: { shop in
            """
            status = \(Status.approved) AND (allowed_shops = '[]' OR
            replace(replace(allowed_shops, '[', ','), ']', ',') LIKE \("%,\(shop),%"))
            """
        },
        showing: { shop in
            [
                "is_own": "CASE WHEN webshop_id = \(shop) THEN 1 ELSE 0 END",
                "allowed_shops": "CASE WHEN webshop_id = \(shop) THEN allowed_shops ELSE '[]' END",
                "callback_url": "CASE WHEN webshop_id = \(shop) THEN callback_url ELSE '' END",
            ]
        })

    /// Where its sealed texts stand.
    static let sealedToken = SealedColumn(info.table, key: info.key, "token")
    static let sealedSecret = SealedColumn(info.table, key: info.key, "secret")
}
