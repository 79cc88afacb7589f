import Basics
import Resources
import Support
import Testing

/// Facets count what there is to choose from: choices of one facet add up, those of different facets narrow each other, and
/// a facet counts as if nothing had been chosen in it.
@Suite struct FacetTests {
    /// A shop of random products, and what is known of them.
    private struct Range {
        struct Item {
            let name: String
            let brand: Int
            let category: Int
            let labels: [Int]
            let size: Int?
            let heel: Int64?
            let price: Int64
            let stock: Int64
        }

        let shop: TestShop
        var items: [Item] = []
        var brands: [Int64] = []
        /// The top, then two below it, then one below the first of those.
        var categories: [Int64] = []
        var labels: [Int64] = []
        var sizes: [Int64] = []
        var attributes: [Int64] = []

        static func open(_ dice: inout Dice, _ count: Int) async throws -> Range {
            var range = Range(shop: try await TestShop.open())
            let shop = range.shop
            for name in ["Ecco", "Lego", "Hay"] {
                range.brands.append(try await shop.made("brand", ["name": .string(name)]))
            }
            for (name, parent) in [("Top", -1), ("Left", 0), ("Right", 0), ("Deep", 1)] {
                let above = parent < 0 ? 0 : range.categories[parent]
                range.categories.append(
                    try await shop.made("category", ["name": .string(name), "parent_id": .number(above)]))
            }
            for name in ["New", "Green"] {
                range.labels.append(try await shop.made("product-label", ["name": .string(name)]))
            }
            let profile = try await shop.made("profile", ["name": "Shoe"])
            for (name, type) in [("Size", "valuelist"), ("Heel", "number")] {
                let body: JSON = ["name": .string(name), "profile_id": .number(profile), "data_type": .string(type)]
                range.attributes.append(try await shop.made("profile-attribute", body))
            }
            for val in ["41", "42", "43"] {
                let body: JSON = ["attribute_id": .number(range.attributes[0]), "val": .string(val)]
                range.sizes.append(try await shop.made("profile-attribute-value", body))
            }
            for number in 0..<count { try await range.add(number, profile, &dice) }
            return range
        }

        private mutating func add(_ number: Int, _ profile: Int64, _ dice: inout Dice) async throws {
            let item = Item(
                name: "\(dice.pick(["Red", "Blue"])) shoe \(number)", brand: dice.pick([0, 1, 2]),
                category: dice.pick([0, 1, 2, 3]), labels: [0, 1].filter { _ in dice.roll(0...2) == 0 },
                size: dice.pick([nil, 0, 1, 2]), heel: dice.pick([nil, 3, 5]), price: dice.roll(1...40) * 25,
                stock: dice.roll(0...1) * 5)
            var attributes: [JSON] = []
            if let size = item.size {
                attributes.append(["attribute_id": .number(self.attributes[0]), "value": .number(sizes[size])])
            }
            if let heel = item.heel {
                attributes.append(["attribute_id": .number(self.attributes[1]), "value": .number(heel)])
            }
            let more = JSONObject([
                .init("brand_id", .number(brands[item.brand])),
                .init("categories", [.number(categories[item.category])]),
                .init("product_labels", .array(item.labels.map { .number(labels[$0]) })),
                .init("profile_id", .number(profile)), .init("attributes", .array(attributes)),
            ])
            _ = try await shop.product(item.name, price: .number(item.price), stock: item.stock, more)
            items.append(item)
        }
    }

    /// What may be chosen, by facet; nil and empty are no choice.
    private struct Choice {
        var brands: [Int] = []
        var categories: [Int] = []
        var labels: [Int] = []
        var sizes: [Int] = []
        var heels: [Int64] = []
        var price: ClosedRange<Int64>?
        var inStock: Bool?
        var word: String?

        static func random(_ dice: inout Dice) -> Choice {
            func some(_ all: [Int]) -> [Int] { dice.roll(0...2) == 0 ? all.filter { _ in dice.roll(0...1) == 0 } : [] }
            var choice = Choice()
            choice.brands = some([0, 1, 2])
            choice.categories = some([0, 1, 2, 3])
            choice.labels = some([0, 1])
            choice.sizes = some([0, 1, 2])
            choice.heels = some([3, 5]).map(Int64.init)
            if dice.roll(0...2) == 0 { choice.price = dice.roll(0...400)...dice.roll(400...1000) }
            if dice.roll(0...2) == 0 { choice.inStock = dice.roll(0...1) == 1 }
            if dice.roll(0...1) == 0 { choice.word = dice.pick(["red", "blue", "shoe", "bl"]) }
            return choice
        }

