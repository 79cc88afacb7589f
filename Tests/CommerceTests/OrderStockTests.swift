import Basics
import Resources
import Support
import Testing

/// What an order does to the stock.
@Suite struct OrderStockTests {
    @Test func `short stock names the lines and stores nothing`() async throws {
        let shop = try await TestShop.open()
        let plenty = try await shop.product("Shirt", stock: 10)
        let few = try await shop.product("Bag", stock: 2)
        let none = try await shop.product("Hat")
        let before = try await shop.events().count
        let reply = try await shop.order(
            [TestShop.line(few, 3), TestShop.line(plenty, 4), TestShop.line(none)], JSONObject([.init("paid", 1)]))
        #expect(reply.status == 409)
        #expect(reply.code == "stock_short")
        #expect(reply.pointers == ["/products/0/amount", "/products/2/amount"])
        #expect(try await shop.stock(plenty) == 10)
        #expect(try await shop.stock(few) == 2)
        #expect(try await shop.get("order?limit=0").json["paging"]["total"] == 0)
        #expect(try await shop.get("stock-entry?product_id=\(plenty)&kind=order").json["paging"]["total"] == 0)
        #expect(try await shop.events().count == before)
    }

    @Test func `the feed tells of stock that an order took what a reader of its row is shown`() async throws {
        let wardrobe = try await Wardrobe.open()
        let shop = wardrobe.shop
        let shirt = try await wardrobe.shirt(["M", "L"], ["allow_negative_stock": 1])["product_id"]
        let hat = try await shop.product("Hat", stock: 9, JSONObject([.init("own_id", "HAT")]))
        let cup = try await shop.product("Cup", stock: 9, JSONObject([.init("own_id", "CUP")]))
        let set = try await BundleTests.bundle([(cup, 2)], in: shop)
        let order = try await shop.order([
            TestShop.line(hat), ["product_id": shirt, "amount": 2, "variant_name": "L"], TestShop.line(set),
        ])
        #expect(order.status == 200)
        let told = try await shop.events().filter { $0["type"] == "stock.updated" }.suffix(3).map { $0["data"] }
        #expect(told.map { $0["own_id"] } == ["SHIRT-L", "HAT", "CUP"])
        #expect(told.map { $0["variant_name"] } == ["L", .null, .null])
        for row in told {
            let rows = try await shop.get("stock/\(row["product_id"].integer)").json["stock"].elements
            #expect(rows.contains(row), "\(row)")
        }
    }

    @Test func `two lines of one product take from the same stock`() async throws {
        let shop = try await TestShop.open()
        let product = try await shop.product(stock: 5)
        let short = try await shop.order([TestShop.line(product, 3), TestShop.line(product, 3)])
        #expect(short.status == 409)
        #expect(short.pointers == ["/products/1/amount"])
        #expect(try await shop.order([TestShop.line(product, 3), TestShop.line(product, 2)]).status == 200)
        #expect(try await shop.stock(product) == 0)
        #expect(try await shop.ledger(product) == 0)
    }

    @Test func `a product that allows negative stock is sold below zero`() async throws {
        let shop = try await TestShop.open()
        let product = try await shop.product(stock: 1, JSONObject([.init("allow_negative_stock", 1)]))
        #expect(try await shop.order(product, 4).status == 200)
        #expect(try await shop.stock(product) == -3)
        let forbidden = try await shop.put("product/\(product)", ["allow_negative_stock": 0])
        #expect(forbidden.status == 409)
        #expect(forbidden.pointers == ["/allow_negative_stock"])
        try await shop.put("stock/\(product)", ["count": 2])
        #expect(try await shop.put("product/\(product)", ["allow_negative_stock": 0]).status == 200)
        #expect(try await shop.order(product, 3).status == 409)
        #expect(try await shop.findings() == [])
    }

