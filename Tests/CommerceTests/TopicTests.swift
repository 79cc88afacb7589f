import Basics
import Commerce
import Resources
import Support
import Testing

/// The topics of CONTRACT 6, as sentences: each fires in the transaction of its cause, once per change.
@Suite struct TopicTests {
    /// A shop and the topics it has told since it was last asked.
    private final class Ear {
        let shop: TestShop
        private var heard = 0

        init() async throws {
            shop = try await TestShop.open()
            _ = try await topics()
        }

        /// The topics since the last look with the ids of their objects; kinds of events that are no topics are left out.
        func topics() async throws -> [String] {
            let events = try await shop.events()
            defer { heard = events.count }
            return events.dropFirst(heard).filter { !$0["type"].text.contains(".") }.map {
                "\($0["type"].text) \($0["resource_id"].integer)"
            }
        }
    }

    private static func placed(_ shop: TestShop, _ more: JSONObject = JSONObject()) async throws -> Int64 {
        let product = try await shop.product(stock: 10)
        return try await shop.order([TestShop.line(product)], more).json["order_id"].integer
    }

    @Test func `an order that is placed is told of once, alone, in a batch or by a key of the shop's own`() async throws
    {
        let ear = try await Ear()
        let product = try await ear.shop.product(stock: 100)
        let line: JSON = [TestShop.line(product)]
        _ = try await ear.topics()
        let one = try await ear.shop.post("order", ["products": line]).json["order_id"].integer
        #expect(try await ear.topics() == ["stock \(product)", "order_created \(one)"])
        let rows: JSON = .array((0..<3).map { _ in ["method": "POST", "body": ["products": line]] })
        let made = try await ear.shop.post("order/batch", rows).json["results"].elements.map {
            $0["body"]["order_id"].integer
        }
        #expect(try await ear.topics().filter { $0.hasPrefix("order") } == made.map { "order_created \($0)" })
        let own = try await ear.shop.put("order/own_id:A-1", ["products": line]).json["order_id"].integer
        #expect(try await ear.topics() == ["stock \(product)", "order_created \(own)"])
        try await ear.shop.put("order/own_id:A-1", ["comments": "Ring twice"])
        #expect(try await ear.topics() == [])
    }

    @Test func `an order is paid once, however often that is said`() async throws {
        let ear = try await Ear()
        let paid = try await Self.placed(ear.shop, JSONObject([.init("paid", 1)]))
        #expect(try await ear.topics().suffix(2) == ["order_created \(paid)", "paid \(paid)"])
        let order = try await Self.placed(ear.shop)
        _ = try await ear.topics()
        for _ in 0..<2 { try await ear.shop.put("order/\(order)", ["paid": 1]) }
        #expect(try await ear.topics() == ["paid \(order)"])
        try await ear.shop.put("order/\(order)", ["paid": 0])
        #expect(try await ear.topics() == [])
        let row: JSON = ["method": "PUT", "id": .number(order), "body": ["paid": 1, "status": "sent"]]
        try await ear.shop.post("order/batch", [row])
        #expect(try await ear.topics() == ["new_status \(order)", "paid \(order)"])
    }

    @Test func `a new status is told of once, also of an order that is cancelled or deleted`() async throws {
        let ear = try await Ear()
        let orders = [try await Self.placed(ear.shop), try await Self.placed(ear.shop)]
        _ = try await ear.topics()
        for _ in 0..<2 { try await ear.shop.put("order/\(orders[0])", ["status": "inprocess", "comments": "now"]) }
        #expect(try await ear.topics() == ["new_status \(orders[0])"])
        for _ in 0..<2 { try await ear.shop.post("order/\(orders[0])/cancel", [:]) }
        #expect(try await ear.topics().filter { $0.hasPrefix("new") } == ["new_status \(orders[0])"])
        try await ear.shop.delete("order/\(orders[1])")
        #expect(try await ear.topics().filter { $0.hasPrefix("new") } == ["new_status \(orders[1])"])
    }

    @Test func `a product is told of when it is made and when it changes, and not when nothing did`() async throws {
        let ear = try await Ear()
        let product = try await ear.shop.post("product", ["name": "Cap", "price": 10]).json["product_id"].integer
        #expect(try await ear.topics() == ["product \(product)"])
        for _ in 0..<2 { try await ear.shop.put("product/\(product)", ["price": 12, "name": "Cap"]) }
        #expect(try await ear.topics() == ["product \(product)"])
        let image = try await ear.shop.post(
            "product/\(product)/image", ["data": .string(Picture.png(8, 6).base64)])
        #expect(image.status == 200)
        #expect(try await ear.topics() == ["product \(product)"])
        let rows: JSON = [
            ["method": "POST", "body": ["name": "Hat", "price": 5]],
            ["method": "PUT", "id": .number(product), "body": ["price": 13]],
        ]
        let hat = try await ear.shop.post("product/batch", rows).json["results"][0]["body"]["product_id"].integer
        #expect(try await ear.topics().sorted() == ["product \(product)", "product \(hat)"].sorted())
        try await ear.shop.delete("product/\(hat)")
        #expect(try await ear.topics() == [])
    }