        func query(_ range: Range) -> String {
            var parts: [String] = []
            func add(_ name: String, _ ids: [Int64]) {
                if !ids.isEmpty { parts.append(name + "=" + ids.map(String.init).joined(separator: ",")) }
            }
            add("brand_id", brands.map { range.brands[$0] })
            add("category_id", categories.map { range.categories[$0] })
            add("product_label_id", labels.map { range.labels[$0] })
            add("attribute[\(range.attributes[0])]", sizes.map { range.sizes[$0] })
            add("attribute[\(range.attributes[1])]", heels)
            if let price { parts.append("price[gte]=\(price.lowerBound)&price[lte]=\(price.upperBound)") }
            if let inStock { parts.append("in_stock=\(inStock ? 1 : 0)") }
            if let word { parts.append("q=\(word)") }
            return parts.joined(separator: "&")
        }

        /// The categories that show a product of one.
        static func line(_ category: Int) -> [Int] { [[0], [1, 0], [2, 0], [3, 1, 0]][category] }

        func fits(_ item: Range.Item, but facet: String = "") -> Bool {
            (facet == "brand" || brands.isEmpty || brands.contains(item.brand))
                && (facet == "category" || categories.isEmpty
                    || Self.line(item.category).contains(where: categories.contains))
                && (facet == "label" || labels.isEmpty || item.labels.contains(where: labels.contains))
                && (facet == "size" || sizes.isEmpty || item.size.map(sizes.contains) == true)
                && (facet == "heel" || heels.isEmpty || item.heel.map(heels.contains) == true)
                && (facet == "price" || price?.contains(item.price) != false)
                && (facet == "in_stock" || inStock == nil || inStock == (item.stock > 0))
                && (word.map { word in item.name.lowercased().split(separator: " ").contains { $0.hasPrefix(word) } }
                    ?? true)
        }
    }

    @Test func `whatever is chosen, products and counts are those of a model`() async throws {
        let seed = UInt64.random(in: 0 ... .max)
        var dice = Dice(seed: seed)
        let range = try await Range.open(&dice, 60)
        for _ in 1...40 {
            let choice = Choice.random(&dice)
            let query = choice.query(range)
            let reply = try await range.shop.get("product/search?limit=100&facets=*&\(query)").json
            let names = reply["products"].elements.map { $0["name"].text }
            let expected = range.items.filter { choice.fits($0) }.map(\.name)
            #expect(Set(names) == Set(expected) && names.count == expected.count, "seed \(seed), \(query)")
            #expect(reply["paging"]["total"].integer == Int64(expected.count), "seed \(seed), \(query)")
            check(reply["facets"], choice, range, "seed \(seed), \(query)")
        }
    }

