import Basics
import Persistence
package import Resources
package import Secrets

/// Installing an app: the shop consents to its level and its price, and gives it a token.
package enum InstallApp {
    private struct Wish: Body {
        let appID: Int64
        let fields: JSON?

        static let schema = BodySchema(
            Wish.init,
            Field("app_id", \.appID, .required),
            Field("fields", \.fields, .about("Values of the app's fields, by their names.")))

        var faults: [Problem.FieldError] {
            switch fields {
            case nil, .null, .object: []
            default: [.init("/fields", "type", "must be an object")]
            }
        }

        var values: JSONText {
            if case .object = fields { JSONText(fields?.serialized ?? "{}") } else { JSONText("{}") }
        }
    }

    static let endpoints = [create, change(.put), change(.patch)]

    private static let create: Endpoint = {
        var endpoint = Endpoint(
            .post, "/REST/app-install", .token(.all), "create_app_install",
            """
            Installs an app: makes it a token of the app's level, with the limits of any token, and lets it insert its code. `fields` \
            are the values it asks for.
            """,
            Documentation(tag: "app-install", answer: AppInstall.info.schemaReference), takes: Wish.self
        ) { wish, call, tx in
            let app = try App.installable(wish.appID, in: tx)
            try call.services.get(AppLists.self).check(wish.values.object, of: AppField.list(app.fields))
            return try install(wish.appID, wish.values, keys: try call.services.get(), in: tx).answer
        }
        endpoint.foregoing = { call, storage in
            let wish = try? Wish(try call.object(), for: call.tenant)
            return try await AppLists.ready(for: call, app: wish?.appID, wish?.fields, in: storage)
        }
        return endpoint
    }()

    private static func change(_ method: Endpoint.Method) -> Endpoint {
        var endpoint = Endpoint(
            method, "/REST/app-install/{app_install_id}", .token(.all),
            "\(method == .put ? "update" : "patch")_app_install", "Changes values of an app's fields.",
            AppInstall.info.writeDocumentation,
            .write { call, tx in
                let (id, body) = (try call.id(of: "app-install"), try call.object())
                if case .object(let values)? = body["fields"] {
                    let app = try App.running(try tx.take(AppInstall.self, id).value.appID, in: tx)
                    try call.services.get(AppLists.self).check(values, of: AppField.list(app.fields))
                }
                return try ResourceEndpoints<AppInstall>.update(.id(id), body, call, tx)
            })
        endpoint.foregoing = { call, storage in
            guard let id = try? call.id(of: "app-install"), case .object(let body)? = call.body else { return call }
            let rows = try await storage.fetch(
                """
                SELECT app_id FROM app_installs WHERE webshop_id = \(call.tenant.webshopID) AND app_install_id = \(id)
                """)
            let app: Int64? = try rows.first.map { try $0["app_id"] }
            return try await AppLists.ready(for: call, app: app, body["fields"], in: storage)
        }
        return endpoint
    }

    /// Installs an app in the transaction's shop.
    /// - Parameter values: of its fields.
    @discardableResult
    package static func install(
        _ appID: Int64, _ values: JSONText, keys: Keyring, in tx: Transaction
    ) throws -> Written<AppInstall> {
        let app = try App.installable(appID, in: tx)
        try refuseSecond(app, in: tx)
        let id = try tx.newID(AppInstall.self)
        let text = TokenText(.app, format: .hex32)
        let token = try Token.beginning(app.name, level: app.accessLevel, text: text, in: tx)
        let install = AppInstall(
            id: id, appID: appID, installed: tx.now, fields: values, tokenID: token.id.rawValue,
            monthlyPrice: app.monthlyPrice,
            appToken: try keys.vault(in: tx.db).seal(text.text, as: AppInstall.sealedToken.place(id.rawValue)))
        _ = try Token.issue(token, as: text, in: tx)
        return try tx.insert(install)
    }

    private static func refuseSecond(_ app: App, in tx: Transaction) throws {
        let row = try tx.db.row(
            """
            SELECT app_install_id FROM app_installs WHERE webshop_id = \(tx.shop) AND app_id = \(app.id)
            AND removed_on IS NULL
            """)
        guard let row else { return }
        let id: Int64 = try row["app_install_id"]
        throw Problem.conflict("app_installed", "The shop has this app already, as app-install/\(id).")
    }
}
