import Basics
import Commerce
import Resources
import Support
import Testing

/// Who did what is written down with it (CONTRACT 8).
@Suite struct ActorTests {
    private static func actor(_ type: String, _ id: Int64?, _ name: String) -> JSON {
        ["type": .string(type), "id": id.map { .number(JSONNumber($0)) } ?? .null, "name": .string(name)]
    }

    private static func token(_ shop: TestShop, _ level: AccessLevel) async throws -> JSON {
        let this = try await shop.send("GET", "/REST/self", as: level).json
        return actor("token", this["token_id"].integer, this["token_name"].text)
    }

    @Test func `Every event, ledger entry and price names the token that made it, by its name as of then`() async throws
    {
        let shop = try await TestShop.open()
        let product = try await shop.send("POST", "/REST/product", ["name": "Shirt", "price": 100], as: .write)
            .json["product_id"].integer
        let writer = try await Self.token(shop, .write)
        let owner = try await Self.token(shop, .all)
        #expect(writer != owner)
        let last = try await shop.get("event?after=now").json["paging"]["next"].text
        try await shop.put("stock/\(product)", ["count": 3])
        #expect(try await shop.order(product, 1).status == 200)
        let events = try await shop.get("event?after=\(last)&limit=100").json["events"].elements
        #expect(events.count > 5)
        #expect(events.allSatisfy { $0["actor"] == owner })
        let first = try await shop.get("event?resource=product&type=product.created").json["events"][0]
        #expect(first["actor"] == writer)
        #expect(try await shop.get("event/\(first["event_id"].integer)").json == first)
        let entries = try await shop.get("stock-entry?product_id=\(product)").json["stock_entries"].elements
        #expect(entries.map { $0["kind"].text }.sorted() == ["count", "order"])
        #expect(entries.allSatisfy { $0["actor"] == owner })
        let entry = try await shop.get("event?resource=stock-entry").json["events"][0]["data"]
        #expect(entry["actor"] == owner)
        let prices = try await shop.get("product/\(product)/price-history").json["price_history"].elements
        #expect(prices.map { $0["actor"] } == [writer])
    }

    @Test func `Of two prices each names who set it, and a sale that opens by the clock whoever planned it`()
        async throws
    {
        let server = try await TestServer()
        let shop = try await TestShop.open(on: server)
        let product = try await shop.product(price: 100)
        let (writer, owner) = (try await Self.token(shop, .write), try await Self.token(shop, .all))
        server.clock.advance(seconds: 3600)
        let sale: JSON = ["sale_price": 80, "sale_from": "2026-03-10"]
        #expect(try await shop.send("PUT", "/REST/product/\(product)", sale, as: .write).status == 200)
        server.clock.advance(seconds: 10 * 86_400)
        let prices = try await shop.get("product/\(product)/price-history").json["price_history"].elements
        #expect(prices.map { $0["price"] } == [80, 100])
        #expect(prices.map { $0["actor"] } == [writer, owner])
        await server.stop()
    }

    @Test func `What a job does names the job, and what was done before anybody was named says so`() async throws {
        let server = try await TestServer()
        let shop = try await TestShop.open(on: server)
        let product = try await shop.product(stock: 2)
        let (tenant, now) = (try await shop.tenant, server.clock.now)
        try await server.storage.transact(in: tenant, at: now, as: "stocktaking-7", by: "stocktaking") { tx in
            try StockLedger.post([.init(StockUnit(product), by: 5, .adjust)], in: tx)
        }
        let entry = try await shop.get("stock-entry?product_id=\(product)&kind=adjust").json["stock_entries"][0]
        #expect(entry["actor"] == Self.actor("job", nil, "stocktaking"))
        let event = try await shop.get("event?resource=stock-entry&limit=10").json["events"].elements.last
        #expect(event?["actor"] == entry["actor"])
        #expect(event?["request_id"] == "stocktaking-7")
        for table in ["events", "stock_entries", "price_history"] {
            let forgotten = try await server.storage.write { db in
                try db.run("UPDATE \(raw: table) SET actor = NULL WHERE webshop_id = \(shop.id)")
            }
            #expect(forgotten > 0)
        }
        let lists = [
            try await shop.get("event?limit=100").json["events"],
            try await shop.get("stock-entry").json["stock_entries"],
            try await shop.get("product/\(product)/price-history").json["price_history"],
        ]
        for list in lists { #expect(!list.elements.isEmpty && list.elements.allSatisfy { $0["actor"] == .null }) }
        await server.stop()
    }
}
