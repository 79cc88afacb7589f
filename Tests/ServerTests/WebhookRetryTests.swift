import Basics
import Commerce
import Support
import Testing

/// What becomes of events that do not get through (CONTRACT 6 and 8, "Order per entity").
@Suite struct WebhookRetryTests {
    private static func deliveries(_ shop: TestShop, _ query: String = "") async throws -> [JSON] {
        try await shop.get("webhook-delivery?limit=100&sort=webhook_delivery_id\(query)").json["webhook_deliveries"]
            .elements
    }

    @Test func `an event that fails is tried again after five seconds, and then after five minutes`() async throws {
        let world = try await WebhookWorld()
        let shop = try await world.shop()
        let product = try await shop.product(stock: 5)
        let id = try await world.hook(shop, "/retry", answers: [.init(500), .init(503), .init(200)])["webhook_id"]
            .integer
        let order = try await shop.order(product).json["order_id"].integer
        try await world.tell()
        try await world.tell(after: 3)
        #expect(world.receiver.calls("/retry").count == 1)
        try await world.tell(after: 4)
        #expect(world.receiver.calls("/retry").count == 2)
        #expect(try await !shop.get("webhook/\(id)").json["failing_since"].isNull)
        try await world.tell(after: 200)
        #expect(world.receiver.calls("/retry").count == 2)
        try await world.tell(after: 170)
        #expect(world.told("/retry") == Array(repeating: "order_created \(order)", count: 3))
        let ids = world.receiver.calls("/retry").map { $0[header: "webhook-id"] }
        #expect(Set(ids).count == 1)
        let rows = try await Self.deliveries(shop)
        #expect(rows.map { $0["status"] } == ["failed", "failed", "ok"])
        #expect(rows.map { $0["attempt"] } == [1, 2, 3])
        #expect(rows.map { $0["response_status"] } == [500, 503, 200])
        #expect(try await shop.get("webhook/\(id)").json["failing_since"].isNull)
        #expect(try await shop.findings() == [])
    }

    @Test func `later changes of an object wait for the one that failed, and others do not`() async throws {
        let world = try await WebhookWorld()
        let shop = try await world.shop()
        let product = try await shop.product(stock: 9)
        try await world.hook(shop, "/held", ["order_created", "paid"], answers: [.init(500), .init(200)])
        let held = try await shop.order(product).json["order_id"].integer
        try await world.tell()
        try await shop.put("order/\(held)", ["paid": 1])
        let free = try await shop.order(product).json["order_id"].integer
        try await world.tell()
        #expect(world.told("/held") == ["order_created \(held)", "order_created \(free)"])
        try await world.tell(after: 10)
        #expect(world.told("/held").dropFirst(2) == ["order_created \(held)", "paid \(held)"])
        #expect(try await shop.findings() == [])
    }

    @Test func `behind five tries a change is skipped where later ones wait, and can be sent again`() async throws {
        let world = try await WebhookWorld()
        let shop = try await world.shop()
        let product = try await shop.product(stock: 9)
        try await world.hook(
            shop, "/skip", ["order_created", "paid"], answers: Array(repeating: .init(500), count: 5) + [.init(200)])
        let order = try await shop.order(product).json["order_id"].integer
        try await world.tell()
        try await shop.put("order/\(order)", ["paid": 1])
        for seconds in [7, 380, 2200] { try await world.tell(after: Int64(seconds)) }
        #expect(world.receiver.calls("/skip").count == 4)
        try await world.tell(after: 8700)
        // A host that has failed for so long is asked once a minute.
        try await world.tell(after: 61)
        let told = world.told("/skip")
        #expect(told == Array(repeating: "order_created \(order)", count: 5) + ["paid \(order)"])
        let rows = try await Self.deliveries(shop)
        #expect(rows.map { $0["status"] } == ["failed", "failed", "failed", "failed", "skipped", "ok"])
        try #require(rows.count > 4)
        #expect(rows[4]["next_attempt"].isNull)
        let again = try await shop.post("webhook-delivery/\(rows[4]["webhook_delivery_id"].integer)/resend", [:])
        #expect(again.status == 200)
        try await world.tell()
        #expect(world.told("/skip").last == "order_created \(order)")
        let ids = world.receiver.calls("/skip").map { $0[header: "webhook-id"] }
        #expect(ids.first == ids.last)
        #expect(try await shop.findings() == [])
    }

    @Test func `a change that nothing follows is tried for three days, ten times in all`() async throws {
        let world = try await WebhookWorld()
        let shop = try await world.shop()
        let product = try await shop.product(stock: 9)
        try await world.hook(shop, "/ten", answers: [.init(500)])
        try await shop.order(product)
        try await world.tell()
        for seconds in [7, 380, 2200, 8700, 21_700, 43_300, 60_600, 86_500, 103_800, 200_000] {
            try await world.tell(after: Int64(seconds))
        }
        #expect(world.receiver.calls("/ten").count == 10)
        #expect(try await Self.deliveries(shop).last?["next_attempt"].isNull == true)
    }

