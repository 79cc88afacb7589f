import Basics
import Resources
import Support
import Testing

/// A bundle is sold from its members' stock, all of it or none.
@Suite struct BundleTests {
    static func bundle(_ members: [(Int64, Int64)], in shop: TestShop, _ more: JSONObject = JSONObject()) async throws
        -> Int64
    {
        let rows = members.map { id, count -> JSON in ["product_id": .number(id), "count": .number(count)] }
        return try await shop.product("Set", price: 250, JSONObject(more.members + [.init("bundle", .array(rows))]))
    }

    static func inStock(_ product: Int64, in shop: TestShop) async throws -> Int64 {
        try await shop.get("product/\(product)").json["in_stock"].integer
    }

    @Test func `a bundle is shown as ids and with counts, and has as many as its members allow`() async throws {
        let shop = try await TestShop.open()
        let cup = try await shop.product("Cup", stock: 13)
        let pot = try await shop.product("Pot", stock: 4)
        let made = try await shop.post(
            "product",
            [
                "name": "Tea set",
                "bundle": [["product_id": .number(cup), "count": 6], .number(pot)],
            ])
        #expect(made.json["bundle"] == [.number(cup), .number(pot)])
        #expect(
            made.json["bundle_data"] == [
                ["product_id": .number(cup), "name": "Cup", "count": 6],
                ["product_id": .number(pot), "name": "Pot", "count": 1],
            ])
        #expect(made.json["in_stock"] == 2)
        let set = made.json["product_id"].integer
        #expect(try await shop.get("product/\(set)").body == made.body)
        for (product, count, expected) in [(cup, 5, 0), (cup, 60, 4), (pot, 11, 10)] as [(Int64, Int64, Int64)] {
            try await shop.put("stock/\(product)", ["count": .number(count)])
            #expect(try await Self.inStock(set, in: shop) == expected)
            let row = try await shop.get("stock/\(set)").json["stock"][0]
            #expect(row["available"].integer == expected)
            #expect(row["count"] == 0)
        }
        let list = try await shop.get("product?fields=in_stock&sort=product_id").json["products"].elements
        #expect(list.map { $0["in_stock"].integer } == [60, 11, 10])
    }

    @Test func `an order takes the members' stock, and cancelling puts it back once, whatever the bundle is by then`()
        async throws
    {
        let shop = try await TestShop.open()
        let cup = try await shop.product("Cup", stock: 20)
        let pot = try await shop.product("Pot", stock: 5)
        let set = try await Self.bundle([(cup, 6), (pot, 1)], in: shop)
        let order = try await shop.order([TestShop.line(set, 2), TestShop.line(cup, 3)]).json
        #expect(try await shop.stock(cup) == 5)
        #expect(try await shop.stock(pot) == 3)
        #expect(try await Self.inStock(set, in: shop) == 0)
        #expect(order["price"] == 800)
        let line = order["products"][0]
        #expect(line["product_id"].integer == set)
        #expect(line["bundle"][0]["count"] == 6)
        #expect(line["bundle"].elements.map { $0["name"].text } == ["Cup", "Pot"])
        #expect(order["products"][1]["bundle"] == [])
        #expect(try await shop.findings() == [])

        try await shop.put("product/\(set)", ["bundle": [.number(pot)]])
        let id = order["order_id"].integer
        let cancelled = try await shop.post("order/\(id)/cancel", [:])
        #expect(cancelled.status == 200)
        #expect(try await shop.post("order/\(id)/cancel", [:]).json == cancelled.json)
        #expect(try await shop.stock(cup) == 20)
        #expect(try await shop.stock(pot) == 5)
        #expect(try await shop.ledger(cup) == 20)
        #expect(try await shop.ledger(set) == 0)
        #expect(try await shop.findings() == [])
    }

    @Test func `short members name the line, and nothing is taken`() async throws {
        let shop = try await TestShop.open()
        let cup = try await shop.product("Cup", stock: 11)
        let pot = try await shop.product("Pot", stock: 9)
        let set = try await Self.bundle([(cup, 6), (pot, 1)], in: shop)
        let before = try await shop.events().count
        let reply = try await shop.order([TestShop.line(pot), TestShop.line(set, 2)])
        #expect(reply.status == 409)
        #expect(reply.code == "stock_short")
        #expect(reply.pointers == ["/products/1/amount"])
        #expect(reply.json["errors"][0]["message"].text.contains("12 of Cup"))
        #expect(try await shop.stock(cup) == 11)
        #expect(try await shop.stock(pot) == 9)
        #expect(try await shop.events().count == before)
        #expect(try await shop.order([TestShop.line(cup, 6), TestShop.line(set)]).pointers == ["/products/1/amount"])
    }

    @Test func `a bundle in a bundle is refused, from whichever side it is made`() async throws {
        let shop = try await TestShop.open()
        let cup = try await shop.product("Cup")
        let set = try await Self.bundle([(cup, 6)], in: shop)
        for (product, member) in [(0, set), (cup, set), (set, set)] as [(Int64, Int64)] {
            let body: JSON = ["name": "Outer", "bundle": [.number(member)]]
            let reply =
                product == 0 ? try await shop.post("product", body) : try await shop.put("product/\(product)", body)
            #expect(reply.status == 422)
            #expect(reply.pointers == ["/bundle/0"])
            #expect(reply.json["errors"][0]["code"] == "nested_bundle")
        }
        let other = try await shop.product("Pot")
        let inner = try await shop.put("product/\(cup)", ["bundle": [.number(other)]])
        #expect(inner.pointers == ["/bundle"])
        #expect(inner.json["errors"][0]["code"] == "nested_bundle")
        #expect(try await shop.put("product/\(set)", ["bundle": []]).json["bundle_data"] == [])
        #expect(try await shop.put("product/\(cup)", ["bundle": [.number(other)]]).status == 200)
    }

    @Test func `the stock of a bundle cannot be counted, and what has stock cannot become one`() async throws {
        let shop = try await TestShop.open()
        let cup = try await shop.product("Cup", stock: 6)
        let box = try await shop.product("Box", stock: 2)
        let early = try await shop.put("product/\(box)", ["bundle": [.number(cup)]])
        #expect(early.status == 409)
        #expect(early.pointers == ["/bundle"])
        try await shop.put("stock/\(box)", ["count": 0])
        #expect(try await shop.put("product/\(box)", ["bundle": [.number(cup)]]).json["in_stock"] == 6)
        #expect(try await shop.put("stock/\(box)", ["count": 5]).code == "bundle_stock")
        let several = try await shop.post(
            "stock", [["product_id": .number(cup), "count": 1], ["product_id": .number(box), "adjust": 1]])
        #expect(several.status == 409)
        #expect(several.pointers == ["/1"])
        #expect(try await shop.stock(cup) == 6)
        let entry = try await shop.post("stock-entry", ["product_id": .number(box), "change": 1, "reason": "found"])
        #expect(entry.status == 409)
        #expect(try await shop.get("stock/\(box)").json["stock"][0]["available"] == 6)
    }

    @Test func `ids alone keep the counts there were, and a member named twice is there twice`() async throws {
        let shop = try await TestShop.open()
        let cup = try await shop.product("Cup")
        let pot = try await shop.product("Pot")
        let set = try await Self.bundle([(cup, 6), (pot, 2)], in: shop)
        let lid = try await shop.product("Lid")
        let added = try await shop.put("product/\(set)", ["bundle": [.number(lid), .number(cup), .number(pot)]]).json
        #expect(added["bundle_data"].elements.map { $0["count"].integer } == [1, 6, 2])
        let version = try await shop.get("product/\(set)")[header: "ETag"]
        let same = try await shop.put("product/\(set)", ["bundle": added["bundle"]])
        #expect(same[header: "ETag"] == version)
        let twice = try await shop.put(
            "product/\(set)",
            ["bundle": [["product_id": .number(lid), "count": 2], ["product_id": .number(lid), "count": 3]]])
        #expect(twice.json["bundle_data"] == [["product_id": .number(lid), "name": "Lid", "count": 5]])
        let recounted = try await shop.put("product/\(set)", ["bundle": [["product_id": .number(lid), "count": 4]]])
        #expect(recounted.json["bundle_data"][0]["count"] == 4)
        #expect(recounted.json["bundle"] == [.number(lid)])
    }

    @Test func `a list that names a member twice means two of it, however often it is sent`() async throws {
        let shop = try await TestShop.open()
        let cup = try await shop.product("Cup")
        let set = try await Self.bundle([(cup, 3)], in: shop)
        for _ in 1...3 {
            let reply = try await shop.put("product/\(set)", ["bundle": [.number(cup), .number(cup)]])
            #expect(reply.json["bundle_data"][0]["count"] == 2)
        }
    }

    @Test func `a bundle shows its members' names as they are now`() async throws {
        let shop = try await TestShop.open()
        let cup = try await shop.product("Cup")
        let set = try await Self.bundle([(cup, 6)], in: shop)
        try await shop.put("product/\(cup)", ["name": "Mug"])
        let shown = try await shop.get("product/\(set)").json
        #expect(shown["bundle_data"][0]["name"] == "Mug")
        let event = try await shop.events().last { $0["type"] == "product.updated" && $0["resource_id"].integer == set }
        #expect(event?["data"] == shown)
    }

    @Test func `a bundle that lacks a deleted member is out of stock and cannot be ordered`() async throws {
        let shop = try await TestShop.open()
        let cup = try await shop.product("Cup", stock: 60)
        let pot = try await shop.product("Pot", stock: 60)
        let set = try await Self.bundle([(cup, 6), (pot, 1)], in: shop)
        #expect(try await shop.delete("product/\(pot)").status == 200)
        #expect(try await Self.inStock(set, in: shop) == 0)
        let reply = try await shop.order(set)
        #expect(reply.status == 409)
        #expect(reply.pointers == ["/products/0/amount"])
        #expect(try await shop.stock(cup) == 60)
        let removed = try await shop.put("product/\(set)", ["bundle": [.number(pot)]])
        #expect(removed.pointers == ["/bundle/0"])
        #expect(try await shop.put("product/\(set)", ["bundle": [.number(cup)]]).json["in_stock"] == 10)
    }

    @Test func `a member that may be sold below zero sets no limit`() async throws {
        let shop = try await TestShop.open()
        let cup = try await shop.product("Cup", stock: 13)
        let ribbon = try await shop.product("Ribbon", JSONObject([.init("allow_negative_stock", 1)]))
        let set = try await Self.bundle([(cup, 6), (ribbon, 2)], in: shop)
        #expect(try await Self.inStock(set, in: shop) == 2)
        #expect(try await shop.order(set, 2).status == 200)
        #expect(try await shop.stock(ribbon) == -4)
        #expect(try await shop.order(set).status == 409)
        #expect(try await shop.findings() == [])
    }

    @Test func `what a bundle sells out goes offline if it shall`() async throws {
        let shop = try await TestShop.open()
        let offline = JSONObject([.init("auto_offline", 1)])
        let cup = try await shop.product("Cup", stock: 13, offline)
        let pot = try await shop.product("Pot", stock: 2, offline)
        let set = try await Self.bundle([(cup, 6), (pot, 1)], in: shop, offline)
        func online() async throws -> [Int64] {
            var flags: [Int64] = []
            for id in [cup, pot, set] { flags.append(try await shop.get("product/\(id)").json["is_online"].integer) }
            return flags
        }
        #expect(try await shop.order(set).status == 200)
        #expect(try await online() == [1, 1, 1])
        #expect(try await shop.order(set).status == 200)
        #expect(try await online() == [1, 0, 0])
    }

    @Test func `search finds a bundle in stock as long as its members allow one`() async throws {
        let shop = try await TestShop.open()
        let cup = try await shop.product("Cup", stock: 12)
        let pot = try await shop.product("Pot", stock: 1)
        _ = try await Self.bundle([(cup, 6), (pot, 1)], in: shop)
        func found() async throws -> Int64 {
            try await shop.get("product/search?q=set&in_stock=1").json["paging"]["total"].integer
        }
        #expect(try await found() == 1)
        try await shop.put("stock/\(cup)", ["count": 5])
        #expect(try await found() == 0)
        try await shop.put("stock/\(cup)", ["count": 6])
        #expect(try await found() == 1)
        try await shop.delete("product/\(pot)")
        #expect(try await found() == 0)
    }
}
