import Basics
import Commerce
import Foundation
import Support
import Testing

/// Webhooks as clients make and change them (CONTRACT 6 and 8, "Webhook").
@Suite struct WebhookTests {
    @Test func `a webhook is told of what happens from then on, once and in order`() async throws {
        let world = try await WebhookWorld()
        let shop = try await world.shop()
        let product = try await shop.product(stock: 10)
        try await shop.order(product)
        let hook = try await world.hook(shop, "/from-now", ["order_created", "paid", "product"])
        #expect((hook["status"], hook["is_active"], hook["failing_since"]) == ("active", 1, .null))
        let order = try await shop.order(product).json["order_id"].integer
        try await shop.put("order/\(order)", ["paid": 1])
        try await world.tell()
        try await world.tell()
        let calls = world.receiver.calls("/from-now")
        #expect(calls.map { $0.json["type"] } == ["order_created", "paid"])
        #expect(calls.allSatisfy { $0.json["data"]["order_id"].integer == order })
        #expect(calls.last?.json["data"]["paid"] == 1)
        #expect(calls.first?.json["webshop_id"].integer == shop.id)
        let event = try await shop.events().first {
            $0["type"] == "order_created" && $0["resource_id"].integer == order
        }
        #expect(calls.first?.json["id"] == event?["event_id"])
        #expect(calls.first?.json["data"] == event?["data"])
        #expect(calls.first?.json["timestamp"].text.hasSuffix("Z") == true)
        #expect(try await shop.findings() == [])
    }

    @Test func `the secret is shown once, and lies nowhere that can be read`() async throws {
        let world = try await WebhookWorld()
        let shop = try await world.shop()
        let body: JSON = ["url": .string(world.url("/secret")), "events": ["product"]]
        let made = try await shop.post("webhook", body, headers: ["Idempotency-Key": "hook"])
        #expect(made.json["secret"].text.hasPrefix("whsec_"))
        let again = try await shop.post("webhook", body, headers: ["Idempotency-Key": "hook"])
        #expect((again.status, again.json["code"]) == (409, "answered_once"))
        let id = made.json["webhook_id"].integer
        for path in ["webhook/\(id)", "webhook", "event?limit=100", "audit?limit=100"] {
            #expect(try await !shop.get(path).text.contains(made.json["secret"].text), "\(path)")
        }
        #expect(try await shop.get("webhook/\(id)").json["secret"].isNull)
        let dry = try await shop.post("webhook", body, headers: ["Prefer": "dry-run"])
        #expect(dry.json["secret"].isNull)
    }

    private static let wrong: [(body: JSON, pointer: String)] = [
        (["url": "ftp://x.test/a", "events": ["product"]], "/url"),
        (["url": "http://shop.example/a", "events": ["product"]], "/url"),
        (["url": "https://10.0.0.1/a", "events": ["product"]], "/url"),
        (["url": "https://user:pw@shop.example/", "events": ["product"]], "/url"),
        (["events": ["product"]], "/url"),
        (["url": "https://shop.example/a", "events": []], "/events"),
        (["url": "https://shop.example/a", "events": ["product", "prodct"]], "/events/1"),
        (["url": "https://shop.example/a", "events": ["product"], "format": "xml"], "/format"),
        (["url": "https://shop.example/a", "events": ["product"], "signature": "v2"], "/signature"),
        (["url": "https://shop.example/a", "events": ["product"], "api_version": "1999-01"], "/api_version"),
    ]

    @Test(arguments: 0..<wrong.count)
    func `what is wrong with a webhook is said where it is`(_ index: Int) async throws {
        let (body, pointer) = Self.wrong[index]
        let shop = try await WebhookWorld.shared.shop()
        let reply = try await shop.post("webhook", body)
        #expect(reply.status == 422)
        let pointers = reply.json["errors"].elements.map { $0["pointer"].text }
        #expect(pointers == [pointer], "\(reply.text)")
        #expect(try await shop.get("webhook").json["paging"]["total"] == 0)
    }

