import Basics
import Resources
import Support
import Testing

/// Orders that are told of after they happened, from a till or an older system (CONTRACT 8, "Order").
@Suite struct PastOrderTests {
    private static func policy(_ word: JSON) -> JSONObject { JSONObject([.init("stock_policy", word)]) }

    @Test func `an order that says when it was placed was placed then, and made now`() async throws {
        let shop = try await TestShop.open()
        let product = try await shop.product(stock: 5)
        let time = JSONObject([.init("time", "2026-02-01 09:30:00")])
        let made = try await shop.order([TestShop.line(product)], time)
        #expect((made.json["time"], made.json["created"]) == ("2026-02-01 09:30:00", "2026-03-01 13:00:00"))
        let id = made.json["order_id"].integer
        #expect(try await shop.get("order/\(id)").body == made.body)
        // It happened when it happened.
        #expect(try await shop.put("order/\(id)", ["time": "2026-02-02 00:00:00"]).json["time"] == made.json["time"])
        let plain = try await shop.order(product)
        #expect(plain.json["time"] == plain.json["created"])
    }

    @Test func `an order cannot have been placed in the future, nor at no time`() async throws {
        let shop = try await TestShop.open()
        let product = try await shop.product(stock: 5)
        for time in ["2026-03-01 13:00:01", "yesterday", "0001-01-01", "1969-12-31"] as [JSON] {
            let refused = try await shop.order([TestShop.line(product)], JSONObject([.init("time", time)]))
            #expect((refused.status, refused.pointers) == (422, ["/time"]))
        }
        #expect(try await shop.stock(product) == 5)
        let now = JSONObject([.init("time", "2026-03-01 13:00:00")])
        #expect(try await shop.order([TestShop.line(product)], now).status == 200)
    }

    @Test func `what has happened takes the stock below zero, and nothing else does from there`() async throws {
        let shop = try await TestShop.open()
        let product = try await shop.product(stock: 2)
        let sold = try await shop.order([TestShop.line(product, 5)], Self.policy("ignore"))
        #expect(sold.status == 200, "\(sold.text)")
        #expect(try await shop.stock(product) == -3)
        #expect(try await shop.order(product).code == "stock_short")
        #expect(try await shop.put("stock/\(product)", ["adjust": -1]).status == 409)
        // What comes in is taken in, though it stays below zero.
        #expect(try await shop.put("stock/\(product)", ["adjust": 1]).status == 200)
        #expect(try await shop.order([TestShop.line(product)], Self.policy("ignore")).status == 200)
        #expect(try await shop.stock(product) == -3)
        let id = sold.json["order_id"].integer
        #expect(try await shop.post("order/\(id)/cancel", [:]).status == 200)
        #expect(try await shop.stock(product) == 2)
        #expect(try await shop.order(product, 3).code == "stock_short")
        #expect(try await shop.order(product, 2).status == 200)
        #expect(try await shop.ledger(product) == 0)
        #expect(try await shop.findings() == [])
    }

    @Test func `a bundle that has happened takes its members`() async throws {
        let shop = try await TestShop.open()
        let cup = try await shop.product("Cup", stock: 1)
        let set = try await shop.product(
            "Set", JSONObject([.init("bundle", [["product_id": .number(cup), "count": 3]])]))
        #expect(try await shop.order(set).code == "stock_short")
        #expect(try await shop.order([TestShop.line(set)], Self.policy("ignore")).status == 200)
        #expect(try await shop.stock(cup) == -2)
        #expect(try await shop.findings() == [])
    }

    @Test func `a product that may be below zero is so for everybody, whatever an order took before`() async throws {
        let shop = try await TestShop.open()
        let product = try await shop.product(stock: 1)
        #expect(try await shop.order([TestShop.line(product, 2)], Self.policy("ignore")).status == 200)
        #expect(try await shop.put("product/\(product)", ["allow_negative_stock": 1]).status == 200)
        #expect(try await shop.order(product).status == 200)
        #expect(try await shop.stock(product) == -2)
        try await shop.put("stock/\(product)", ["count": 0])
        #expect(try await shop.put("product/\(product)", ["allow_negative_stock": 0]).status == 200)
        #expect(try await shop.order(product).code == "stock_short")
        #expect(try await shop.findings() == [])
    }

    @Test func `a policy that nobody knows is refused`() async throws {
        let shop = try await TestShop.open()
        let product = try await shop.product(stock: 2)
        let refused = try await shop.order([TestShop.line(product)], Self.policy("take"))
        #expect((refused.status, refused.pointers) == (422, ["/stock_policy"]))
        #expect(try await shop.order([TestShop.line(product, 3)], Self.policy("")).code == "stock_short")
        let strict = ["Prefer": "handling=strict"]
        let body: JSON = [
            "products": [TestShop.line(product)], "stock_policy": "ignore", "time": "2026-01-01 00:00:00",
        ]
        #expect(try await shop.post("order", body, headers: strict).status == 200)
    }
}
