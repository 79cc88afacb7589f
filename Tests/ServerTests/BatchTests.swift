import Basics
import Resources
import Support
import Testing

/// CONTRACT 4, "Batch".
@Suite struct BatchTests {
    private static func named(_ name: String) -> JSON { ["method": "POST", "body": ["name": .string(name)]] }

    private static func total(_ shop: TestShop, _ path: String = "brand") async throws -> Int64 {
        try await shop.get(path + "?limit=1").json["paging"]["total"].integer
    }

    @Test func `a batch makes, changes and deletes, and answers in order`() async throws {
        let shop = try await TestShop.open()
        let first = try await shop.post("brand", ["name": "First"]).json["brand_id"]
        let second = try await shop.post("brand", ["name": "Second"]).json["brand_id"]
        let reply = try await shop.post(
            "brand/batch",
            [
                Self.named("Third"), ["method": "PUT", "id": first, "body": ["name": "Uno"]],
                ["method": "PATCH", "id": .string("\(second.integer)"), "body": ["description": "Due"]],
                ["method": "DELETE", "id": second],
            ])
        #expect(reply.status == 200)
        #expect(reply.json.names == ["results"])
        let results = reply.json["results"].elements
        #expect(results.map { $0.names } == Array(repeating: ["status", "body"], count: 4))
        #expect(results.map { $0["status"].integer } == [200, 200, 200, 200])
        #expect(results[0]["body"]["name"] == "Third")
        #expect(results[1]["body"]["name"] == "Uno")
        #expect(results[2]["body"]["name"] == "Second" && results[2]["body"]["description"] == "Due")
        #expect(results[3]["body"] == ["brand_id": second, "deleted": 1])
        let third = results[0]["body"]
        #expect(try await shop.get("brand/\(third["brand_id"].integer)").json == third)
        #expect(try await shop.get("brand/\(second.integer)").status == 410)
    }

    @Test func `an atomic batch stores nothing when one row fails, and points at it`() async throws {
        let shop = try await TestShop.open()
        for query in ["", "?mode=atomic"] {
            let reply = try await shop.post(
                "brand/batch" + query,
                [
                    Self.named("A"), Self.named("B"), Self.named("C"), ["method": "POST", "body": ["name": ""]],
                    Self.named("D"),
                ])
            #expect(reply.status == 422)
            #expect(reply.pointers == ["/3/body/name"])
        }
        #expect(try await Self.total(shop) == 0)
        #expect(try await shop.get("event?resource=brand").json["events"] == [])
    }

    @Test func `a row that names nothing fails the atomic batch with its own status`() async throws {
        let shop = try await TestShop.open()
        let gone = try await shop.post("brand", ["name": "Gone"]).json["brand_id"]
        try await shop.delete("brand/\(gone.integer)")
        for (row, status) in [
            (["method": "DELETE", "id": 9_007_199_254_740_991], 404), (["method": "DELETE", "id": gone], 410),
            (["method": "PUT", "id": gone, "body": [:]], 410), (["method": "FETCH", "id": 1], 422),
            (["method": "PUT", "body": [:]], 422), (["method": "POST"], 422), (["id": 1], 422), (7, 422), (nil, 422),
        ] as [(JSON, Int)] {
            let reply = try await shop.post("brand/batch", [Self.named("A"), row])
            #expect(reply.status == status, "\(row.serialized): \(reply.text)")
            #expect(reply.pointers.allSatisfy { $0.hasPrefix("/1") }, "\(row.serialized): \(reply.pointers)")
        }
        #expect(try await Self.total(shop) == 0)
    }

    @Test func `a partial batch keeps the good rows and answers each its own`() async throws {
        let shop = try await TestShop.open()
        let reply = try await shop.post(
            "brand/batch?mode=partial",
            [
                Self.named("A"), ["method": "POST", "body": ["name": ""]], Self.named("B"),
                ["method": "DELETE", "id": 9_007_199_254_740_991], 7, Self.named("C"),
            ])
        #expect(reply.status == 200)
        let results = reply.json["results"].elements
        #expect(results.map { $0["status"].integer } == [200, 422, 200, 404, 422, 200])
        #expect(results[1]["body"]["errors"][0]["pointer"] == "/1/body/name")
        #expect(results[1]["body"]["code"] == "invalid")
        #expect(try await Self.total(shop) == 3)
        let events = try await shop.get("event?resource=brand&limit=100").json["events"].elements
        #expect(events.map { $0["type"].text } == Array(repeating: "brand.created", count: 3))
    }

