import Basics
import Resources
import Support
import Testing

/// What must hold when many ask for the same thing at once (I1, I2, I13). On a server of their own, one after the other, so
/// that no other test waits for them.
@Suite(.serialized) struct RaceTests {
    private static let server = Task { try await TestServer() }

    private static func shop() async throws -> TestShop { try await TestShop.open(on: server.value) }

    /// What a client does that is told to come again.
    private static func patiently(_ send: () async throws -> Reply) async throws -> Reply {
        let deadline = ContinuousClock.now + .seconds(30)
        while true {
            let reply = try await send()
            if reply.status != 503 || ContinuousClock.now > deadline { return reply }
            #expect(reply.code == "busy")
            #expect(reply[header: "Retry-After"] == "1")
        }
    }

    @Test func `two hundred orders for the last fifty`() async throws {
        let shop = try await Self.shop()
        let product = try await shop.product(stock: 50)
        let replies = try await together(200) { _ in try await Self.patiently { try await shop.order(product) } }
        #expect(replies.filter { $0.status == 200 }.count == 50)
        #expect(replies.filter { $0.status == 409 && $0.code == "stock_short" }.count == 150)
        #expect(try await shop.stock(product) == 0)
        #expect(try await shop.ledger(product) == 0)
        #expect(try await shop.get("order?limit=0").json["paging"]["total"].integer == 50)
        let numbers = replies.filter { $0.status == 200 }.map { $0.json["webshop_order_id"].integer }
        #expect(Set(numbers).count == 50)
        #expect(try await shop.findings() == [])
    }

    @Test func `baskets with the same products in opposite order all get through`() async throws {
        let shop = try await Self.shop()
        let first = try await shop.product("Shirt", stock: 1000)
        let second = try await shop.product("Trousers", stock: 1000)
        let statuses = try await together(60) { index in
            let basket = index.isMultiple(of: 2) ? [first, second] : [second, first]
            return try await shop.order(basket.map { TestShop.line($0) }).status
        }
        #expect(statuses == [Int](repeating: 200, count: 60))
        for product in [first, second] {
            #expect(try await shop.stock(product) == 940)
            #expect(try await shop.ledger(product) == 940)
        }
    }

    @Test func `counts in opposite order all get through`() async throws {
        let shop = try await Self.shop()
        let products = [try await shop.product("Shirt"), try await shop.product("Trousers")]
        let statuses = try await together(40) { index in
            let order = index.isMultiple(of: 2) ? products : products.reversed()
            let rows = order.map { product -> JSON in
                ["product_id": .number(product), "count": .number(Int64(index))]
            }
            return try await shop.post("stock", .array(rows)).status
        }
        #expect(statuses == [Int](repeating: 200, count: 40))
        for product in products {
            #expect(try await shop.stock(product) == shop.ledger(product))
        }
    }

    @Test func `counting while orders run is explained by the ledger`() async throws {
        let shop = try await Self.shop()
        let product = try await shop.product(stock: 30)
        let statuses = try await together(100) { index in
            if index.isMultiple(of: 2) { return try await shop.order(product).status }
            return try await shop.put("stock/\(product)", ["count": .number(Int64(index % 7 * 5))]).status
        }
        #expect(statuses.allSatisfy { $0 == 200 || $0 == 409 })
        let entries = try await shop.get("stock-entry?product_id=\(product)&limit=1000&sort=stock_entry_id").json
        #expect(entries["stock_entries"].elements.allSatisfy { $0["balance"].integer >= 0 })
        #expect(try await shop.stock(product) == shop.ledger(product))
        #expect(try await shop.findings() == [])
    }

    @Test func `moving two categories under each other at once never makes a circle`() async throws {
        let shop = try await Self.shop()
        for _ in 0..<10 {
            let ids = try await together(2) { index in
                try await shop.post("category", ["name": .string("Category \(index)")]).json["category_id"].integer
            }
            let statuses = try await together(20) { index in
                let (moved, parent) = index.isMultiple(of: 2) ? (ids[0], ids[1]) : (ids[1], ids[0])
                return try await shop.put("category/\(moved)", ["parent_id": .number(parent)]).status
            }
            #expect(statuses.allSatisfy { $0 == 200 || $0 == 422 })
            #expect(statuses.contains(200) && statuses.contains(422))
        }
        let tree = try await shop.get("category/tree").json
        #expect(tree.elements.count == 10)
        #expect(tree.elements.allSatisfy { $0["children"].elements.count == 1 })
    }

    @Test func `bundles and their members are sold from one stock, exactly`() async throws {
        let shop = try await Self.shop()
        let cup = try await shop.product("Cup", stock: 60)
        let pot = try await shop.product("Pot", stock: 100)
        let small = try await BundleTests.bundle([(cup, 2), (pot, 1)], in: shop)
        let large = try await BundleTests.bundle([(pot, 3), (cup, 4)], in: shop)
        let replies = try await together(60) { index in
            let product = [small, large, cup][index % 3]
            return try await Self.patiently { try await shop.order(product) }
        }
        #expect(replies.allSatisfy { $0.status == 200 || $0.code == "stock_short" })
        let sold = (0..<3).map { kind in
            Int64(replies.indices.filter { $0 % 3 == kind && replies[$0].status == 200 }.count)
        }
        #expect(try await shop.stock(cup) == 60 - 2 * sold[0] - 4 * sold[1] - sold[2])
        #expect(try await shop.stock(pot) == 100 - sold[0] - 3 * sold[1])
        // Whoever was refused would be refused again.
        #expect(try await shop.stock(cup) < 4)
        let orders = replies.filter { $0.status == 200 }.map { $0.json["order_id"].integer }
        let cancelled = try await together(orders.count * 2) { index in
            let order = orders[index % orders.count]
            return try await Self.patiently { try await shop.post("order/\(order)/cancel", [:]) }.status
        }
        #expect(cancelled.allSatisfy { $0 == 200 })
        #expect(try await shop.stock(cup) == 60)
        #expect(try await shop.stock(pot) == 100)
        #expect(try await shop.findings() == [])
    }

