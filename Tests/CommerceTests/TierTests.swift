import Basics
import Resources
import Support
import Testing

/// Tiers and group prices where the price changes, where a variant has a price of its own, and at the ends of what can be said.
@Suite struct TierTests {
    private static func paid(_ shop: TestShop, _ product: Int64, _ amount: Int64, _ more: [JSONObject.Member] = [])
        async throws -> String
    {
        let line = JSONObject([.init("product_id", .number(product)), .init("amount", .number(amount))] + more)
        return try await shop.order([.object(line)]).json["products"][0]["unit_price"].digits
    }

    private static func product(_ shop: TestShop, price: JSON, _ tiers: JSON, stock: Int64 = 2000) async throws -> Int64
    {
        try await shop.product("Shirt", price: price, stock: stock, JSONObject([.init("discount_intervals", tiers)]))
    }

    @Test func `a discount stays a discount when the price changes, and a price stays a price`() async throws {
        let shop = try await TestShop.open()
        let off = try await Self.product(shop, price: 100, [["over": 9, "discount": 10]])
        let fixed = try await Self.product(shop, price: 100, [["from": 10, "price": 90]])
        #expect(try await Self.paid(shop, off, 10) == "90")
        #expect(try await Self.paid(shop, fixed, 10) == "90")
        for product in [off, fixed] { try await shop.put("product/\(product)", ["price": 200]) }
        #expect(try await Self.paid(shop, off, 10) == "190")
        #expect(try await Self.paid(shop, off, 9) == "200")
        #expect(try await Self.paid(shop, fixed, 10) == "90")
        let shown = try await shop.get("product/\(off)/price?amount=10").json
        #expect((shown["price"], shown["unit_price"], shown["rule"]) == (200, 190, "tier"))
    }

    @Test func `what is accepted of a price list can be read, priced and ordered`() async throws {
        let shop = try await TestShop.open()
        let most: Int64 = 10_000_000_000
        let lists: [(price: Int64, tiers: JSON)] = [
            (100, [["over": 1_000_000, "discount": 1]]), (100, [["from": 1_000_001, "price": 1]]),
            (100_000_001, [["over": 9, "discount": 0]]), (most, [["from": 2, "price": .number(most)]]),
            (most, [["over": 0, "discount": .number(most)]]),
        ]
        for (price, tiers) in lists {
            let made = try await shop.post(
                "product",
                ["name": "Shirt", "price": .number(price), "discount_intervals": tiers, "allow_negative_stock": 1])
            #expect(made.status == 200, "\(tiers)")
            let id = made.json["product_id"].integer
            #expect(made.json["discount_intervals"] == tiers)
            let back = try await shop.put("product/\(id)", ["discount_intervals": made.json["discount_intervals"]])
            #expect(back.status == 200, "\(tiers)")
            #expect(try await shop.get("product/\(id)/price?amount=10").status == 200, "\(tiers)")
            #expect(try await Self.paid(shop, id, 1) == "\(price)", "\(tiers)")
        }
    }

    @Test func `a discount of the whole price or more gives nothing away`() async throws {
        let shop = try await TestShop.open()
        let product = try await Self.product(shop, price: 5, [["over": 0, "discount": 10]])
        #expect(try await Self.paid(shop, product, 1) == "5")
        try await shop.put("product/\(product)", ["price": 200])
        #expect(try await Self.paid(shop, product, 1) == "190")
        try await shop.put("product/\(product)", ["price": 10])
        #expect(try await Self.paid(shop, product, 1) == "10")
    }

    /// A product at 100 in a plain and in a dear variant, with a price for staff, a tier and a discount.
    private static func shirt(_ shop: TestShop, dear: Int64, _ prices: [JSONObject.Member]) async throws -> Int64 {
        let line = JSONObject(
            [
                .init("own_id", "S"), .init("name", "Shirt"), .init("price", 100), .init("allow_negative_stock", 1),
                .init("profile", "Size"),
                .init(
                    "stock_settings",
                    [
                        ["own_id": "S-1", "options": ["Size": "M"]],
                        ["own_id": "S-2", "options": ["Size": "XXL"], "price": .number(dear)],
                    ]),
            ] + prices)
        #expect(try await shop.importing(JSON.object(line).serialized, as: .butikJSONL).faults == [])
        return try await shop.get("product/own_id:S").json["product_id"].integer
    }