    @Test func `a token that only reads sees no webhook and makes none`() async throws {
        let world = try await WebhookWorld()
        let shop = try await world.shop()
        try await world.hook(shop, "/level", ["product"])
        #expect(try await shop.send("GET", "/REST/webhook", as: .read).status == 403)
        #expect(try await shop.send("GET", "/REST/webhook-delivery", as: .read).status == 403)
        #expect(try await shop.send("GET", "/REST/webhook", as: .write).json["webhooks"].elements.count == 1)
        let other = try await world.shop()
        #expect(try await other.get("webhook").json["paging"]["total"] == 0)
    }

    @Test func `a webhook that is off is told of nothing, and begins with what happens once it is on again`()
        async throws
    {
        let world = try await WebhookWorld()
        let shop = try await world.shop()
        let product = try await shop.product(stock: 10)
        let id = try await world.hook(shop, "/off")["webhook_id"].integer
        #expect(try await shop.put("webhook/\(id)", ["is_active": 0]).json["status"] == "off")
        try await shop.order(product)
        try await world.tell()
        #expect(try await shop.put("webhook/\(id)", ["is_active": 1]).json["status"] == "active")
        try await world.tell()
        #expect(world.receiver.calls("/off").isEmpty)
        let order = try await shop.order(product).json["order_id"].integer
        try await world.tell()
        #expect(world.told("/off") == ["order_created \(order)"])
        try await shop.delete("webhook/\(id)")
        try await shop.order(product)
        try await world.tell()
        #expect(world.receiver.calls("/off").count == 1)
        #expect(try await shop.findings() == [])
    }

    @Test func `a thin body says which object it is, and one of CloudEvents is in its envelope`() async throws {
        let world = try await WebhookWorld()
        let shop = try await world.shop()
        try await world.hook(shop, "/thin", ["product"], JSONObject([.init("format", "thin")]))
        try await world.hook(shop, "/cloud", ["product"], JSONObject([.init("format", "cloudevents")]))
        let product = try await shop.product("Lamp")
        try await world.tell()
        let thin = try #require(world.receiver.calls("/thin").first).json
        #expect(thin["data"].names == ["resource", "resource_id", "url"])
        #expect(thin["data"]["url"].text == "\(TestServer.publicURL)/REST/product/\(product)")
        let call = try #require(world.receiver.calls("/cloud").first)
        #expect(call[header: "Content-Type"] == "application/cloudevents+json")
        #expect((call.json["specversion"], call.json["type"]) == ("1.0", "product"))
        #expect(call.json["subject"].text == "product/\(product)")
        #expect(call.json["id"].text == call[header: "webhook-id"])
        #expect(call.json["data"]["name"] == "Lamp")
    }

    @Test func `a ping is sent at once, also to a webhook that is off`() async throws {
        let world = try await WebhookWorld()
        let shop = try await world.shop()
        let id = try await world.hook(shop, "/ping", ["paid"], JSONObject([.init("is_active", 0)]))["webhook_id"]
            .integer
        let asked = try await shop.post("webhook/\(id)/ping", [:])
        #expect((asked.status, asked.json["status"]) == (200, "pending"))
        try await world.tell()
        let call = try #require(world.receiver.calls("/ping").first)
        #expect((call.json["type"], call.json["data"]["webhook_id"].integer) == ("ping", id))
        let delivery = try await shop.get("webhook-delivery/\(asked.json["webhook_delivery_id"].integer)").json
        #expect((delivery["status"], delivery["response_status"], delivery["attempt"]) == ("ok", 200, 1))
        #expect(delivery["request_body"].text == String(decoding: call.body, as: UTF8.self))
        #expect(delivery["request_headers"]["webhook-id"].text == call[header: "webhook-id"])
        #expect(try await shop.get("webhook/\(id)").json["is_active"] == 0)
    }
}