    @Test func `a product that is sold out goes offline if it shall`() async throws {
        let shop = try await TestShop.open()
        let leaving = try await shop.product("Shirt", stock: 3, JSONObject([.init("auto_offline", 1)]))
        let staying = try await shop.product("Bag", stock: 3)
        #expect(try await shop.order([TestShop.line(leaving, 2), TestShop.line(staying, 3)]).status == 200)
        #expect(try await shop.get("product/\(leaving)").json["is_online"] == 1)
        #expect(try await shop.order([TestShop.line(leaving)]).status == 200)
        #expect(try await shop.get("product/\(leaving)").json["is_online"] == 0)
        #expect(try await shop.get("product/\(staying)").json["is_online"] == 1)
        let types = try await shop.events().filter { $0["resource_id"].integer == leaving }.map { $0["type"].text }
        #expect(types.last(where: { $0.hasPrefix("product.") }) == "product.updated")
    }

    @Test func `a count and a till take the last one as an order does`() async throws {
        let shop = try await TestShop.open()
        let offline = JSONObject([.init("auto_offline", 1)])
        let counted = try await shop.product("Shirt", stock: 3, offline)
        let sold = try await shop.product("Cap", stock: 3, offline)
        let member = try await shop.product("Cup", stock: 7)
        let set = try await BundleTests.bundle([(member, 6)], in: shop, offline)
        func online() async throws -> [Int64] {
            var flags: [Int64] = []
            for id in [counted, sold, set] {
                flags.append(try await shop.get("product/\(id)").json["is_online"].integer)
            }
            return flags
        }
        try await shop.put("stock/\(sold)", ["adjust": -2])
        try await shop.put("stock/\(member)", ["adjust": -1])
        #expect(try await online() == [1, 1, 1])
        let stocks: JSON = [
            ["product_id": .number(counted), "count": 0], ["product_id": .number(sold), "adjust": -1],
            ["product_id": .number(member), "count": 5],
        ]
        #expect(try await shop.post("stock", stocks).status == 200)
        #expect(try await online() == [0, 0, 0])
        // Back in stock is not back in the shop: that is for its keeper to say.
        try await shop.put("stock/\(counted)", ["count": 4])
        #expect(try await online() == [0, 0, 0])
        try await shop.put("product/\(counted)", ["is_online": 1])
        try await shop.put("stock/\(counted)", ["count": 3])
        #expect(try await online() == [1, 0, 0])
    }

    @Test func `two lines of one order that sell a product out take it offline once`() async throws {
        let shop = try await TestShop.open()
        let product = try await shop.product("Shirt", stock: 3, JSONObject([.init("auto_offline", 1)]))
        #expect(try await shop.order([TestShop.line(product, 2), TestShop.line(product, 1)]).status == 200)
        #expect(try await shop.get("product/\(product)").json["is_online"] == 0)
        #expect(try await shop.stock(product) == 0)
    }

    @Test func `a cancelled order puts back what it took, once`() async throws {
        let shop = try await TestShop.open()
        let product = try await shop.product(stock: 10)
        let order = try await shop.order([TestShop.line(product, 3), TestShop.line(product, 1)]).json["order_id"]
            .integer
        #expect(try await shop.stock(product) == 6)
        let cancelled = try await shop.post("order/\(order)/cancel", [:])
        #expect(cancelled.json["status"] == "cancelled")
        #expect(try await shop.post("order/\(order)/cancel", [:]).json == cancelled.json)
        #expect(try await shop.stock(product) == 10)
        let entries = try await shop.get("stock-entry?order_id=\(order)&limit=100&sort=stock_entry_id").json
        #expect(entries["stock_entries"].elements.map { $0["change"].integer } == [-3, -1, 3, 1])
        #expect(entries["stock_entries"].elements.map { $0["kind"].text } == ["order", "order", "cancel", "cancel"])
        #expect(try await shop.findings() == [])
    }

    @Test func `a cancelled order puts stock back on a product that was deleted`() async throws {
        let shop = try await TestShop.open()
        let product = try await shop.product(stock: 10)
        let order = try await shop.order(product, 4).json["order_id"].integer
        try await shop.delete("product/\(product)")
        #expect(try await shop.post("order/\(order)/cancel", [:]).status == 200)
        #expect(try await shop.get("stock/\(product)").status == 410)
        #expect(try await shop.ledger(product) == 10)
        #expect(try await shop.findings() == [])
    }
}