    private static func paid(_ shop: TestShop, _ number: String, _ amount: Int64, customer: JSON = .null) async throws
        -> String
    {
        try await shop.order(
            [["own_id": .string(number), "amount": .number(amount)]], JSONObject([.init("customer_id", customer)])
        ).json["products"][0]["unit_price"].digits
    }

    @Test func `a variant with a price of its own never falls to a tier or a group price of its product`() async throws
    {
        let shop = try await TestShop.open()
        let shirt = try await Self.shirt(
            shop, dear: 150,
            [
                .init("discount_intervals", [["from": 3, "price": 90]]),
                .init("group_prices", [["group": "Staff", "price": 80]]), .init("sale_price", 95),
            ])
        let ann = try await shop.post("customer", ["name": "Ann", "customer_group": "Staff"]).json["customer_id"]
        #expect(try await Self.paid(shop, "S-1", 1) == "95")
        #expect(try await Self.paid(shop, "S-1", 3) == "90")
        #expect(try await Self.paid(shop, "S-1", 1, customer: ann) == "80")
        #expect(try await Self.paid(shop, "S-2", 2) == "150")
        #expect(try await Self.paid(shop, "S-2", 3) == "150")
        #expect(try await Self.paid(shop, "S-2", 1, customer: ann) == "150")
        let dear = try await shop.get("product/\(shirt)").json["variants"][1]["variant_id"].integer
        let shown = try await shop.get(
            "product/\(shirt)/price?amount=3&variant_id=\(dear)&customer_id=\(ann.integer)"
        ).json
        #expect((shown["price"], shown["unit_price"], shown["rule"]) == (150, 150, "price"))
    }

    @Test func `a variant whose own price is the product's has its tiers and group prices, and a sale of its own`()
        async throws
    {
        let shop = try await TestShop.open()
        _ = try await Self.shirt(
            shop, dear: 100,
            [
                .init("discount_intervals", [["from": 3, "price": 90]]),
                .init("group_prices", [["group": "Staff", "price": 80]]), .init("sale_price", 95),
            ])
        let ann = try await shop.post("customer", ["name": "Ann", "customer_group": "Staff"]).json["customer_id"]
        #expect(try await Self.paid(shop, "S-2", 2) == "100")
        #expect(try await Self.paid(shop, "S-2", 3) == "90")
        #expect(try await Self.paid(shop, "S-2", 1, customer: ann) == "80")
        // Where the product has no price, a variant at 0 does not cost what it costs.
        try await shop.put("product/own_id:S", ["price": .null, "stock_settings": []])
        #expect(try await Self.paid(shop, "S-2", 3) == "100")
    }

    @Test func `discounts are taken off the price of the variant`() async throws {
        let shop = try await TestShop.open()
        _ = try await Self.shirt(
            shop, dear: 150,
            [
                .init("discount_intervals", [["over": 2, "discount": 10], ["from": 5, "price": 60]]),
                .init("bulk_discount_over", 9), .init("bulk_discount", 25),
            ])
        #expect(try await Self.paid(shop, "S-1", 3) == "90")
        #expect(try await Self.paid(shop, "S-1", 5) == "60")
        #expect(try await Self.paid(shop, "S-2", 3) == "140")
        // The tier of the product is none of this variant's; the one below it is.
        #expect(try await Self.paid(shop, "S-2", 5) == "140")
        #expect(try await Self.paid(shop, "S-2", 10) == "125")
    }

    @Test func `search knows what the cheapest variant costs`() async throws {
        let shop = try await TestShop.open()
        _ = try await Self.shirt(shop, dear: 40, [.init("discount_intervals", [["from": 3, "price": 10]])])
        func found(_ most: Int64) async throws -> Int64 {
            try await shop.get("product/search?q=shirt&price[lte]=\(most)").json["paging"]["total"].integer
        }
        #expect(try await found(40) == 1)
        #expect(try await found(39) == 0)
    }
}
