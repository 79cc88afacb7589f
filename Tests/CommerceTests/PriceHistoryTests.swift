import Basics
import ButikFiles
import Commerce
import Persistence
import Resources
import Support
import Testing

/// What something has cost is known, whoever changed it and whether or not anybody wrote when a sale began.
@Suite struct PriceHistoryTests {
    private static let day: Int64 = 86_400

    private static func open() async throws -> (server: TestServer, shop: TestShop) {
        let server = try await TestServer()
        return (server, try await TestShop.open(on: server) { $0.timeZone = "UTC" })
    }

    /// `lowest_price_30_days` and `reduction_since`.
    private static func shown(_ json: JSON) -> [JSON] { [json["lowest_price_30_days"], json["reduction_since"]] }

    private static func history(_ shop: TestShop, _ product: Int64, _ query: String = "") async throws -> [[JSON]] {
        try await shop.get("product/\(product)/price-history?limit=1000\(query)").json["price_history"].elements
            .map { [$0["price"], $0["regular_price"], $0["began"], $0["ended"]] }
    }

    /// The statements of a migration that write rows.
    private static func rows(of migration: String) -> [String] {
        var statements: [String] = []
        var isOfRows = false
        for line in migration.split(separator: "\n") where !line.hasPrefix("--") {
            if line.hasPrefix("INSERT") || line.hasPrefix("UPDATE") {
                statements.append("")
                isOfRows = true
            }
            if isOfRows, let last = statements.indices.last { statements[last] += line + "\n" }
            if line.hasSuffix(";") { isOfRows = false }
        }
        return statements
    }

    @Test func `a product shows the lowest price of the 30 days before its sale while that runs`() async throws {
        let (server, shop) = try await Self.open()
        let id = try await shop.product("Cup", price: 80)
        server.clock.advance(seconds: 20 * Self.day)
        try await shop.put("product/\(id)", ["price": 120])
        server.clock.advance(seconds: 5 * Self.day)
        let put = try await shop.put("product/\(id)", ["sale_price": 90]).json
        let wanted: [JSON] = [80, "2026-03-26 12:00:00"]
        #expect(Self.shown(put) == wanted)
        #expect(Array(put.names.suffix(3)) == ["group_prices", "lowest_price_30_days", "reduction_since"])
        #expect(try await Self.shown(shop.get("product?limit=1").json["products"][0]) == wanted)
        #expect(try await Self.shown(shop.get("product/search?q=cup").json["products"][0]) == wanted)
        server.clock.advance(seconds: 100 * Self.day)
        #expect(try await Self.shown(shop.put("product/\(id)", ["name": "Mug"]).json) == wanted)
        #expect(try await Self.shown(shop.get("product/\(id)/price").json) == wanted)
        #expect(try await Self.shown(shop.put("product/\(id)", ["sale_price": 70]).json) == wanted)
        #expect(try await Self.shown(shop.get("product/\(id)").json) == wanted)
        #expect(try await Self.shown(shop.get("product/\(id)/price").json) == wanted)
        #expect(try await Self.shown(shop.put("product/\(id)", ["sale_price": .null]).json) == [.null, .null])
        await server.stop()
    }

