import Basics
import Resources
import Support
import Testing

/// `related` and `similar` name products of the shop that are there.
@Suite struct RelatedTests {
    @Test func `a deleted product leaves the lists that name it, and those products say so`() async throws {
        let shop = try await TestShop.open()
        let bag = try await shop.product("Bag")
        let belt = try await shop.product("Belt")
        let hat = try await shop.product("Hat")
        let shirt = try await shop.product(
            "Shirt",
            JSONObject([
                .init("related", [.number(bag), .number(belt)]), .init("similar", [.number(hat), .number(bag)]),
            ]))
        let other = try await shop.product("Coat", JSONObject([.init("similar", [.number(bag)])]))
        let untouched = try await shop.get("product/\(belt)").body
        try await shop.delete("product/\(bag)")
        let shown = try await shop.get("product/\(shirt)").json
        #expect(shown["related"] == [.number(belt)])
        #expect(shown["similar"] == [.number(hat)])
        #expect(try await shop.get("product/\(other)").json["similar"] == [])
        #expect(try await shop.get("product/\(belt)").body == untouched)
        let event = try await shop.events().last {
            $0["type"] == "product.updated" && $0["resource_id"].integer == shirt
        }
        #expect(event?["data"] == shown)
    }

    @Test func `what no longer names it is left alone`() async throws {
        let shop = try await TestShop.open()
        let bag = try await shop.product("Bag")
        let belt = try await shop.product("Belt")
        let shirt = try await shop.product("Shirt", JSONObject([.init("related", [.number(bag)])]))
        try await shop.put("product/\(shirt)", ["related": [.number(belt)]])
        let tag = try await shop.get("product/\(shirt)")[header: "ETag"]
        try await shop.delete("product/\(bag)")
        #expect(try await shop.get("product/\(shirt)")[header: "ETag"] == tag)
        try await shop.delete("product/\(shirt)")
        #expect(try await shop.delete("product/\(belt)").status == 200)
    }

    @Test func `a list names live products of the shop only`() async throws {
        let shop = try await TestShop.open()
        let foreign = try await TestShop.open().product()
        let removed = try await shop.product()
        try await shop.delete("product/\(removed)")
        for list in ["related", "similar"] {
            for id in [foreign, removed, 9_999_999] {
                let reply = try await shop.post("product", ["name": "Shirt", "\(list)": [.number(id)]])
                #expect(reply.status == 422)
                #expect(reply.pointers == ["/\(list)"])
            }
        }
    }
}

/// `html_fields` and `extension_data` in the shapes of the fact sheet.
@Suite struct ExtraContentTests {
    @Test(arguments: ["product", "category", "landing-page"])
    func `extension data has four members in order, and an empty value is false`(_ path: String) async throws {
        let shop = try await TestShop.open()
        let made = try await shop.post(
            path,
            [
                "name": "Thing",
                "extension_data": [
                    ["id": 1, "value": "Soft", "title": "Feel", "type": "text", "more": 1], ["id": "two", "value": ""],
                    ["type": "number", "id": 3, "value": "0042.50"], ["type": "number", "id": 4, "value": 7],
                    ["type": "color", "id": 5, "value": ["#fff"]], ["type": "number", "id": 6, "value": nil],
                ],
            ])
        #expect(made.json["extension_data"][0].names == ["title", "type", "id", "value"])
        #expect(
            made.json["extension_data"] == [
                ["title": "Feel", "type": "text", "id": 1, "value": "Soft"],
                ["title": "", "type": "text", "id": "two", "value": false],
                ["title": "", "type": "number", "id": 3, "value": .number(JSONNumber(text: "42.5"))],
                ["title": "", "type": "number", "id": 4, "value": 7],
                ["title": "", "type": "color", "id": 5, "value": ["#fff"]],
                ["title": "", "type": "number", "id": 6, "value": false],
            ])
        let refused = try await shop.post(
            path, ["name": "Thing", "extension_data": [["title": "T"], ["id": 1, "type": "number", "value": "x"], 5]])
        #expect(refused.status == 422)
        #expect(refused.pointers == ["/extension_data/0/id", "/extension_data/1/value", "/extension_data/2"])
    }

    @Test func `html fields have a name and html`() async throws {
        let shop = try await TestShop.open()
        let made = try await shop.post(
            "product", ["name": "Shirt", "html_fields": [["html": "<p>æ</p>", "name": "Care"], ["name": "Fit"]]])
        #expect(made.json["html_fields"] == [["name": "Care", "html": "<p>æ</p>"], ["name": "Fit", "html": ""]])
        let refused = try await shop.post(
            "product", ["name": "Shirt", "html_fields": [["html": "x"], ["name": 5, "html": []]]])
        #expect(refused.pointers == ["/html_fields/0/name", "/html_fields/1/html"])
    }
}
