import Basics
import Commerce
import Outbound
import Persistence
import Resources
import Support
import Testing
import Transfers

/// Hosts that hang, send for ever, or lead where nobody may go: they do no harm to others, and nothing is read or connected to that
/// must not be.
@Suite struct WebhookHostTests {
    private static let quick: OutboundClient.Limits = {
        var limits = OutboundClient.Limits()
        limits.whole = .milliseconds(800)
        return limits
    }()

    @Test func `hosts that hang, fail, redirect and send for ever keep nothing from those that answer`() async throws {
        let world = try await WebhookWorld()
        let inner = try await Receiver()
        let shop = try await world.shop()
        let product = try await shop.product(stock: 99)
        try await world.hook(shop, "/good")
        var silent = Receiver.Answer(200)
        silent.isSilent = true
        var endless = Receiver.Answer(200)
        endless.isEndless = true
        let bad = [
            "/hangs": silent, "/fails": .init(500), "/endless": endless,
            "/redirects": .init(302, headers: [("Location", "http://\(inner.host)/inner")]),
        ]
        for (path, answer) in bad { try await world.hook(shop, path, answers: [answer]) }
        var orders: [Int64] = []
        for _ in 0..<20 { orders.append(try await shop.order(product).json["order_id"].integer) }
        try await world.tell(world.sender(limits: Self.quick))
        #expect(Set(world.told("/good")) == Set(orders.map { "order_created \($0)" }))
        #expect(inner.asked == [])
        #expect(world.receiver.calls("/hangs").count == 8)
        let rows = try await shop.get("webhook-delivery?limit=200").json["webhook_deliveries"].elements
        let errors = Set(rows.map { $0["error"].text })
        #expect(errors.contains("the answer took too long") && errors.contains("the host answered 500"))
        #expect(errors.contains { $0.hasPrefix("the host answered 302, and nothing is followed") })
        // What answers 2xx has heard of it, however much it has to say about that.
        let sent = rows.filter { $0["response_body"].text.hasPrefix("AAAA") }
        #expect(
            sent.count == 20
                && sent.allSatisfy { $0["status"] == "ok" && $0["response_body"].text.utf8.count == 10_240 })
        #expect(try await shop.findings() == [])
        await inner.stop()
    }

    @Test func `a name that leads to a private address is never called`() async throws {
        let world = try await WebhookWorld()
        let inner = try await Receiver()
        let shop = try await world.shop()
        let body: JSON = ["url": .string("https://rebound.example:\(inner.port)/x"), "events": ["product"]]
        #expect(try await shop.post("webhook", body).status == 200)
        _ = try await shop.product()
        let closed = try #require(NetworkAddress("127.0.0.1"))
        let open = try #require(NetworkAddress("93.184.216.34"))
        for addresses in [[closed], [open, closed]] {
            try await world.tell(world.sender(lookUp: { _ in addresses }))
            world.server.clock.advance(seconds: 400)
        }
        let rows = try await shop.get("webhook-delivery").json["webhook_deliveries"].elements
        #expect(
            rows.map { $0["error"].text } == Array(repeating: "the address is not on the public Internet", count: 2))
        #expect(inner.asked == [])
        await inner.stop()
    }

    @Test
    func `a webhook that fails for an hour is told of by mail, and after five days it is paused until somebody looks`()
        async throws
    {
        let world = try await WebhookWorld()
        let shop = try await world.shop()
        _ = try await TestUser.make(of: shop)
        let product = try await shop.product(stock: 99)
        let id = try await world.hook(shop, "/days", answers: [.init(500)])["webhook_id"].integer
        let first = try await shop.order(product).json["order_id"].integer
        try await world.tell()
        try await world.tell(after: 3000)
        #expect(try await Self.mails(shop) == [])
        try await world.tell(after: 700)
        try await world.tell(after: 60)
        #expect(try await Self.mails(shop) == ["webhook_failing"])
        try await world.tell(after: 5 * 86_400)
        #expect(try await Self.mails(shop) == ["webhook_failing", "webhook_paused"])
        let hook = try await shop.get("webhook/\(id)").json
        #expect((hook["status"], hook["is_active"]) == ("paused", 0))
        let second = try await shop.order(product).json["order_id"].integer
        let before = world.receiver.calls("/days").count
        try await world.tell(after: 3600)
        #expect(world.receiver.calls("/days").count == before)
        world.receiver.answer("/days", .init(200))
        try await shop.put("webhook/\(id)", ["is_active": 1])
        try await world.tell()
        #expect(world.told("/days").suffix(2) == ["order_created \(first)", "order_created \(second)"])
    }

    private static func mails(_ shop: TestShop) async throws -> [String] {
        try await shop.get("mail?sort=mail_id").json["mails"].elements.map { $0["template"].text }
    }

    @Test func `attempts are forgotten behind thirty days`() async throws {
        let world = try await WebhookWorld()
        let shop = try await world.shop()
        try await world.hook(shop, "/old", ["product"])
        _ = try await shop.product()
        try await world.tell()
        #expect(try await shop.get("webhook-delivery").json["paging"]["total"] == 1)
        world.server.clock.advance(seconds: 31 * 86_400)
        try await world.server.runner(Webhooks.area.jobs).open()
        try await world.server.runner(Webhooks.area.jobs).runDue()
        #expect(try await shop.get("webhook-delivery").json["paging"]["total"] == 0)
    }
}