    @Test func `two that put each other into a bundle at once make no bundle in a bundle`() async throws {
        let shop = try await Self.shop()
        for _ in 0..<10 {
            let ids = [try await shop.product("A"), try await shop.product("B"), try await shop.product("C")]
            let statuses = try await together(3) { index in
                let member = ids[(index + 1) % 3]
                return try await Self.patiently {
                    try await shop.put("product/\(ids[index])", ["bundle": [.number(member)]])
                }.status
            }
            // A member of a bundle is none itself, so of three in a ring one can be a bundle.
            #expect(statuses.sorted() == [200, 422, 422])
        }
    }

    @Test func `twenty cancellations put the stock back once`() async throws {
        let shop = try await Self.shop()
        let product = try await shop.product(stock: 10)
        let order = try await shop.order(product, 4).json["order_id"].integer
        let statuses = try await together(20) { index in
            if index.isMultiple(of: 2) { return try await shop.post("order/\(order)/cancel", [:]).status }
            return try await shop.put("order/\(order)", ["status": "cancelled"]).status
        }
        #expect(statuses.allSatisfy { $0 == 200 || $0 == 409 })
        #expect(statuses.contains(200))
        #expect(try await shop.stock(product) == 10)
        #expect(try await shop.ledger(product) == 10)
        #expect(try await shop.findings() == [])
    }

    @Test func `invoices paid at once are numbered without a gap`() async throws {
        let shop = try await Self.shop()
        let product = try await shop.product(stock: 1000)
        let orders = try await together(20) { _ in try await shop.order(product).json["order_id"].integer }
        let replies = try await together(40) { index in
            if index < 20 { return try await shop.put("order/\(orders[index])", ["paid": 1]) }
            // Every second of the new ones fails after it could have taken a number.
            let amount: Int64 = index.isMultiple(of: 2) ? 1 : 2000
            return try await shop.order([TestShop.line(product, amount)], JSONObject([.init("paid", 1)]))
        }
        let paid = replies.filter { $0.status == 200 }
        #expect(replies.filter { $0.status == 409 }.count == 10)
        #expect(paid.map { $0.json["invoice_id"].integer }.sorted() == Array(1...30))
        let again = try await shop.put("order/\(orders[0])", ["paid": 0]).json["invoice_id"].integer
        #expect(try await shop.put("order/\(orders[0])", ["paid": 1]).json["invoice_id"].integer == again)
    }

    @Test func `products of one name made at once all get an address`() async throws {
        let shop = try await Self.shop()
        let replies = try await together(20) { _ in try await shop.post("product", ["name": "Shirt"]) }
        #expect(replies.map(\.status) == [Int](repeating: 200, count: 20))
        #expect(Set(replies.map { $0.json["url"].text }).count == 20)
    }

    @Test func `one number for twenty products is given to one`() async throws {
        let shop = try await Self.shop()
        let replies = try await together(20) { index in
            try await shop.post("product", ["name": .string("Shirt \(index)"), "own_id": "SKU-1"])
        }
        #expect(replies.filter { $0.status == 200 }.count == 1)
        #expect(replies.filter { $0.status == 409 && $0.pointers == ["/own_id"] }.count == 19)
    }

    @Test func `the feed misses nothing that commits while it is read`() async throws {
        let shop = try await Self.shop()
        let writer = Task {
            _ = try await together(40) { index in
                try await shop.post("brand", ["name": .string("Brand \(index)")])
            }
        }
        var seen: [Int64] = []
        var after = ""
        let deadline = ContinuousClock.now + .seconds(20)
        while seen.count < 40, ContinuousClock.now < deadline {
            let page = try await shop.get("event?limit=7&type=brand.created&after=\(after)").json
            seen += page["events"].elements.map { $0["resource_id"].integer }
            after = page["paging"]["next"].text
        }
        try await writer.value
        #expect(seen.count == 40)
        #expect(Set(seen).count == 40)
    }

    @Test func `variants that sell out at once are sold out in search too`() async throws {
        let shop = try await Self.shop()
        let wardrobe = try await Wardrobe.open(in: shop)
        for round in 1...12 {
            let name = "Rush\(round)"
            let body: JSON = [
                "name": .string(name), "price": 10, "profile_id": wardrobe.profile,
                "stock_settings": .array(["M", "L", "S"].map { ["attribute_value_id": wardrobe.value($0)] }),
            ]
            let id = try await shop.post("product", body).json["product_id"]
            for size in ["M", "L", "S"] {
                try await shop.post(
                    "stock", ["product_id": id, "attribute_value_id": wardrobe.value(size), "count": 1])
            }
            #expect(try await shop.get("product/search?q=\(name)&in_stock=1").json["paging"]["total"] == 1)
            let statuses = try await together(3) { index in
                let line: JSON = [
                    "product_id": id, "amount": 1, "attribute_value_id": wardrobe.value(["M", "L", "S"][index]),
                ]
                return try await Self.patiently { try await shop.order([line]) }.status
            }
            #expect(statuses == [200, 200, 200])
            #expect(try await shop.get("product/search?q=\(name)&in_stock=1").json["paging"]["total"] == 0)
        }
    }
}
