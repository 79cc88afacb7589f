import Basics
import Resources
import Support
import Testing

/// What rows may not do one by one they may not do together either.
@Suite struct BatchRuleTests {
    private static func put(_ id: Int64, _ body: JSON) -> JSON { ["method": "PUT", "id": .number(id), "body": body] }

    @Test func `two categories cannot be put below each other in one batch`() async throws {
        let shop = try await TestShop.open()
        let first = try await shop.made("category", ["name": "First"])
        let second = try await shop.made("category", ["name": "Second"])
        let reply = try await shop.post(
            "category/batch",
            [Self.put(first, ["parent_id": .number(second)]), Self.put(second, ["parent_id": .number(first)])])
        #expect(reply.status == 422)
        #expect(reply.pointers == ["/1/body/parent_id"])
        #expect(try await shop.get("category/\(first)").json["parent_id"] == 0)
    }

    @Test func `two redirects cannot lead back to each other`() async throws {
        let shop = try await TestShop.open()
        let rows = [("a", "b"), ("b", "a")].map { from, to -> JSON in
            ["method": "POST", "body": ["from": .string(from), "to": .string(to)]]
        }
        let reply = try await shop.post("redirect/batch", .array(rows))
        #expect(reply.status == 422)
        #expect(try await shop.get("redirect?limit=0").json["paging"]["total"] == 0)
    }

    @Test func `a profile gets no third variant attribute in one batch`() async throws {
        let shop = try await TestShop.open()
        let profile = try await shop.made("profile", ["name": "Shirt"])
        let rows = ["Size", "Colour", "Cut"].map { name -> JSON in
            [
                "method": "POST",
                "body": ["name": .string(name), "profile_id": .number(profile), "is_variant": 1],
            ]
        }
        let reply = try await shop.post("profile-attribute/batch?mode=partial", .array(rows))
        #expect(reply.json["results"].elements.map { $0["status"] } == [200, 200, 422])
    }

    @Test func `rows may name more things than one statement takes`() async throws {
        let shop = try await TestShop.open()
        let rows = (0..<450).map { row -> JSON in
            let invented = (0..<80).map { JSON.number(Int64(1_000_000_000 + row * 80 + $0)) }
            return ["method": "POST", "body": ["name": "Thing", "related": .array(invented)]]
        }
        let reply = try await shop.post("product/batch", .array(rows))
        #expect(reply.status == 422)
        #expect(reply.pointers == ["/0/body/related"])
    }

    @Test func `rows may name more things by their own numbers than one statement takes`() async throws {
        let shop = try await TestShop.open()
        let rows = (0..<450).map { row -> JSON in
            let invented = (0..<160).map { JSON.string("own_id:NONE-\(row)-\($0)") }
            return ["method": "POST", "body": ["name": "Thing", "related": .array(invented)]]
        }
        let reply = try await shop.post("product/batch", .array(rows))
        #expect((reply.status, reply.pointers) == (422, ["/0/body/related/0"]))
    }

    @Test func `a bundle changed beside its member has its events in their order`() async throws {
        let shop = try await TestShop.open()
        let member = try await shop.product("Cup")
        let set = try await BundleTests.bundle([(member, 2)], in: shop)
        try await shop.post(
            "product/batch", [Self.put(set, ["price": 9]), Self.put(member, ["name": "Mug"])])
        let events = try await shop.get("event?type=product.updated&limit=100").json["events"].elements
        let ofSet = events.filter { $0["data"]["product_id"].integer == set }
        #expect(ofSet.map { $0["data"]["bundle_data"][0]["name"] } == ["Cup", "Mug"])
        #expect(try await shop.get("product/\(set)").json["price"] == 9)
    }

    @Test func `sixty-four new products with all they have cost as many statements as sixteen`() async throws {
        let server = try await TestServer()
        let shop = try await TestShop.open(on: server)
        let wardrobe = try await Wardrobe.open(in: shop, colours: ["Red", "Blue"])
        try await shop.post("product-label", ["name": "New"])
        let related = try await shop.product("Cup")
        func batch(_ numbers: Range<Int>) -> JSON {
            .array(
                numbers.map { number in
                    let settings = ["S", "M"].flatMap { size in
                        ["Red", "Blue"].map { colour -> JSON in
                            [
                                "attribute_value_id": wardrobe.value(size),
                                "attribute_value_id_2": wardrobe.value(colour),
                                "own_id": .string("\(number)-\(size)-\(colour)"),
                            ]
                        }
                    }
                    return [
                        "method": "POST",
                        "body": [
                            "name": .string("Shirt \(number)"), "profile_id": wardrobe.profile,
                            "stock_settings": .array(settings), "product_labels": ["New"],
                            "related": [.number(related)],
                            "images": [["url": "https://example.com/shirt.png"]],
                        ],
                    ]
                })
        }
        var costs: [Int] = []
        for numbers in [0..<16, 16..<32, 32..<96] {
            let before = server.storage.statements
            #expect(try await shop.post("product/batch", batch(numbers)).status == 200)
            costs.append(server.storage.statements - before)
        }
        // Those that insert more rows than one statement takes are two.
        #expect(costs[2] <= costs[1] + 4, "\(costs)")
        await server.stop()
    }
}