    private func check(_ facets: JSON, _ choice: Choice, _ range: Range, _ label: String) {
        func counts(_ list: JSON) -> [Int64: Int64] {
            list.elements.reduce(into: [:]) {
                // Nothing counts nothing unless it was chosen.
                #expect($1["count"] != 0 || $1["selected"] != 0, "\(label)")
                if $1["count"] != 0 { $0[$1["value"].integer] = $1["count"].integer }
            }
        }
        func model(_ facet: String, _ values: (Range.Item) -> [Int64]) -> [Int64: Int64] {
            range.items.filter { choice.fits($0, but: facet) }.flatMap { Set(values($0)) }.reduce(into: [:]) {
                $0[$1, default: 0] += 1
            }
        }
        #expect(counts(facets["brand"]) == model("brand") { [range.brands[$0.brand]] }, "\(label)")
        #expect(
            counts(facets["category"]) == model("category") { Choice.line($0.category).map { range.categories[$0] } },
            "\(label)")
        #expect(counts(facets["label"]) == model("label") { $0.labels.map { range.labels[$0] } }, "\(label)")
        for (place, facet) in ["size", "heel"].enumerated() {
            let found = facets["attribute"].elements.first { $0["attribute_id"].integer == range.attributes[place] }
            let values = model(facet) { item in
                facet == "size" ? item.size.map { [range.sizes[$0]] } ?? [] : item.heel.map { [$0] } ?? []
            }
            #expect(counts(found?["values"] ?? []) == values, "\(label)")
        }
        #expect(counts(facets["in_stock"]) == model("in_stock") { [$0.stock > 0 ? 1 : 0] }, "\(label)")
        let prices = range.items.filter { choice.fits($0, but: "price") }.map(\.price)
        #expect(facets["price"]["min"] == (prices.min().map { .number($0) } ?? .null), "\(label)")
        #expect(facets["price"]["max"] == (prices.max().map { .number($0) } ?? .null), "\(label)")
        for bucket in facets["price"]["buckets"].elements {
            let (from, to) = (bucket["from"].integer, bucket["to"].integer)
            #expect(bucket["count"].integer == Int64(prices.filter { from <= $0 && $0 < to }.count), "\(label)")
        }
    }

    @Test func `facets have names, chosen values stay in sight, and the limit holds`() async throws {
        var dice = Dice(seed: 1)
        let range = try await Range.open(&dice, 30)
        let size = range.attributes[0]
        let facets = try await range.shop.get("product/search?facets=*&q=nothing&brand_id=\(range.brands[1])").json[
            "facets"]
        #expect(facets["brand"] == [["value": .number(range.brands[1]), "name": "Lego", "count": 0, "selected": 1]])
        #expect(facets["price"] == ["min": nil, "max": nil, "buckets": []])
        for name in ["category", "label", "attribute", "in_stock"] { #expect(facets[name] == [], "\(name)") }
        let chosen = try await range.shop.get(
            "product/search?facets=category,in_stock&q=nothing&in_stock=0&category_id=\(range.categories[2])"
        ).json["facets"]
        #expect(chosen["category"].elements.map { $0["name"].text } == ["Right"])
        #expect(chosen["in_stock"] == [["value": 0, "count": 0]])
        let whole = try await range.shop.get("product/search?facets=category,attribute,brand&facet_limit=1").json[
            "facets"]
        #expect(whole.names == ["brand", "category", "attribute"])
        #expect(whole["brand"].elements.count == 1)
        #expect(whole["category"][0]["name"] == "Top")
        #expect(whole["category"][0]["count"] == 30)
        let sizes = whole["attribute"].elements.first { $0["attribute_id"].integer == size } ?? .null
        #expect(sizes["name"] == "Size")
        #expect(sizes["data_type"] == "valuelist")
        #expect(sizes["values"].elements.count == 1)
        #expect(try await range.shop.get("product/search").json["facets"] == [:])
    }

    @Test func `a category that moves takes its products along`() async throws {
        let shop = try await TestShop.open()
        let (one, other) = (
            try await shop.made("category", ["name": "One"]), try await shop.made("category", ["name": "Other"])
        )
        let child = try await shop.made("category", ["name": "Child", "parent_id": .number(one)])
        _ = try await shop.product("Thing", JSONObject([.init("categories", [.number(child)])]))
        #expect(try await shop.found("category_id=\(one)") == ["Thing"])
        try await shop.put("category/\(child)", ["parent_id": .number(other)])
        #expect(try await shop.found("category_id=\(one)") == [])
        #expect(try await shop.found("category_id=\(other)") == ["Thing"])
    }

    @Test func `stock and sales count as they are now`() async throws {
        let shop = try await TestShop.open(on: try await TestServer())
        let product = try await shop.product("Thing", stock: 1)
        #expect(try await shop.found("in_stock=1") == ["Thing"])
        _ = try await shop.order(product)
        #expect(try await shop.found("in_stock=1") == [])
        #expect(try await shop.found("in_stock=0") == ["Thing"])
        try await shop.put("stock/\(product)", ["adjust": 3])
        #expect(try await shop.found("in_stock=1") == ["Thing"])
        try await shop.put(
            "product/\(product)",
            ["sale_price": 40, "sale_from": "2026-02-01 00:00:00", "sale_to": "2026-03-02 00:00:00"])
        #expect(try await shop.found("price[lte]=40") == ["Thing"])
        shop.server.clock.advance(seconds: 2 * 86_400)
        #expect(try await shop.found("price[lte]=40") == [])
        #expect(try await shop.found("price=100") == ["Thing"])
        await shop.server.stop()
    }
}
