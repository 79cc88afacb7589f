import Basics
import Resources
import Support
import Testing

/// Counting and moving stock over HTTP.
@Suite struct StockTests {
    @Test func `a stock row says what there is`() async throws {
        let shop = try await TestShop.open()
        let product = try await shop.product(stock: 7, JSONObject([.init("own_id", "SKU-1")]))
        let answer = try await shop.get("stock/\(product)").json
        #expect(answer.names == ["paging", "stock"])
        let row = answer["stock"][0]
        #expect(
            row.names == [
                "product_id", "own_id", "attribute_id", "attribute_value_id", "variant_name", "location", "count",
                "reserved", "available", "stock_id", "variant_id", "attribute_id_2", "attribute_value_id_2", "created",
                "last_modified",
            ])
        #expect(row["own_id"] == "SKU-1")
        #expect((row["count"], row["available"], row["reserved"]) == (7, 7, 0))
        #expect(try await shop.get("stock").json["stock"].elements.count == 1)
        #expect(try await shop.get("product/\(product)").json["in_stock"] == 7)
    }

    @Test func `a count and an adjustment each leave an entry that explains them`() async throws {
        let shop = try await TestShop.open()
        let product = try await shop.product()
        #expect(try await shop.put("stock/\(product)", ["count": 10, "reason": "Counted"]).json["count"] == 10)
        #expect(try await shop.put("stock/\(product)", ["adjust": -3]).json["count"] == 7)
        #expect(try await shop.put("stock/\(product)", ["count": 7]).json["count"] == 7)
        #expect(try await shop.put("stock/\(product)", ["adjust": "0"]).json["count"] == 7)
        let entries = try await shop.get("stock-entry?product_id=\(product)&sort=stock_entry_id").json["stock_entries"]
        #expect(entries.elements.map { $0["change"].integer } == [10, -3])
        #expect(entries.elements.map { $0["balance"].integer } == [10, 7])
        #expect(entries.elements.map { $0["kind"].text } == ["count", "adjust"])
        #expect(entries[0]["reason"] == "Counted")
        let entry = entries[0]["stock_entry_id"].integer
        #expect(try await shop.get("stock-entry/\(entry)").json == entries[0])
    }

    @Test func `stock is not counted or moved below zero where that is forbidden`() async throws {
        let shop = try await TestShop.open()
        let product = try await shop.product(stock: 2)
        for body in [["count": -1], ["adjust": -3]] as [JSON] {
            let reply = try await shop.put("stock/\(product)", body)
            #expect(reply.status == 409)
            #expect(reply.code == "stock_short")
        }
        #expect(try await shop.stock(product) == 2)
        let loose = try await shop.product("Loose", JSONObject([.init("allow_negative_stock", 1)]))
        #expect(try await shop.put("stock/\(loose)", ["count": -1]).json["count"] == -1)
    }

    @Test func `a list is written all or not at all`() async throws {
        let shop = try await TestShop.open()
        let first = try await shop.product("First", JSONObject([.init("own_id", "A")]))
        let second = try await shop.product("Second", stock: 5, JSONObject([.init("own_id", "B")]))
        let short = try await shop.post("stock", [["own_id": "A", "count": 3], ["own_id": "B", "adjust": -6]])
        #expect(short.status == 409)
        #expect(short.pointers == ["/1"])
        #expect(try await shop.stock(first) == 0)
        let unknown = try await shop.post("stock", [["own_id": "A", "count": 3], ["own_id": "C", "count": 1]])
        #expect(unknown.status == 422)
        #expect(unknown.pointers == ["/1/own_id"])
        let done = try await shop.post(
            "stock", [["own_id": "A", "count": "3"], ["product_id": .number(second), "adjust": -5]])
        #expect(done.status == 200)
        #expect(done.json["stock"].elements.map { $0["count"].integer } == [3, 0])
        #expect(try await shop.post("stock", ["own_id": "A", "count": 4]).json["stock"][0]["count"] == 4)
    }

    @Test func `writes of one product in one list follow each other`() async throws {
        let shop = try await TestShop.open()
        let product = try await shop.product(stock: 1)
        let rows = [("count", 5), ("adjust", 2), ("count", 4), ("adjust", -1)].map { name, value -> JSON in
            .object(JSONObject([.init("product_id", .number(product)), .init(name, .number(Int64(value)))]))
        }
        #expect(try await shop.post("stock", .array(rows)).status == 200)
        #expect(try await shop.stock(product) == 3)
        #expect(try await shop.ledger(product) == 3)
    }

    @Test func `what says nothing, or too much, is refused`() async throws {
        let shop = try await TestShop.open()
        let product = try await shop.product()
        let bodies: [JSON] = [
            [:], ["count": 1, "adjust": 1], ["count": "many"], ["count": "1.5"], ["count": 1_000_000_000_001],
        ]
        for body in bodies {
            let reply = try await shop.put("stock/\(product)", body)
            #expect(reply.status == 422)
            #expect(reply.pointers == ["/count"])
        }
        #expect(try await shop.post("stock", ["count": 1]).pointers == ["/product_id"])
        #expect(try await shop.post("stock", [["count": 1], 7]).status == 422)
        #expect(try await shop.put("stock/9999999", ["count": 1]).status == 404)
        #expect(try await shop.get("stock/9999999").status == 404)
    }

    @Test func `an entry by hand needs a reason`() async throws {
        let shop = try await TestShop.open()
        let product = try await shop.product(stock: 5)
        let silent = try await shop.post("stock-entry", ["product_id": .number(product), "change": -1])
        #expect(silent.pointers == ["/reason"])
        let entry = try await shop.post(
            "stock-entry", ["product_id": .number(product), "change": -2, "reason": "Broken"])
        #expect(entry.status == 200)
        #expect(entry.json["change"] == -2)
        #expect(entry.json["balance"] == 3)
        #expect(entry.json["reason"] == "Broken")
        #expect(try await shop.stock(product) == 3)
        let id = entry.json["stock_entry_id"].integer
        #expect(try await shop.send("PUT", "/REST/stock-entry/\(id)", ["reason": "x"]).status == 405)
        #expect(try await shop.send("DELETE", "/REST/stock-entry/\(id)").status == 405)
    }

    @Test func `a deleted product has no stock to count`() async throws {
        let shop = try await TestShop.open()
        let product = try await shop.product(stock: 5)
        try await shop.delete("product/\(product)")
        #expect(try await shop.get("stock/\(product)").status == 410)
        #expect(try await shop.put("stock/\(product)", ["count": 1]).status == 410)
        #expect(try await shop.get("stock").json["paging"]["total"] == 0)
    }
}
