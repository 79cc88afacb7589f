import Basics
import Commerce
import Persistence
import Resources

/// The tokens of a shop: made, limited, rotated, revoked.
enum TokenPages {
    static let all = [list, newPage, make, page, save, rotate, revoke]

    private static let list = Endpoint(
        shopPage: .get, "/admin/tokens", .user, "tokens", "The tokens of a shop."
    ) { shop in
        let after = shop.page.text("after")
        let found = try await shop.api(
            "list_tokens",
            query: [("limit", "50"), ("sort", "-token_id")] + (after.isEmpty ? [] : [("after", after)]))
        var values: [String: Any] = [
            "tokens": found["tokens"].elements.map { token -> [String: Any] in
                token.values.merging(["isOAuth": token["is_oauth"].isTrue]) { $1 }
            },
            "hasNone": found["tokens"].elements.isEmpty,
        ]
        let next = found["paging"]["next"].shown
        if !next.isEmpty { values["next"] = next }
        return try shop.page("tokens", values)
    }

    // MARK: A new one

    private static let newPage = Endpoint(
        shopPage: .get, "/admin/tokens/new", .confirmed, "new_token_page", "The form for a token."
    ) { shop in try form(shop) }

    private static func form(_ shop: ShopCall, _ problem: Problem? = nil) throws -> Answer {
        try shop.ownerOnly()
        let level = shop.page.text("access_level")
        var values: [String: Any] = [
            "name": shop.page.text("name"),
            "levels": Token.Level.allCases.map { one -> [String: Any] in
                ["level": one.rawValue, "isChosen": one.rawValue == (level.isEmpty ? "read" : level)]
            },
        ]
        values.merge(problem.wrongs) { $1 }
        return try shop.page("token_new", values, status: problem == nil ? 200 : 422)
    }

    private static let make = Endpoint(
        shopPage: .post, "/admin/tokens/new", .confirmed, "make_token", "Makes a token and shows its text, once."
    ) { shop in
        try shop.ownerOnly()
        var body = JSONObject()
        for name in ["name", "access_level"] { body.append(name, .string(shop.page.text(name))) }
        if !shop.page.text("hex32").isEmpty { body.append("format", "hex32") }
        let wanted = JSON.object(body)
        return try await shop.attempt {
            let made = try await shop.api("create_token", [], wanted)
            return try shop.page("token_made", made.values)
        } orAgain: { problem in
            try form(shop, problem)
        }
    }

    // MARK: One of them

    private static let page = Endpoint(
        shopPage: .get, "/admin/tokens/{token_id}", .user, "token", "A token: its limits, its use and its last calls."
    ) { shop in try await token(shop) }

    private static func token(_ shop: ShopCall, _ problem: Problem? = nil) async throws -> Answer {
        let id = try shop.page.call.id(of: "token")
        let token = try await shop.api("get_token", [String(id)])
        var values = token.values
        for name in ["origins", "ip_list"] { values[name] = token[name].elements.map(\.shown).joined(separator: "\n") }
        if problem != nil {
            for name in ["name", "daily_limit", "burst", "expires", "origins", "ip_list"] {
                values[name] = shop.page.exact(name)
            }
        }
        values["isOAuth"] = token["is_oauth"].isTrue
        values["isSaved"] = shop.page.text("saved") == "1"
        values.merge(try await UsageChart.values(of: id, in: shop)) { $1 }
        values.merge(try await CallTable.values(of: id, in: shop)) { $1 }
        return try shop.page("token", values.merging(problem.wrongs) { $1 }, status: problem == nil ? 200 : 422)
    }

    private static let save = Endpoint(
        shopPage: .post, "/admin/tokens/{token_id}", .user, "save_token", "Changes the limits of a token."
    ) { shop in
        let (id, page) = (try shop.page.call.id(of: "token"), shop.page)
        var body = JSONObject()
        for name in ["name", "daily_limit", "burst", "expires"] { body.append(name, .string(page.text(name))) }
        for name in ["origins", "ip_list"] { body.append(name, .lines(page.exact(name))) }
        let wanted = JSON.object(body)
        return try await shop.attempt {
            try await shop.api("update_token", [String(id)], wanted)
            return shop.redirect(to: "/admin/tokens/\(id)?saved=1")
        } orAgain: { problem in
            try await token(shop, problem)
        }
    }

    private static let rotate = Endpoint(
        shopPage: .post, "/admin/tokens/{token_id}/rotate", .confirmed, "rotate_token_page",
        "Gives a token another text and shows it, once."
    ) { shop in
        let id = try shop.page.call.id(of: "token")
        let overlap = shop.page.text("overlap_seconds")
        let wanted: JSON = ["overlap_seconds": .string(overlap.isEmpty ? "0" : overlap)]
        return try await shop.attempt {
            try shop.page("token_made", try await shop.api("rotate_token", [String(id)], wanted).values)
        } orAgain: { problem in
            try await token(shop, problem)
        }
    }

    private static let revoke = Endpoint(
        shopPage: .post, "/admin/tokens/{token_id}/revoke", .user, "revoke_token", "Ends a token for good."
    ) { shop in
        try await shop.api("delete_token", [String(try shop.page.call.id(of: "token"))])
        return shop.redirect(to: "/admin/tokens")
    }
}