    @Test func `what the host says is wrong with an event is tried four times`() async throws {
        let world = try await WebhookWorld()
        let shop = try await world.shop()
        let product = try await shop.product(stock: 9)
        try await world.hook(shop, "/bad", answers: [.init(422)])
        try await world.hook(shop, "/later", answers: [.init(429)])
        try await shop.order(product)
        try await world.tell()
        for seconds in [7, 380, 2200, 8700, 21_700] { try await world.tell(after: Int64(seconds)) }
        #expect(world.receiver.calls("/bad").count == 4)
        #expect(world.receiver.calls("/later").count == 6)
    }

    @Test func `a host that asks for time is given it`() async throws {
        let world = try await WebhookWorld()
        let shop = try await world.shop()
        let product = try await shop.product(stock: 9)
        try await world.hook(shop, "/busy", answers: [.init(503, headers: [("Retry-After", "120")]), .init(200)])
        try await shop.order(product)
        try await world.tell()
        try await world.tell(after: 110)
        #expect(world.receiver.calls("/busy").count == 1)
        try await world.tell(after: 20)
        #expect(world.receiver.calls("/busy").count == 2)
    }

    @Test func `a host that wants to hear nothing any more is told of nothing any more`() async throws {
        let world = try await WebhookWorld()
        let shop = try await world.shop()
        let product = try await shop.product(stock: 9)
        let id = try await world.hook(shop, "/gone", answers: [.init(410)])["webhook_id"].integer
        try await shop.order(product)
        try await world.tell()
        let hook = try await shop.get("webhook/\(id)").json
        #expect((hook["status"], hook["is_active"]) == ("off", 0))
        try await shop.order(product)
        try await world.tell(after: 100)
        #expect(world.receiver.calls("/gone").count == 1)
        let audit = try await shop.get("audit?limit=50&resource=webhook").json["audit"].elements
        #expect(audit.contains { $0["after"]["status"] == "off" && $0["actor"]["type"] == "job" })
    }

    @Test func `a host that is down is asked once a minute, and told of everything once it is back`() async throws {
        let world = try await WebhookWorld()
        let shop = try await world.shop()
        let product = try await shop.product(stock: 99)
        try await world.hook(shop, "/down", answers: [.init(500)])
        var orders: [Int64] = []
        for _ in 0..<3 { orders.append(try await shop.order(product).json["order_id"].integer) }
        try await world.tell()
        try await world.tell(after: 70)
        let before = world.receiver.calls("/down").count
        for _ in 0..<20 { orders.append(try await shop.order(product).json["order_id"].integer) }
        for _ in 0..<4 { try await world.tell(after: 20) }
        #expect((1...2).contains(world.receiver.calls("/down").count - before))
        world.receiver.answer("/down", .init(200))
        try await world.tell(after: 65)
        #expect(Set(world.told("/down")) == Set(orders.map { "order_created \($0)" }))
        #expect(try await shop.get("webhook").json["webhooks"][0]["failing_since"].isNull)
    }

    @Test func `what was told is told again from a place or a time on, under the same ids`() async throws {
        let world = try await WebhookWorld()
        let shop = try await world.shop()
        let product = try await shop.product(stock: 99)
        try await shop.order(product)
        let cursor = try await shop.get("event?after=now").json["paging"]["next"].text
        let id = try await world.hook(shop, "/replay")["webhook_id"].integer
        var orders: [Int64] = []
        for _ in 0..<3 { orders.append(try await shop.order(product).json["order_id"].integer) }
        try await world.tell()
        let first = world.told("/replay")
        let asked = try await shop.post("webhook/\(id)/replay", ["after": .string(cursor)])
        #expect((asked.status, asked.json["events"]) == (200, 3))
        try await world.tell()
        #expect(world.told("/replay").sorted() == (first + first).sorted())
        let ids = world.receiver.calls("/replay").map { $0[header: "webhook-id"] }
        #expect(Set(ids.prefix(3)) == Set(ids.suffix(3)))
        #expect(try await shop.post("webhook/\(id)/replay", ["since": "2020-01-01"]).json["events"] == 4)
        try await world.tell()
        #expect(world.told("/replay").count == 10)
        for body in [[:], ["after": "0", "since": "2020-01-01"], ["after": "soon"]] as [JSON] {
            #expect(try await shop.post("webhook/\(id)/replay", body).status == 422, "\(body)")
        }
        #expect(try await shop.findings() == [])
    }
}
