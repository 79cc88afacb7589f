import Basics
import Commerce
import Resources

/// The webhooks of a shop: made, changed, tried out, and what became of what they were told.
enum WebhookPages {
    static let all = [list, newPage, make, page, save, rotate, ping, replay, remove, delivery, resend]

    private static let list = Endpoint(
        shopPage: .get, "/admin/webhooks", .user, "webhooks", "The webhooks of a shop."
    ) { shop in
        let after = shop.page.text("after")
        let found = try await shop.api(
            "list_webhooks",
            query: [("limit", "50"), ("sort", "-webhook_id")] + (after.isEmpty ? [] : [("after", after)]))
        let hooks = found["webhooks"].elements
        var values: [String: Any] = ["webhooks": hooks.map(\.values), "hasNone": hooks.isEmpty]
        let next = found["paging"]["next"].shown
        if !next.isEmpty { values["next"] = next }
        return try shop.page("webhooks", values)
    }

    // MARK: A new one

    private static let newPage = Endpoint(
        shopPage: .get, "/admin/webhooks/new", .user, "new_webhook_page", "The form for a webhook."
    ) { shop in try form(shop) }

    private static func form(_ shop: ShopCall, _ problem: Problem? = nil) throws -> Answer {
        var values = typed(shop)
        values.merge(problem.wrongs) { $1 }
        return try shop.page("webhook_new", values, status: problem == nil ? 200 : 422)
    }

    private static let make = Endpoint(
        shopPage: .post, "/admin/webhooks/new", .user, "make_webhook", "Makes a webhook and shows its secret, once."
    ) { shop in
        let wanted = wish(shop)
        return try await shop.attempt {
            try shop.page("webhook_made", try await shop.api("create_webhook", [], wanted).values)
        } orAgain: { problem in
            try form(shop, problem)
        }
    }

    /// What was typed into a form, to be shown again.
    private static func typed(_ shop: ShopCall) -> [String: Any] {
        let page = shop.page
        return choices(
            topics: Set(Topic.allCases.map(\.rawValue).filter { !page.text("topic_" + $0).isEmpty }),
            format: page.text("format"), signature: page.text("signature")
        ).merging(["name": page.text("name"), "url": page.text("url")]) { $1 }
    }

    /// What a form offers.
    private static func choices(topics: Set<String>, format: String, signature: String) -> [String: Any] {
        func options(_ words: [String], _ chosen: String) -> [[String: Any]] {
            words.map { ["word": $0, "isChosen": $0 == chosen] }
        }
        return [
            "topics": Topic.allCases.map { topic -> [String: Any] in
                ["topic": topic.rawValue, "isChosen": topics.contains(topic.rawValue)]
            },
            "formats": options(Webhook.Format.allCases.map(\.rawValue), format),
            "signatures": options(Webhook.Signature.allCases.map(\.rawValue), signature),
        ]
    }

    /// What the API is asked for by a form.
    private static func wish(_ shop: ShopCall) -> JSON {
        let page = shop.page
        let topics = Topic.allCases.map(\.rawValue).filter { !page.text("topic_" + $0).isEmpty }
        var body = JSONObject(["name", "url"].map { .init($0, .string(page.text($0))) })
        body.append("events", .array(topics.map { .string($0) }))
        for name in ["format", "signature"] where !page.text(name).isEmpty {
            body.append(name, .string(page.text(name)))
        }
        return .object(body)
    }

    // MARK: One of them

    private static let page = Endpoint(
        shopPage: .get, "/admin/webhooks/{webhook_id}", .user, "webhook", "A webhook and its last deliveries."
    ) { shop in try await webhook(shop) }

    private static func webhook(_ shop: ShopCall, _ problem: Problem? = nil) async throws -> Answer {
        let id = try shop.page.call.id(of: "webhook")
        let hook = try await shop.api("get_webhook", [String(id)])
        var values = hook.values.merging(
            choices(
                topics: Set(hook["events"].elements.map(\.shown)), format: hook["format"].shown,
                signature: hook["signature"].shown)
        ) { $1 }
        if problem != nil { values.merge(typed(shop)) { $1 } }
        values["isActive"] = hook["is_active"].isTrue
        values["isSaved"] = shop.page.text("saved") == "1"
        values.merge(try await deliveries(of: id, shop)) { $1 }
        return try shop.page("webhook", values.merging(problem.wrongs) { $1 }, status: problem == nil ? 200 : 422)
    }

