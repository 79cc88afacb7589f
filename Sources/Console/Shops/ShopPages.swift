import Basics
import Commerce
import Persistence
import Resources

/// The shops of a user, and the settings of one.
enum ShopPages {
    static let all = [list, page, save]

    private static let list = Endpoint(
        page: .get, "/admin/shops", .user, "shops", "The shops that somebody looks after."
    ) { page in
        let user = try page.user()
        let shops = try await page.storage.read { try Membership.of(user, in: $0) }
        return try page.page(
            "shops",
            [
                "hasNone": shops.isEmpty,
                "shops": shops.map { ["id": String($0.shop), "name": $0.shopName, "role": $0.role.words] },
            ])
    }

    private static let page = Endpoint(
        shopPage: .get, "/admin/shop", .user, "shop_settings", "The settings of a shop."
    ) { shop in try await settings(shop) }

    private static let save = Endpoint(
        shopPage: .post, "/admin/shop", .user, "save_shop_settings", "Changes the settings of a shop."
    ) { shop in
        let page = shop.page
        var body = JSONObject()
        for name in ["name", "currency", "vat_rate", "time_zone", "country_id"] {
            body.append(name, .string(page.text(name)))
        }
        body.append("prices_include_vat", page.text("prices_include_vat").isEmpty ? 0 : 1)
        for name in ["domains", "origins"] { body.append(name, .lines(page.exact(name))) }
        let wanted = JSON.object(body)
        return try await shop.attempt {
            try await shop.api("put_shop", [], wanted)
            return shop.redirect(to: "/admin/shop?saved=1")
        } orAgain: { problem in
            try await settings(shop, wanted, problem)
        }
    }

    /// - Parameter wanted: what was sent and is not right.
    private static func settings(
        _ shop: ShopCall, _ wanted: JSON? = nil, _ problem: Problem? = nil
    ) async throws -> Answer {
        let stored = try await shop.api("get_shop")
        let shown = wanted ?? stored
        var values = shown.values
        for name in ["domains", "origins"] { values[name] = shown[name].elements.map(\.shown).joined(separator: "\n") }
        values["prices_include_vat"] = shown["prices_include_vat"].isTrue
        values["isSaved"] = shop.page.text("saved") == "1" && problem == nil
        let countries = try await shop.api("list_countries", query: [("limit", "1000")])
        values["countries"] = countries["countries"].elements.map { country -> [String: Any] in
            [
                "id": country["country_id"].shown, "name": country["name"].shown,
                "isChosen": country["country_id"].shown == shown["country_id"].shown,
            ]
        }
        return try shop.page("shop", values.merging(problem.wrongs) { $1 }, status: problem == nil ? 200 : 422)
    }
}

extension JSON {
    /// A list of what stands on the lines of a text.
    static func lines(_ text: String) -> JSON {
        .array(text.split { $0.isNewline || $0 == "," }.map { .string(String($0).trimmed) }.filter { $0 != "" })
    }
}

extension Problem? {
    /// What a page says of it: once in all, or for each field.
    var wrongs: [String: Any] {
        guard let problem = self else { return [:] }
        let errors = problem.errors.map { error -> [String: Any] in
            let field = error.pointer.drop { $0 == "/" || $0 == "?" }
            return ["field": String(field).replacing("_", with: " "), "message": error.message]
        }
        return errors.isEmpty ? ["wrong": problem.detail] : ["errors": errors]
    }
}