    @Test func `a sale that nobody touches begins and ends by the clock, also in what has been read before`()
        async throws
    {
        let (server, shop) = try await Self.open()
        let id = try await shop.product(
            "Cup", price: 100,
            JSONObject([.init("sale_price", 60), .init("sale_from", "2026-03-10"), .init("sale_to", "2026-03-19")]))
        let before = try await shop.get("product/\(id)")
        #expect(Self.shown(before.json) == [.null, .null])
        server.clock.advance(seconds: 10 * Self.day)
        let running: [JSON] = [100, "2026-03-10 00:00:00"]
        let during = try await shop.get("product/\(id)", headers: ["If-None-Match": before[header: "ETag"] ?? ""])
        #expect(during.status == 200)
        #expect(Self.shown(during.json) == running)
        #expect(try await Self.shown(shop.get("product/\(id)/price").json) == running)
        #expect(try await Self.shown(shop.get("product?limit=1").json["products"][0]) == running)
        server.clock.advance(seconds: 10 * Self.day)
        #expect(try await Self.shown(shop.get("product/\(id)").json) == [.null, .null])
        #expect(try await Self.shown(shop.get("product/\(id)/price").json) == [.null, .null])
        #expect(
            try await Self.history(shop, id) == [
                [100, 100, "2026-03-20 00:00:00", .null], [60, 100, "2026-03-10 00:00:00", "2026-03-20 00:00:00"],
                [100, 100, "2026-03-01 12:00:00", "2026-03-10 00:00:00"],
            ])
        await server.stop()
    }

    @Test func `a variant has the history of its own prices, and of its product's where it has none`() async throws {
        let (server, shop) = try await Self.open()
        let wardrobe = try await Wardrobe.open(in: shop)
        let shirt = try await wardrobe.shirt(["M", "L"])
        let id = shirt["product_id"].integer
        let (m, l) = (shirt["variants"][0]["variant_id"].integer, shirt["variants"][1]["variant_id"].integer)
        server.clock.advance(seconds: Self.day)
        let own: JSON = [["variant_id": .number(l), "price": 150]]
        #expect(try await shop.put("product/\(id)", ["stock_settings": own]).status == 200)
        server.clock.advance(seconds: Self.day)
        try await shop.put("product/\(id)", ["sale_price": 90])
        #expect(
            try await Self.shown(shop.get("product/\(id)/price?variant_id=\(m)").json) == [100, "2026-03-03 12:00:00"])
        #expect(try await Self.shown(shop.get("product/\(id)/price?variant_id=\(l)").json) == [.null, .null])
        let sale: JSON = [["variant_id": .number(l), "sale_price": 140]]
        server.clock.advance(seconds: Self.day)
        try await shop.put("product/\(id)", ["stock_settings": sale])
        #expect(
            try await Self.shown(shop.get("product/\(id)/price?variant_id=\(l)").json) == [100, "2026-03-04 12:00:00"])
        #expect(try await Self.history(shop, id, "&variant_id=\(l)").map { $0[0] } == [140, 150, 100])
        #expect(try await Self.history(shop, id, "&variant_id=\(m)").map { $0[0] } == [90, 100])
        #expect(try await Self.history(shop, id, "&variant_id[null]=1").map { $0[0] } == [90, 100])
        // Of all: the product's, and those of the variant that has had prices of its own.
        let all = try await shop.get("product/\(id)/price-history?limit=100").json["price_history"].elements
        #expect(all.map { $0["variant_id"] } == [.number(l), .null, .number(l), .null, .number(l)])
        await server.stop()
    }

    @Test func `a group of customers has a history of its own`() async throws {
        let (server, shop) = try await Self.open()
        let customer = try await shop.post("customer", ["name": "Ann", "customer_group": "Staff"]).json["customer_id"]
        let id = try await shop.product("Cup", price: 100)
        server.clock.advance(seconds: Self.day)
        try await shop.put("product/\(id)", ["group_prices": [["group": "Staff", "price": 70]]])
        server.clock.advance(seconds: Self.day)
        try await shop.put("product/\(id)", ["sale_price": 60])
        let price = "product/\(id)/price"
        #expect(try await Self.shown(shop.get(price).json) == [100, "2026-03-03 12:00:00"])
        #expect(
            try await Self.shown(shop.get("\(price)?customer_id=\(customer.integer)").json)
                == [70, "2026-03-03 12:00:00"])
        #expect(try await Self.history(shop, id, "&customer_group=Staff").map { $0[0] } == [60, 70, 100])
        #expect(try await Self.history(shop, id, "&customer_group[null]=1").map { $0[0] } == [60, 100])
        #expect(try await Self.history(shop, id, "&customer_group=Others").map { $0[0] } == [60, 100])
        #expect(try await Self.history(shop, id).map { $0[0] } == [60, 60, 70, 100, 100])
        await server.stop()
    }

    @Test func `a history is read in pages, by cursor too, and from a moment on`() async throws {
        let (server, shop) = try await Self.open()
        let id = try await shop.product("Cup", price: 1)
        for price in 2...9 {
            server.clock.advance(seconds: Self.day)
            try await shop.put("product/\(id)", ["price": .number(Int64(price))])
        }
        let path = "product/\(id)/price-history"
        var seen: [JSON] = []
        var next = ""
        repeat {
            let page = try await shop.get("\(path)?limit=2&after=\(next)").json
            #expect(page["paging"]["total"] == 9)
            seen += page["price_history"].elements.map { $0["price"] }
            next = page["paging"]["next"].text
        } while !next.isEmpty
        #expect(seen == [9, 8, 7, 6, 5, 4, 3, 2, 1])
        let third = try await shop.get("\(path)?limit=1&offset=2").json["price_history"]
        #expect(third.elements.map { $0["price"] } == [7])
        #expect(try await Self.history(shop, id, "&since=2026-03-07T13:00:00").map { $0[0] } == [9, 8, 7])
        #expect(try await shop.get("\(path)?after=x").pointers == ["?after"])
        #expect(try await shop.get("\(path)?since=x").pointers == ["?since"])
        #expect(try await shop.get("product/999999/price-history").status == 404)
        try await shop.delete("product/\(id)")
        #expect(try await shop.get(path).status == 410)
        await server.stop()
    }

    @Test func `a part of the history that cannot be, or says two things, is refused`() async throws {
        let (server, shop) = try await Self.open()
        let path = "product/\(try await shop.product("Cup", price: 1))/price-history"
        for (query, pointer) in [
            ("variant_id=0", "variant_id"), ("variant_id=", "variant_id"), ("variant_id=x", "variant_id"),
            ("customer_group=", "customer_group"), ("since=", "since"), ("offset=-1", "offset"), ("limit=-1", "limit"),
            ("variant_id=7&variant_id[null]=1", "variant_id[null]"),
            ("customer_group=Staff&customer_group[null]=1", "customer_group[null]"),
        ] {
            let refused = try await shop.get("\(path)?\(query)")
            #expect(refused.status == 422, "\(query)")
            #expect(refused.pointers == ["?" + pointer], "\(query): \(refused.text)")
        }
        let strict = try await shop.get("\(path)?sort=price", headers: ["Prefer": "handling=strict"])
        #expect((strict.status, strict.pointers) == (422, ["?sort"]))
        #expect(try await shop.get("\(path)?limit=99999999999999999999").json["paging"]["limit"] == 1000)
        await server.stop()
    }

    @Test func `imports and batches write it too, and what changes no price writes nothing`() async throws {
        let (server, shop) = try await Self.open()
        try await shop.importing("own_id,name,price\nA,Cup,10\nB,Mug,20\n", as: .butikCSV)
        server.clock.advance(seconds: Self.day)
        try await shop.importing("own_id,name,price\nA,Cup,15\nB,Jug,20\n", as: .butikCSV)
        server.clock.advance(seconds: Self.day)
        let rows: JSON = [
            ["method": "PUT", "id": "own_id:A", "body": ["sale_price": 12]],
            ["method": "PUT", "id": "own_id:B", "body": ["price": 25]],
        ]
        let answers = try await shop.post("product/batch", rows).json["results"].elements.map { $0["body"] }
        #expect(answers.map(Self.shown) == [[10, "2026-03-03 12:00:00"], [.null, .null]])
        let products = try await shop.get("product?limit=2&sort=own_id").json["products"].elements
        #expect(try await Self.history(shop, products[0]["product_id"].integer).map { $0[0] } == [12, 15, 10])
        #expect(try await Self.history(shop, products[1]["product_id"].integer).map { $0[0] } == [25, 20])
        let shopID = shop.id
        let count = try await server.storage.fetch(
            "SELECT count(*) FROM price_history WHERE webshop_id = \(shopID)")
        #expect(count.first?.integer(at: 0) == 5)
        await server.stop()
    }

    @Test func `another shop sees nothing of it`() async throws {
        let (server, shop) = try await Self.open()
        let id = try await shop.product("Cup", price: 10)
        let other = try await TestShop.open(on: server)
        #expect(try await other.get("product/\(id)/price-history").status == 404)
        await server.stop()
    }

    @Test
    func `a thousand prices are written down by one statement, no price by none, and reductions are read by one more`()
        async throws
    {
        let server = try await TestServer()
        let shop = try await TestShop.open(on: server)
        let names = (0..<1000).map { "P\($0)" }
        func batch(_ body: (Int) -> JSON) -> JSON {
            .array(names.indices.map { ["method": "PUT", "id": .string("own_id:" + names[$0]), "body": body($0)] })
        }
        try await shop.post("product/batch", batch { ["name": .string("Cup \($0)"), "price": 10] })
        func cost(_ body: (Int) -> JSON) async throws -> Int {
            server.clock.advance(seconds: 60)
            let before = server.storage.statements
            #expect(try await shop.post("product/batch", batch(body)).status == 200)
            return server.storage.statements - before
        }
        // Each row of a change is an UPDATE of its own, as before.
        let plain = try await cost { ["location": .string("A\($0)")] }
        let rows = "SELECT count(*) FROM price_history" as SQL
        #expect(try await server.storage.fetch(rows).first?.integer(at: 0) == 1000)
        let search = 2
        let priced = try await cost { ["price": .number(Int64(11 + $0))] }
        #expect(priced <= plain + 1 + search, "\(plain) \(priced)")
        let reduced = try await cost { ["sale_price": .number(Int64(5 + $0 % 3))] }
        #expect(reduced <= priced + 1, "\(priced) \(reduced)")
        #expect(try await server.storage.fetch(rows).first?.integer(at: 0) == 3000)
        let shown = try await shop.get("product/own_id:P7").json
        #expect(shown["lowest_price_30_days"] == 10)
        await server.stop()
    }

    @Test func `prices from before there was a history are its first rows, since the last change of the product`()
        async throws
    {
        let (server, shop) = try await Self.open()
        let plain = try await shop.product("Plain", price: 100)
        let planned = try await shop.product(
            "Planned", price: 100, JSONObject([.init("sale_price", 60), .init("sale_from", "2026-03-10")]))
        let running = try await shop.product(
            "Running", price: 100, JSONObject([.init("sale_price", 60), .init("sale_from", "2026-01-10")]))
        let wardrobe = try await Wardrobe.open(in: shop)
        let shirt = try await wardrobe.shirt(["M"])
        let texts = try ButikFiles.migrationFiles().filter { $0.name.hasPrefix("0022_") }.map(\.text)
        let migration = try #require(texts.first)
        let statements = Self.rows(of: migration)
        try #require(statements.count == 3)
        try await server.storage.write { db in
            try db.run("DELETE FROM price_history")
            try db.run("UPDATE products SET lowest_price_30_days = NULL, reduction_since = NULL")
            for statement in statements { try db.script(statement) }
        }
        server.clock.advance(seconds: 20 * Self.day)
        #expect(try await Self.history(shop, plain) == [[100, 100, "2026-03-01 12:00:00", .null]])
        for (id, wanted) in [
            (planned, [100, "2026-03-10 00:00:00"]), (running, [.null, "2026-03-01 12:00:00"]),
            (plain, [.null, .null]),
        ] as [(Int64, [JSON])] {
            #expect(try await Self.shown(shop.get("product/\(id)").json) == wanted)
            #expect(try await Self.shown(shop.get("product/\(id)/price").json) == wanted)
        }
        let variant = shirt["variants"][0]["variant_id"].integer
        let id = shirt["product_id"].integer
        #expect(try await Self.history(shop, id, "&variant_id=\(variant)").map { $0[0] } == [100])
        await server.stop()
    }
}
