import Basics
import Commerce
import Persistence
import Resources
import Support
import Testing

/// What a product costs: one rule for the price that is shown, the order and whatever else asks.
@Suite struct PricingTests {
    private static let noon = Instant(milliseconds: 1_772_366_400_000)

    /// 100.00, on sale for 90.00, a bulk discount of 5.00 from the sixth, tiers from 3 and 10, a price for wholesale.
    private static let full: Pricing = {
        var pricing = Pricing(price: Amount(100_00))
        pricing.sale = Amount(90_00)
        pricing.bulkOver = 5
        pricing.bulkDiscount = Amount(5_00)
        pricing.tiers = [.init(from: 3, .price(Amount(88_00))), .init(from: 10, .price(Amount(70_00)))]
        pricing.groupPrices = [
            .init(from: 1, .price(Amount(80_00)), group: "wholesale"),
            .init(from: 5, .price(Amount(60_00)), group: "wholesale"),
        ]
        return pricing
    }()

    private static let golden: [(amount: Int64, group: String, price: Int64, reason: Pricing.Reason)] = [
        (1, "", 90_00, .sale), (2, "", 90_00, .sale), (3, "", 88_00, .tier), (5, "", 88_00, .tier),
        // The sixth: the sale price less the discount.
        (6, "", 85_00, .bulk), (9, "", 85_00, .bulk), (10, "", 70_00, .tier), (1_000_000, "", 70_00, .tier),
        (1, "wholesale", 80_00, .group), (3, "wholesale", 80_00, .group), (5, "wholesale", 60_00, .group),
        (6, "wholesale", 55_00, .bulk), (10, "wholesale", 55_00, .bulk), (1, "staff", 90_00, .sale),
    ]

    @Test(arguments: golden.indices)
    func `the least of what applies is paid`(_ index: Int) {
        let wanted = Self.golden[index]
        let unit = Self.full.unit(wanted.amount, group: wanted.group, at: Self.noon)
        #expect(unit.price == Amount(wanted.price))
        #expect(unit.reason == wanted.reason)
    }

    @Test func `a sale runs from its first moment to just before its end`() {
        var pricing = Pricing(price: Amount(100))
        pricing.sale = Amount(80)
        pricing.saleFrom = Self.noon
        pricing.saleTo = Self.noon.adding(seconds: 60)
        func paid(_ seconds: Int64) -> Int64 {
            pricing.unit(1, group: "", at: Self.noon.adding(seconds: seconds)).price.minor
        }
        #expect([paid(-1), paid(0), paid(59), paid(60)] == [100, 80, 80, 100])
    }

    @Test func `a sale price above the price is no sale, and a discount that leaves nothing is none`() {
        var pricing = Pricing(price: Amount(100))
        pricing.sale = Amount(120)
        #expect(pricing.unit(1, group: "", at: Self.noon).price == Amount(100))
        pricing.bulkOver = 0
        for (discount, paid) in [(500, 100), (100, 100), (99, 1)] as [(Int64, Int64)] {
            pricing.bulkDiscount = Amount(discount)
            #expect(pricing.unit(1, group: "", at: Self.noon).price == Amount(paid))
        }
        pricing.bulkOver = nil
        // The higher tier leaves nothing, so the one below it holds.
        pricing.tiers = [.init(from: 2, .discount(Amount(10))), .init(from: 5, .discount(Amount(100)))]
        #expect(pricing.unit(5, group: "", at: Self.noon).price == Amount(90))
    }

    @Test func `more never costs more a piece, whatever the shop has set`() {
        var random = Dice(seed: 20_260_301)
        for _ in 0..<2000 {
            var pricing = Pricing(price: Amount(.random(in: 0...1000, using: &random)))
            pricing.sale = Bool.random(using: &random) ? Amount(.random(in: 0...1000, using: &random)) : nil
            pricing.bulkOver = .random(in: 0...20, using: &random)
            pricing.bulkDiscount = Amount(.random(in: 0...200, using: &random))
            let top = Int64.random(in: 0...1000, using: &random)
            // Falling tiers, as a shop sets them.
            pricing.tiers = (1...3).map { Pricing.Tier(from: $0 * 4, .price(Amount(top / $0))) }
            var last = Int64.max
            for amount in Int64(1)...20 {
                let price = pricing.unit(amount, group: "", at: Self.noon).price.minor
                #expect(price <= last && price <= pricing.price.minor && price >= 0)
                last = price
            }
        }
    }

    // MARK: Over HTTP

    private static func shirt(in shop: TestShop) async throws -> Int64 {
        try await shop.product(
            "Shirt", stock: 1000,
            JSONObject([
                .init("sale_price", 90), .init("bulk_discount_over", 5), .init("bulk_discount", 5),
                .init("discount_intervals", [["from": 10, "price": 70], ["from": 3, "price": 88]]),
                .init("group_prices", [["group": "wholesale", "price": 80]]),
            ]))
    }