    private static func deliveries(of id: Int64, _ shop: ShopCall) async throws -> [String: Any] {
        var query = [("webhook_id", String(id)), ("limit", "50"), ("sort", "-webhook_delivery_id")]
        let (status, after) = (shop.page.text("status"), shop.page.text("after"))
        if !status.isEmpty { query.append(("status", status)) }
        if !after.isEmpty { query.append(("after", after)) }
        let found = try await shop.api("list_webhook_deliveries", query: query)
        let rows = found["webhook_deliveries"].elements
        var values: [String: Any] = [
            "deliveries": rows.map(\.values), "hasNoDeliveries": rows.isEmpty,
            "statuses": ([""] + WebhookDelivery.Status.allCases.map(\.rawValue)).map { one -> [String: Any] in
                ["word": one, "words": one.isEmpty ? "all" : one, "isChosen": one == status]
            },
        ]
        let next = found["paging"]["next"].shown
        if !next.isEmpty { (values["next"], values["chosen"]) = (next, status) }
        return values
    }

    private static let save = Endpoint(
        shopPage: .post, "/admin/webhooks/{webhook_id}", .user, "save_webhook", "Changes a webhook."
    ) { shop in
        let id = try shop.page.call.id(of: "webhook")
        var body = JSONObject()
        if case .object(let wanted) = wish(shop) { body = wanted }
        body.append("is_active", shop.page.text("is_active").isEmpty ? 0 : 1)
        let wanted = JSON.object(body)
        return try await shop.attempt {
            try await shop.api("update_webhook", [String(id)], wanted)
            return shop.redirect(to: "/admin/webhooks/\(id)?saved=1")
        } orAgain: { problem in
            try await webhook(shop, problem)
        }
    }

    private static let rotate = Endpoint(
        shopPage: .post, "/admin/webhooks/{webhook_id}/rotate", .user, "rotate_webhook_page",
        "Gives a webhook another secret and shows it, once."
    ) { shop in
        let id = try shop.page.call.id(of: "webhook")
        let wanted: JSON = ["overlap_seconds": .string(shop.page.text("overlap_seconds"))]
        return try await shop.attempt {
            try shop.page("webhook_made", try await shop.api("rotate_webhook", [String(id)], wanted).values)
        } orAgain: { problem in
            try await webhook(shop, problem)
        }
    }

    private static let ping = Endpoint(
        shopPage: .post, "/admin/webhooks/{webhook_id}/ping", .user, "ping_webhook_page", "Tries a webhook out."
    ) { shop in
        let id = try shop.page.call.id(of: "webhook")
        let asked = try await shop.api("ping_webhook", [String(id)])
        return shop.redirect(to: "/admin/webhooks/deliveries/\(asked["webhook_delivery_id"].shown)")
    }

    private static let replay = Endpoint(
        shopPage: .post, "/admin/webhooks/{webhook_id}/replay", .user, "replay_webhook_page",
        "Tells a webhook once more of what happened."
    ) { shop in
        let id = try shop.page.call.id(of: "webhook")
        let wanted: JSON = ["since": .string(shop.page.text("since"))]
        return try await shop.attempt {
            let asked = try await shop.api("replay_webhook", [String(id)], wanted)
            return shop.redirect(to: "/admin/webhooks/\(id)?replayed=\(asked["events"].shown)")
        } orAgain: { problem in
            try await webhook(shop, problem)
        }
    }

    private static let remove = Endpoint(
        shopPage: .post, "/admin/webhooks/{webhook_id}/remove", .user, "remove_webhook", "Removes a webhook."
    ) { shop in
        try await shop.api("delete_webhook", [String(try shop.page.call.id(of: "webhook"))])
        return shop.redirect(to: "/admin/webhooks")
    }

    // MARK: Deliveries

    private static let delivery = Endpoint(
        shopPage: .get, "/admin/webhooks/deliveries/{webhook_delivery_id}", .user, "webhook_delivery",
        "One attempt: what was sent, and what came back."
    ) { shop in
        let id = try shop.page.call.id(of: "webhook-delivery")
        let delivery = try await shop.api("get_webhook-delivery", [String(id)])
        return try shop.page(
            "webhook_delivery",
            delivery.values.merging(["isPending": delivery["status"].shown == "pending"]) { $1 })
    }

    private static let resend = Endpoint(
        shopPage: .post, "/admin/webhooks/deliveries/{webhook_delivery_id}/resend", .user, "resend_delivery_page",
        "Sends an event once more."
    ) { shop in
        let id = try shop.page.call.id(of: "webhook-delivery")
        let asked = try await shop.api("resend_webhook_delivery", [String(id)])
        return shop.redirect(to: "/admin/webhooks/deliveries/\(asked["webhook_delivery_id"].shown)")
    }
}
