import Basics
import Persistence
import Resources
import Secrets

/// What a shop is asked when it installs an app: its fields, with the lists that the app has elsewhere.
struct AppForm: Sendable {
    let fields: [AppField]
    private let app: App

    static let endpoint = Endpoint(
        .get, "/REST/app/{app_id}/form", .token(.all), "get_app_form",
        """
        The fields that an app asks for, as it runs in this shop. An external list has its values as `options`; `unavailable` names those \
        that the app did not answer.
        """,
        Documentation(tag: "app", answer: schema),
        .read { call, storage in
            let id = try call.id(of: "app")
            guard let form = try await of(id, call, in: storage) else { throw Problem.notFound("app") }
            var (fields, unavailable): ([JSON], [JSON]) = ([], [])
            for field in form.fields {
                let list = field.isExternal ? try await form.list(of: field, call) : field.choices
                if list == nil { unavailable.append(.string(field.name)) }
                fields.append(field.json(with: list ?? []))
            }
            return .json([
                "app_id": .number(JSONNumber(id)), "fields": .array(fields), "unavailable": .array(unavailable),
            ])
        })

    /// The form of an app that a shop has or may install; nil for one that it can do neither with.
    static func of(_ id: Int64, _ call: Call, in storage: any Storage) async throws -> AppForm? {
        let shop = call.tenant.webshopID
        let row = try await storage.fetch(
            """
            SELECT \(raw: App.info.columnList), webshop_id, CASE WHEN EXISTS (SELECT 1 FROM app_installs i
            WHERE i.webshop_id = \(shop) AND i.app_id = \(id) AND i.removed_on IS NULL) THEN 1 ELSE 0 END AS is_there
            FROM apps WHERE app_id = \(id) AND removed_on IS NULL
            """
        ).first
        guard let row else { return nil }
        let app = try App.schema.value(Array(row.values.prefix(App.info.fields.count)))
        let (owner, isThere): (Int64, Int64) = (try row["webshop_id"], try row["is_there"])
        guard try isThere == 1 || app.mayBeInstalled(in: shop, of: owner) else { return nil }
        guard let running = try app.asRun(in: shop, of: owner) else { return nil }
        return AppForm(fields: try AppField.list(running.fields), app: running)
    }

    /// An external list; nil where the app answers none.
    func list(of field: AppField, _ call: Call) async throws -> ExternalLists.List? {
        let (lists, keys): (ExternalLists, Keyring) = (try call.services.get(), try call.services.get())
        return await lists.list(
            of: field.name, at: app.callbackURL, shop: call.tenant.webshopID,
            token: try keys.openText(app.token, as: App.sealedToken.place(app.id.rawValue)), now: call.now)
    }

    private static let schema: JSON = [
        "type": "object", "additionalProperties": false, "required": ["app_id", "fields", "unavailable"],
        "properties": [
            "app_id": ["type": "integer"], "fields": ["type": "array", "items": ["type": "object"]],
            "unavailable": ["type": "array", "items": ["type": "string"]],
        ],
    ]
}
