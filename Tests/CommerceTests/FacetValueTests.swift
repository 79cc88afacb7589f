import Basics
import Resources
import Support
import Testing

/// What is filtered and counted by is what the product says and costs, variants included.
@Suite struct FacetValueTests {
    @Test func `attributes without a list are chosen by what they say`() async throws {
        let shop = try await TestShop.open()
        let profile = try await shop.made("profile", ["name": "Wine"])
        var ids: [String: Int64] = [:]
        for type in ["text", "number", "boolean"] {
            ids[type] = try await shop.made(
                "profile-attribute",
                ["name": .string(type), "profile_id": .number(profile), "data_type": .string(type)])
        }
        let (text, number, flag) = (ids["text"] ?? 0, ids["number"] ?? 0, ids["boolean"] ?? 0)
        let wines: [(name: String, taste: String, strength: JSON, isRed: Int64)] = [
            ("Chablis", "Dry", "12.5", 0), ("Port", "Sweet, rød", 20, 1), ("Cava", "Very dry", 12, 0),
        ]
        for wine in wines {
            let attributes: JSON = [
                ["attribute_id": .number(text), "value": .string(wine.taste)],
                ["attribute_id": .number(number), "value": wine.strength],
                ["attribute_id": .number(flag), "value": .number(wine.isRed)],
            ]
            try await shop.post(
                "product", ["name": .string(wine.name), "profile_id": .number(profile), "attributes": attributes])
        }
        for (id, value, names) in [
            (text, "Dry", ["Chablis"]), (text, "dry", ["Chablis"]), (text, "very+DRY", ["Cava"]),
            (text, "Dry,very-dry", ["Chablis", "Cava"]), (text, "Sweet,+r%C3%B8d", ["Port"]),
            (text, "sweet+roed", ["Port"]),
            (text, "sweet", []), (number, "12.5", ["Chablis"]), (number, "12.50,20", ["Chablis", "Port"]),
            (number, "12,x", ["Cava"]), (number, "x", []), (flag, "1", ["Port"]), (text, "1", []),
        ] {
            #expect(try await shop.found("attribute[\(id)]=\(value)") == names, "\(id) \(value)")
        }
        let facets = try await shop.get(
            "product/search?facets=attribute&attribute[\(text)]=dry&attribute[\(number)]=20.0,x"
        ).json["facets"]["attribute"].elements
        #expect(facets.map { $0["name"].text } == ["number"])
        let strengths = facets.first?["values"].elements ?? []
        #expect(strengths.map { $0["value"] } == [.number(JSONNumber(text: "12.5")), 20])
        #expect(strengths.map { $0["count"] } == [1, 0])
        #expect(strengths.map { $0["selected"] } == [0, 1])
    }

    @Test func `a product costs what its cheapest variant costs, whatever changes that`() async throws {
        let shop = try await TestShop.open(on: try await TestServer())
        let profile = try await shop.made("profile", ["name": "Shirt"])
        let size = try await shop.made(
            "profile-attribute", ["name": "Size", "profile_id": .number(profile), "is_variant": 1])
        var values: [Int64] = []
        for name in ["M", "L"] {
            values.append(
                try await shop.made("profile-attribute-value", ["attribute_id": .number(size), "val": .string(name)]))
        }
        func variant(_ place: Int, _ members: JSONObject) -> JSON {
            .object(
                JSONObject(
                    [
                        .init("attribute_id", .number(size)), .init("attribute_value_id", .number(values[place])),
                    ] + members.members))
        }
        let product = try await shop.made(
            "product",
            [
                "name": "Shirt", "price": 10, "profile_id": .number(profile),
                "stock_settings": [
                    variant(0, JSONObject([.init("price", 20)])), variant(1, JSONObject([.init("price", 30)])),
                ],
            ])
        func isPriced(_ price: String, _ comment: Comment) async throws {
            #expect(try await shop.found("price=\(price)") == ["Shirt"], comment)
            let facet = try await shop.get("product/search?facets=price").json["facets"]["price"]
            #expect(facet["min"] == .number(JSONNumber(text: price)) && facet["min"] == facet["max"], comment)
        }
        func change(_ body: JSON) async throws { try await shop.put("product/\(product)", body) }
        try await isPriced("20", "each has its own")
        #expect(try await shop.found("price[gte]=15") == ["Shirt"])
        try await change(["stock_settings": [variant(0, JSONObject([.init("price", 25)]))]])
        try await isPriced("25", "a variant costs something else")
        try await change(["stock_settings": [variant(1, JSONObject([.init("price", nil)]))]])
        try await isPriced("10", "a variant costs what the product does")
        try await change(["price": 40])
        try await isPriced("25", "the product costs something else")
        try await change(["sale_price": 5])
        try await isPriced("5", "a variant is on sale with its product")
        try await change(["stock_settings": [variant(1, JSONObject([.init("sale_price", 7)]))]])
        try await isPriced("7", "a variant has a sale price of its own")
        try await change(["sale_to": "2026-03-02 00:00:00"])
        shop.server.clock.advance(seconds: 2 * 86_400)
        try await isPriced("25", "the sale is over")
        try await change(["stock_settings": [variant(0, JSONObject([.init("remove", 1)]))]])
        try await isPriced("40", "a variant is gone")
        try await change(["stock_settings": [variant(1, JSONObject([.init("remove", 1)]))], "price": 41])
        try await isPriced("41", "there are no variants")
        await shop.server.stop()
    }
}