    @Test func `the price that is shown is the price an order is placed at`() async throws {
        let shop = try await TestShop.open()
        let shirt = try await Self.shirt(in: shop)
        let customer = try await shop.post("customer", ["name": "Ann", "customer_group": "wholesale"]).json[
            "customer_id"]
        for amount in [1, 3, 6, 10] as [Int64] {
            for who in ["", "&customer_id=\(customer.integer)"] {
                let shown = try await shop.get("product/\(shirt)/price?amount=\(amount)\(who)").json
                var body: JSONObject = .init([
                    .init("products", [["product_id": .number(shirt), "amount": .number(amount)]])
                ])
                if !who.isEmpty { body.append("customer_id", customer) }
                let order = try await shop.post("order", .object(body)).json
                #expect(order["products"][0]["unit_price"] == shown["unit_price"], "\(amount) \(who)")
                #expect(order["total_price"] == shown["total"], "\(amount) \(who)")
            }
        }
        let one = try await shop.get("product/\(shirt)/price").json
        #expect(one["price"] == 100)
        #expect(one["unit_price"] == 90)
        #expect(one["rule"] == "sale")
    }

    @Test func `all lines of a product together reach a tier`() async throws {
        let shop = try await TestShop.open()
        let shirt = try await Self.shirt(in: shop)
        let line: JSON = ["product_id": .number(shirt), "amount": 5]
        let order = try await shop.post("order", ["products": [line, line]]).json
        #expect(order["products"].elements.map { $0["unit_price"] } == [70, 70])
    }

    @Test func `a sale with a window is charged inside it`() async throws {
        let server = try await TestServer()
        let shop = try await TestShop.open(on: server)
        let shirt = try await shop.product(
            "Shirt", stock: 10,
            JSONObject([
                .init("sale_price", 60), .init("sale_from", "2026-03-02 00:00:00"),
                .init("sale_to", "2026-03-03 00:00:00"),
            ]))
        func paid() async throws -> JSON {
            let order = try await shop.post("order", ["products": [["product_id": .number(shirt), "amount": 1]]])
            return order.json["products"][0]["unit_price"]
        }
        #expect(try await paid() == 100)
        server.clock.advance(seconds: 86_400)
        #expect(try await paid() == 60)
        server.clock.advance(seconds: 86_400)
        #expect(try await paid() == 100)
        await server.stop()
    }

    @Test func `a sale that ends on a date has that day`() async throws {
        let shop = try await TestShop.open()
        let made = try await shop.post(
            "product",
            ["name": "Cup", "price": 10, "sale_price": 8, "sale_from": "2026-03-01", "sale_to": "2026-03-28"]
        ).json
        #expect((made["sale_from"], made["sale_to"]) == ("2026-03-01 00:00:00", "2026-03-29 00:00:00"))
        let none = try await shop.put(
            "product/\(made["product_id"].integer)", ["brand_id": 0, "main_category_id": "0"])
        #expect((none.json["brand_id"], none.json["main_category_id"]) == (.null, .null))
    }

    @Test func `tiers are kept in order, and each in the form it was given in`() async throws {
        let shop = try await TestShop.open()
        let shirt = try await Self.shirt(in: shop)
        let wanted: JSON = [["from": 3, "price": 88], ["from": 10, "price": 70]]
        #expect(try await shop.get("product/\(shirt)").json["discount_intervals"] == wanted)
        let older = try await shop.put(
            "product/\(shirt)", ["discount": [["over": 9, "discount": .number(JSONNumber(text: "12.5"))]]])
        #expect(older.json["discount_intervals"] == [["over": 9, "discount": .number(JSONNumber(text: "12.5"))]])
        let both = try await shop.put(
            "product/\(shirt)", ["discount_intervals": [["over": 9, "discount": 5], ["from": 3, "price": 88]]])
        #expect(both.json["discount_intervals"] == [["from": 3, "price": 88], ["over": 9, "discount": 5]])
        #expect(try await shop.get("product/\(shirt)").json["discount_intervals"] == both.json["discount_intervals"])
    }

    @Test func `what a price list cannot hold is named`() async throws {
        let shop = try await TestShop.open()
        let shirt = try await Self.shirt(in: shop)
        func pointers(_ body: JSON) async throws -> [String] { try await shop.put("product/\(shirt)", body).pointers }
        #expect(
            try await pointers(["discount_intervals": [["price": 5], ["from": 0, "price": 1], 7, ["from": 2]]]) == [
                "/discount_intervals/0/from", "/discount_intervals/1/from", "/discount_intervals/2",
                "/discount_intervals/3/price",
            ])
        #expect(
            try await pointers(["discount_intervals": [["from": 2, "price": 5], ["from": 2, "price": 4]]]) == [
                "/discount_intervals/1/from"
            ])
        // From 10 and over 9 are one tier; a discount needs to know over how many.
        let tens: JSON = [["from": 10, "price": 5], ["over": 9, "discount": 4], ["from": 3, "discount": 4]]
        #expect(
            try await pointers(["discount_intervals": tens]) == [
                "/discount_intervals/1/over", "/discount_intervals/2/over",
            ])
        #expect(try await pointers(["group_prices": [["price": 5]]]) == ["/group_prices/0/group"])
        let window: JSON = ["sale_from": "2026-03-02 00:00:00", "sale_to": "2026-03-02 00:00:00"]
        #expect(try await pointers(window) == ["/sale_to"])
        for query in ["amount=0", "amount=x", "customer_id=999999"] {
            #expect(try await shop.get("product/\(shirt)/price?\(query)").status == 422, "\(query)")
        }
        #expect(try await shop.get("product/999999/price").status == 404)
        let unread = try await shop.get("product/\(shirt)/price?customer_id=9007199254740992")
        #expect(unread.status == 422 && unread.text.contains("from 1 to 9007199254740991"), "\(unread.text)")
    }
}
