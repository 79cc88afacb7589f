package import Basics
import Persistence
package import Resources
import Secrets

/// That a shop has an app: what it entered, the token it gave, the price it agreed to.
package struct AppInstall: Resource {
    package var id: Identifier<AppInstall>
    package var appID: Int64
    package var installed: Instant
    package var fields: JSONText
    package var tokenID: Int64
    /// In hundredths of the app's currency.
    package var monthlyPrice: Int64
    package var appToken: String

    package static let schema = Schema(
        "app-install", "app_installs", AppInstall.init,
        Field("app_install_id", \.id, .readOnly),
        Field("app_id", \.appID, .readOnly, .filterable),
        Field("installed", \.installed, .readOnly),
        Field("fields", \.fields, .shape(.object), .about("Values of the app's fields; those left out keep theirs.")),
        Field("token_id", \.tokenID, .readOnly, .about("The token that the app was given.")),
        Field(
            "monthly_price", \.monthlyPrice, .readOnly, .writtenAs(.decimal(places: 2)),
            .about("As it was installed at.")),
        Field("app_token", \.appToken, .hidden),
        also: [
            .computed(
                "status", .text,
                """
                CASE WHEN EXISTS (SELECT 1 FROM apps a WHERE a.app_id = app_installs.app_id AND a.removed_on IS NULL
                AND (a.webshop_id = app_installs.webshop_id OR a.approved IS NOT NULL)) THEN 'active' ELSE 'stopped' END
                """, about: "`active`, or `stopped`: the platform lets the app run no longer.")
        ],
        verbs: [.list, .read, .delete], level: .all, audited: true,
        about: "The apps that the shop has.")

    /// Where the text of its token stands, which callbacks repeat.
    static let sealedToken = SealedColumn(info.table, key: info.key, "app_token")

    package static func prepare(_ new: inout AppInstall, replacing old: AppInstall?, in tx: Transaction) throws {
        guard new.fields != old?.fields else { return }
        let app = try App.running(new.appID, in: tx)
        new.fields = JSONText(
            JSON.object(
                try AppField.values(
                    try new.fields.object, over: try old?.fields.object ?? JSONObject(),
                    of: try AppField.list(app.fields))
            ).serialized)
    }

    package static let followers: [Follower<AppInstall>] = [
        Follower(
            stored: { drafts, tx in
                for draft in drafts {
                    try AppCallbacks.tell(draft.old == nil ? .install : .update, draft.new, in: tx)
                }
            },
            removed: { stored, tx in
                try Token.revoke(stored.value.tokenID, in: tx)
                try AppCallbacks.tell(.uninstall, stored.value, in: tx)
            })
    ]
}

extension JSONText {
    /// The members of an object; none of anything else.
    var object: JSONObject {
        get throws(UnreadableValue) {
            if case .object(let object) = try json { return object }
            return JSONObject()
        }
    }
}