    @Test func `a failed row of a partial batch leaves nothing of itself behind`() async throws {
        let shop = try await TestShop.open()
        let scarce = try await shop.product("Scarce", stock: 2)
        let order: JSON = [
            "method": "POST", "body": ["products": [["product_id": .number(scarce), "amount": 2]]],
        ]
        let reply = try await shop.post("order/batch?mode=partial", [order, order, order])
        #expect(reply.json["results"].elements.map { $0["status"].integer } == [200, 409, 409])
        #expect(try await shop.stock(scarce) == 0)
        #expect(try await shop.ledger(scarce) == 0)
        #expect(try await Self.total(shop, "order") == 1)
    }

    @Test func `rows of a batch see the rows before them`() async throws {
        let shop = try await TestShop.open()
        let row: JSON = ["method": "POST", "body": ["name": "Shirt", "own_id": "SKU-1"]]
        let atomic = try await shop.post("product/batch", [row, row])
        #expect(atomic.status == 409)
        #expect(atomic.pointers == ["/1/body/own_id"])
        let partial = try await shop.post("product/batch?mode=partial", [row, row])
        #expect(partial.json["results"].elements.map { $0["status"].integer } == [200, 409])
    }

    @Test func `a batch takes a thousand rows and no more`() async throws {
        let shop = try await TestShop.open()
        let rows = (1...1001).map { Self.named("Brand \($0)") }
        let tooMany = try await shop.post("brand/batch", .array(rows))
        #expect(tooMany.status == 422)
        #expect(try await Self.total(shop) == 0)
        let most = try await shop.post("brand/batch", .array(Array(rows.dropLast())))
        #expect(most.status == 200)
        #expect(most.json["results"].elements.count == 1000)
        #expect(try await Self.total(shop) == 1000)
        #expect(try await shop.post("brand/batch", []).json == ["results": []])
    }

    @Test func `a row that is to be made names no id`() async throws {
        let shop = try await TestShop.open()
        let rows: JSON = [Self.named("A"), ["method": "POST", "id": 7, "body": ["name": "B"]]]
        let refused = try await shop.post("brand/batch", rows)
        #expect((refused.status, refused.pointers) == (422, ["/1/id"]), "\(refused.text)")
        #expect(refused.text.contains("PUT changes the one it names"))
        let partial = try await shop.post("brand/batch?mode=partial", rows)
        #expect(partial.json["results"].elements.map { $0["status"] } == [200, 422])
        #expect(try await Self.total(shop) == 1)
    }

    @Test func `a batch that is no array, or has no such mode, is refused`() async throws {
        let shop = try await TestShop.open()
        #expect(try await shop.post("brand/batch", ["method": "POST"]).status == 400)
        let mode = try await shop.post("brand/batch?mode=some", [Self.named("A")])
        #expect(mode.status == 422)
        #expect(mode.pointers == ["?mode"])
        #expect(try await Self.total(shop) == 0)
    }

    @Test func `a batch is stored once under its key, and not at all in a dry run`() async throws {
        let shop = try await TestShop.open()
        let dry = try await shop.post("brand/batch", [Self.named("A")], headers: ["Prefer": "dry-run"])
        #expect(dry.json["results"][0]["body"]["brand_id"].isNull)
        #expect(try await Self.total(shop) == 0)
        let key = ["Idempotency-Key": "batch-1"]
        let first = try await shop.post("brand/batch", [Self.named("A"), Self.named("B")], headers: key)
        let second = try await shop.post("brand/batch", [Self.named("A"), Self.named("B")], headers: key)
        #expect(second.body == first.body)
        #expect(second[header: "Idempotent-Replayed"] == "true")
        #expect(try await Self.total(shop) == 2)
    }
}
