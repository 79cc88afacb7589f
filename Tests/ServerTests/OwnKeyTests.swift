import Basics
import Resources
import Support
import Testing

/// `product/own_id:ABC-1` works wherever an id does, so that an ERP never needs ours.
@Suite struct OwnKeyTests {
    @Test func `a product is read, changed and deleted by the shop's own number`() async throws {
        let shop = try await TestShop.open()
        let made = try await shop.post("product", ["name": "Shirt", "own_id": "ABC-1"])
        #expect(try await shop.get("product/own_id:ABC-1").body == made.body)
        #expect(try await shop.get("product/own_id:ABC-1?fields=name").json["name"] == "Shirt")
        #expect(
            try await shop.put("product/own_id:ABC-1", ["name": "Blouse"]).json["product_id"] == made.json["product_id"]
        )
        let patched = try await shop.send("PATCH", "/REST/product/own_id:ABC-1", ["price": 5])
        #expect(patched.json["name"] == "Blouse")
        try await shop.put("stock/own_id:ABC-1", ["count": 7])
        #expect(try await shop.get("stock/own_id:ABC-1").json["stock"][0]["count"] == 7)
        #expect(try await shop.delete("product/own_id:ABC-1").status == 200)
        #expect(try await shop.get("product/own_id:ABC-1").status == 404)
        #expect(try await shop.get("stock/own_id:ABC-1").status == 404)
    }

    @Test func `a body names products by the shop's own numbers wherever an id stands`() async throws {
        let shop = try await TestShop.open()
        let cup = try await shop.product("Cup", JSONObject([.init("own_id", "CUP: 1")]))
        let pot = try await shop.product("Pot", JSONObject([.init("own_id", "POT")]))
        let body: JSON = [
            "name": "Set", "own_id": "SET", "related": ["own_id:CUP: 1", .number(pot)], "similar": ["own_id:POT"],
            "canonical_id": "own_id:POT",
            "bundle": [["product_id": "own_id:CUP: 1", "count": 2], ["own_id": "POT"], "own_id:POT"],
        ]
        let made = try await shop.post("product", body)
        #expect(made.status == 200)
        #expect(made.json["related"] == [.number(cup), .number(pot)])
        #expect((made.json["similar"], made.json["canonical_id"]) == ([.number(pot)], .number(pot)))
        #expect(made.json["bundle_data"].elements.map { $0["count"].integer } == [2, 2])
        let rows = JSON.array([
            ["method": "PUT", "id": "own_id:SET", "body": body], ["method": "POST", "body": ["name": "X"]],
        ])
        #expect(try await shop.post("product/batch", rows).json["results"][0]["body"] == made.json)
        let supplier = try await shop.post("supplier", ["name": "Acme"]).json["supplier_id"]
        let source = try await shop.post("product-supplier", ["product_id": "own_id:POT", "supplier_id": supplier])
        #expect(source.json["product_id"] == .number(pot))
        for (body, pointer) in [
            (["related": [.number(cup), "own_id:NONE"]], "/related/1"),
            (["canonical_id": "own_id:NONE"], "/canonical_id"),
            (["bundle": [["own_id": "NONE"]]], "/bundle/0"),
        ] as [(JSON, String)] {
            let refused = try await shop.put("product/own_id:SET", body)
            #expect((refused.status, refused.pointers) == (422, [pointer]))
            #expect(refused.text.contains("NONE"))
        }
    }

    @Test func `a number with a slash or a space is written as in any address`() async throws {
        let shop = try await TestShop.open()
        let made = try await shop.post("product", ["name": "Shirt", "own_id": "A/B 1"])
        #expect(try await shop.get("product/own_id:A%2FB%201").body == made.body)
    }

    @Test func `PUT makes what is not there yet, and the next PUT changes it`() async throws {
        let shop = try await TestShop.open()
        let first = try await shop.put("product/own_id:NEW-1", ["name": "Shirt"])
        #expect(first.status == 200)
        #expect(first.json["own_id"] == "NEW-1")
        let second = try await shop.put("product/own_id:NEW-1", ["price": 12])
        #expect(second.json["product_id"] == first.json["product_id"])
        #expect(second.json["name"] == "Shirt")
        let types = try await shop.get("event?resource=product&limit=100").json["events"].elements.map {
            $0["type"].text
        }
        #expect(types.filter { $0 == "product.created" }.count == 1)
        #expect(types.filter { $0 == "product.updated" }.count == 1)
    }

    @Test func `PUT of something new needs what a create needs; PATCH and a condition need it to be there`()
        async throws
    {
        let shop = try await TestShop.open()
        #expect(try await shop.put("product/own_id:NEW-1", ["price": 12]).pointers == ["/name"])
        #expect(try await shop.send("PATCH", "/REST/product/own_id:NEW-1", ["name": "Shirt"]).status == 404)
        let conditional = try await shop.put(
            "product/own_id:NEW-1", ["name": "Shirt"], headers: ["If-Match": "\"1-x\""])
        #expect(conditional.status == 404)
        #expect(try await shop.get("product/own_id:").status == 404)
        #expect(try await shop.get("brand/own_id:NEW-1").status == 404)
    }

    @Test func `a deleted product's number makes a new product`() async throws {
        let shop = try await TestShop.open()
        let first = try await shop.put("product/own_id:A", ["name": "Old"]).json["product_id"].integer
        try await shop.delete("product/own_id:A")
        let second = try await shop.put("product/own_id:A", ["name": "New"]).json["product_id"].integer
        #expect(second > first)
        #expect(try await shop.get("product/\(first)").status == 410)
    }

    @Test func `of many that PUT one number at once, one makes the product and all change it`() async throws {
        let shop = try await TestShop.open()
        let replies = try await together(8) { number in
            try await shop.put("product/own_id:RACE", ["name": "Shirt", "weight": .number(Int64(number))])
        }
        #expect(replies.allSatisfy { $0.status == 200 })
        #expect(try await shop.get("product?own_id=RACE").json["paging"]["total"] == 1)
    }

    @Test func `a batch names rows by the shop's own numbers`() async throws {
        let shop = try await TestShop.open()
        let batch: JSON = [
            ["method": "PUT", "id": "own_id:A", "body": ["name": "A"]],
            ["method": "PUT", "id": "own_id:B", "body": ["name": "B"]],
            ["method": "PUT", "id": "own_id:A", "body": ["price": 3]],
            ["method": "DELETE", "id": "own_id:B"],
        ]
        let reply = try await shop.post("product/batch", batch)
        #expect(reply.json["results"].elements.map { $0["status"].integer } == [200, 200, 200, 200])
        #expect(try await shop.get("product/own_id:A").json["price"] == 3)
        #expect(try await shop.get("product/own_id:B").status == 404)
        let stock: JSON = [["method": "PUT", "id": "own_id:A", "body": ["count": 9]]]
        #expect(try await shop.post("stock/batch", stock).json["results"][0]["body"]["count"] == 9)
        let missing: JSON = [["method": "PUT", "id": "own_id:C", "body": ["count": 9]]]
        #expect(try await shop.post("stock/batch", missing).status == 404)
    }

    @Test func `another shop's number is another product`() async throws {
        let (mine, theirs) = (try await TestShop.open(), try await TestShop.open())
        try await theirs.put("product/own_id:A", ["name": "Theirs"])
        #expect(try await mine.get("product/own_id:A").status == 404)
        #expect(try await mine.put("product/own_id:A", ["name": "Mine"]).status == 200)
        #expect(try await theirs.get("product/own_id:A").json["name"] == "Theirs")
    }
}
