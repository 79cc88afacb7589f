package import Basics
package import Persistence
import Resources
package import Secrets

/// What an app is told of a shop that has it (seed 002): in callbacks, and in the list it can ask for.
package struct AppStatus: Sendable {
    package let json: JSON

    static let endpoint = Endpoint(
        .get, "/REST/app-status", .app, "list_app_status",
        """
        The shops that have the app whose own token calls, with the scheme `App`. Each as the callbacks `install`, `update` and \
        `uninstall` show it.
        """,
        Documentation(tag: "app", answer: ["type": "array", "items": schema]),
        .read { call, storage in
            guard case .app(let app) = call.caller else { throw Problem.notFound("app") }
            let (keys, server): (Keyring, OAuthServer) = (try call.services.get(), try call.services.get())
            let rows = try await storage.fetch(
                "\(selection(at: call.now)) WHERE i.app_id = \(app.id) AND i.removed_on IS NULL AND w.removed_on IS NULL ORDER BY i.webshop_id"
            )
            return .json(.array(try rows.map { try AppStatus($0, keys, publicURL: server.issuer).json }))
        })

    /// The installation with its shop and its token, as `init` reads them.
    package static func selection(at now: Instant) -> SQL {
        """
        SELECT i.app_install_id, i.installed, i.fields, i.app_token, t.daily_limit, coalesce((SELECT u.calls FROM token_usage u
        WHERE u.webshop_id = i.webshop_id AND u.token_id = i.token_id AND u.day = \(now.day)), 0) AS usage_today,
        \(raw: Shop.tenantColumns) FROM app_installs i JOIN webshops w ON w.webshop_id = i.webshop_id
        JOIN tokens t ON t.webshop_id = i.webshop_id AND t.token_id = i.token_id
        """
    }

    package init(_ row: Row, _ keys: Keyring, publicURL: String) throws {
        let tenant = try Shop.tenant(row, publicURL: publicURL)
        let token = try keys.openText(
            row["app_token"], as: AppInstall.sealedToken.place(row["app_install_id"] as Int64))
        let limit: Int64? = try row["daily_limit"]
        let installed: Instant = try row["installed"]
        json = [
            "webshop_id": .number(JSONNumber(tenant.webshopID)), "webshop_url": .string(tenant.url),
            "app_token": .string(token),
            "app_token_daily_limit": limit.map { .number(JSONNumber($0)) } ?? .null,
            "app_token_current_usage": .number(JSONNumber(try row["usage_today"] as Int64)),
            "installed": .number(JSONNumber(installed.seconds)), "fields": try JSONText(row["fields"]).json,
        ]
    }

    private static let schema: JSON = [
        "type": "object", "additionalProperties": false,
        "required": [
            "webshop_id", "webshop_url", "app_token", "app_token_daily_limit", "app_token_current_usage", "installed",
            "fields",
        ],
        "properties": [
            "webshop_id": ["type": "integer"], "webshop_url": ["type": "string"],
            "app_token": ["type": "string", "description": "Of the shop's REST API, at the app's level."],
            "app_token_daily_limit": ["type": ["integer", "null"]], "app_token_current_usage": ["type": "integer"],
            "installed": ["type": "integer", "description": "Unix seconds."], "fields": ["type": "object"],
        ],
    ]
}