    @Test func `a variant that changes is one change of its product`() async throws {
        let ear = try await Ear()
        let profile = try await ear.shop.post("profile", ["name": "Shoe"]).json["profile_id"]
        let size = try await ear.shop.post(
            "profile-attribute", ["name": "Size", "profile_id": profile, "is_variant": 1]
        ).json["attribute_id"]
        var settings: [JSON] = []
        for name in ["41", "42"] {
            let body: JSON = ["attribute_id": size, "val": .string(name)]
            let value = try await ear.shop.post("profile-attribute-value", body).json["attribute_value_id"]
            settings.append(["attribute_value_id": value])
        }
        let body: JSON = ["name": "Boot", "price": 9, "profile_id": profile, "stock_settings": .array(settings)]
        let made = try await ear.shop.post("product", body).json
        let product = made["product_id"].integer
        #expect(try await ear.topics().filter { $0.hasPrefix("product") } == ["product \(product)"])
        let variants = made["variants"].elements.map { $0["variant_id"].integer }
        try await ear.shop.put("variant/\(variants[0])", ["price": 11])
        #expect(try await ear.topics() == ["product \(product)"])
        let rows: JSON = .array(
            variants.map { ["method": "PUT", "id": .number($0), "body": ["price": 12, "gtin": .string("570\($0)")]] })
        #expect(try await ear.shop.post("variant/batch", rows).status == 200)
        #expect(try await ear.topics() == ["product \(product)"])
    }

    @Test func `stock that moves is told of once per level, whoever moves it`() async throws {
        let ear = try await Ear()
        let product = try await ear.shop.product("Cap")
        _ = try await ear.topics()
        for _ in 0..<2 { try await ear.shop.put("stock/\(product)", ["count": 10]) }
        #expect(try await ear.topics() == ["stock \(product)"])
        try await ear.shop.post("stock", [["product_id": .number(product), "adjust": 5]])
        #expect(try await ear.topics() == ["stock \(product)"])
        try await ear.shop.post("stock-entry", ["product_id": .number(product), "change": -1, "reason": "broken"])
        #expect(try await ear.topics() == ["stock \(product)"])
        let order = try await ear.shop.order(product, 2).json["order_id"].integer
        #expect(try await ear.topics() == ["stock \(product)", "order_created \(order)"])
        try await ear.shop.post("order/\(order)/cancel", [:])
        #expect(try await ear.topics() == ["stock \(product)", "new_status \(order)"])
    }

    @Test func `a product that goes offline as it sells out is one change of it`() async throws {
        let ear = try await Ear()
        let product = try await ear.shop.product("Cap", stock: 1, JSONObject([.init("auto_offline", 1)]))
        _ = try await ear.topics()
        let order = try await ear.shop.order(product).json["order_id"].integer
        #expect(try await ear.shop.get("product/\(product)").json["is_online"] == 0)
        #expect(
            try await ear.topics().sorted() == ["order_created \(order)", "product \(product)", "stock \(product)"])
    }

    @Test func `a category is told of when it is made, changed and deleted`() async throws {
        let ear = try await Ear()
        let category = try await ear.shop.post("category", ["name": "Hats"]).json["category_id"].integer
        for _ in 0..<2 { try await ear.shop.put("category/\(category)", ["name": "Caps"]) }
        try await ear.shop.delete("category/\(category)")
        #expect(try await ear.topics() == Array(repeating: "category \(category)", count: 3))
    }

    @Test func `a new customer is told of once`() async throws {
        let ear = try await Ear()
        let anna = try await ear.shop.post("customer", ["name": "Anna"]).json["customer_id"].integer
        try await ear.shop.put("customer/\(anna)", ["city": "Odense"])
        let rows: JSON = [["method": "POST", "body": ["name": "Bo"]]]
        let bo = try await ear.shop.post("customer/batch", rows).json["results"][0]["body"]["customer_id"].integer
        #expect(try await ear.topics() == ["customer_created \(anna)", "customer_created \(bo)"])
    }

    @Test func `an import tells of what it makes and changes, once for each`() async throws {
        let ear = try await Ear()
        func file(_ price: Int) -> String {
            (1...3).map {
                #"{"own_id":"P\#($0)","name":"Product \#($0)","price":\#($0 == 3 ? price : 5),"categories":[["Hats"]],"stock":4}"#
            }.joined(separator: "\n")
        }
        #expect(try await ear.shop.importing(file(5), as: .butikJSONL).created == 3)
        let products = try await ear.shop.get("product?sort=product_id&limit=10").json["products"].elements.map {
            $0["product_id"].integer
        }
        let category = try await ear.shop.get("category").json[0]["category_id"].integer
        try #require(products.count == 3)
        let told = try await ear.topics()
        #expect(told.filter { $0.hasPrefix("product") } == products.map { "product \($0)" })
        #expect(told.filter { $0.hasPrefix("stock") } == products.map { "stock \($0)" })
        #expect(told.filter { $0.hasPrefix("category") } == ["category \(category)"])
        try await ear.shop.importing(file(5), as: .butikJSONL)
        #expect(try await ear.topics() == [])
        try await ear.shop.importing(file(6), as: .butikJSONL)
        #expect(try await ear.topics() == ["product \(products[2])"])
    }

    @Test func `what was not done is not told of`() async throws {
        let ear = try await Ear()
        let product = try await ear.shop.product(stock: 3)
        _ = try await ear.topics()
        let body: JSON = ["products": [TestShop.line(product)], "paid": 1]
        #expect(try await ear.shop.post("order", body, headers: ["Prefer": "dry-run"]).status == 200)
        #expect(try await ear.shop.order(product, 4).status == 409)
        let rows: JSON = [
            ["method": "POST", "body": ["name": "Anna"]], ["method": "POST", "body": ["email": "nobody"]],
        ]
        #expect(try await ear.shop.post("customer/batch", rows).status == 422)
        #expect(try await ear.topics() == [])
    }

    @Test func `a repeat under its idempotency key is told of once`() async throws {
        let ear = try await Ear()
        let product = try await ear.shop.product(stock: 3)
        _ = try await ear.topics()
        let body: JSON = ["products": [TestShop.line(product)]]
        for _ in 0..<2 { try await ear.shop.post("order", body, headers: ["Idempotency-Key": "once"]) }
        #expect(try await ear.topics().filter { $0.hasPrefix("order") }.count == 1)
    }
}
