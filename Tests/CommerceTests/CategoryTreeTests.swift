import Basics
import Resources
import Support
import Testing

/// Categories hang under each other and never in a circle.
@Suite struct CategoryTreeTests {
    private static func category(
        _ name: String, under parent: Int64 = 0, weight: Int64 = 0, in shop: TestShop
    ) async throws -> Int64 {
        try await shop.post(
            "category", ["name": .string(name), "parent_id": .number(parent), "weight": .number(weight)]
        ).json["category_id"].integer
    }

    /// `A(B(C),D)`
    private static func outline(_ tree: JSON) -> String {
        tree.elements.map { node in
            let inner = outline(node["children"])
            return node["name"].text + (inner.isEmpty ? "" : "(\(inner))")
        }.joined(separator: ",")
    }

    @Test func `the tree is nested by parent and ordered by weight and name`() async throws {
        let shop = try await TestShop.open()
        #expect(try await shop.get("category/tree").text == "[]")
        let men = try await Self.category("Men", weight: 2, in: shop)
        let women = try await Self.category("Women", weight: 1, in: shop)
        let shirts = try await Self.category("Shirts", under: men, in: shop)
        _ = try await Self.category("Ties", under: men, weight: -1, in: shop)
        _ = try await Self.category("Long", under: shirts, in: shop)
        _ = try await Self.category("Dresses", under: women, in: shop)
        #expect(Self.outline(try await shop.get("category/tree").json) == "Women(Dresses),Men(Ties,Shirts(Long))")
        try await shop.put("category/\(shirts)", ["parent_id": .number(women)])
        #expect(Self.outline(try await shop.get("category/tree").json) == "Women(Dresses,Shirts(Long)),Men(Ties)")
        try await shop.put("category/\(shirts)", ["parent_id": 0])
        #expect(Self.outline(try await shop.get("category/tree").json) == "Shirts(Long),Women(Dresses),Men(Ties)")
    }

    @Test func `the tree shows the members asked for`() async throws {
        let shop = try await TestShop.open()
        let top = try await Self.category("Men", in: shop)
        _ = try await Self.category("Ties", under: top, in: shop)
        let tree = try await shop.get("category/tree?fields=url,name&counts=1").json
        #expect(
            tree[0].names == ["category_id", "name", "url", "product_count", "product_count_below", "children"])
        #expect(tree[0]["children"][0]["url"] == "http://butik.test/ties")
        let ids = try await shop.get("category/tree?fields=nothing").json
        #expect(ids[0].names == ["category_id", "children"])
        let usual = try await shop.get("category/tree").json[0]
        let whole = try await shop.get("category/\(top)").json
        #expect(usual.names.contains("name") && !usual.names.contains("description_a"))
        for name in usual.names where name != "children" { #expect(usual[name] == whole[name], "\(name)") }
        #expect(try await shop.get("category/tree?fields=description_a").json[0]["description_a"] == "")
    }

    @Test func `a category cannot be put below itself`() async throws {
        let shop = try await TestShop.open()
        let top = try await Self.category("A", in: shop)
        let middle = try await Self.category("B", under: top, in: shop)
        let bottom = try await Self.category("C", under: middle, in: shop)
        for parent in [top, middle, bottom] {
            let reply = try await shop.put("category/\(top)", ["parent_id": .number(parent)])
            #expect(reply.status == 422)
            #expect(reply.json["errors"][0]["code"] == "cycle")
            #expect(reply.pointers == ["/parent_id"])
        }
        #expect(Self.outline(try await shop.get("category/tree").json) == "A(B(C))")
    }

    @Test func `a parent must be a live category of the shop`() async throws {
        let shop = try await TestShop.open()
        let other = try await TestShop.open()
        let foreign = try await Self.category("Foreign", in: other)
        let removed = try await Self.category("Removed", in: shop)
        try await shop.delete("category/\(removed)")
        for parent in [foreign, removed, 9_999_999] {
            let reply = try await shop.post("category", ["name": "Child", "parent_id": .number(parent)])
            #expect(reply.status == 422)
            #expect(reply.pointers == ["/parent_id"])
        }
    }

    @Test func `a removed category leaves lists and tree, and what hung below hangs where it hung`() async throws {
        let shop = try await TestShop.open()
        let top = try await Self.category("A", in: shop)
        let middle = try await Self.category("B", under: top, in: shop)
        let low = try await Self.category("C", under: middle, in: shop)
        _ = try await shop.product("Cup", JSONObject([.init("categories", [.number(low)])]))
        _ = try await shop.product("Pot", JSONObject([.init("categories", [.number(middle)])]))
        try await shop.delete("category/\(middle)")
        #expect(Self.outline(try await shop.get("category/tree").json) == "A(C)")
        let below = try await shop.get("product?category_id=\(top)&descendants=1").json["products"].elements
        #expect(below.map { $0["name"].text } == ["Cup"])
        #expect(try await shop.get("product?category_id=\(middle)").json["paging"]["total"] == 0)
        let types = try await shop.events().filter { $0["resource_id"].integer == low }.map { $0["type"].text }
        #expect(types.contains("category.updated"))
        #expect(try await shop.get("category").json.elements.map { $0["name"].text } == ["A", "C"])
        let all = try await shop.get("category?include_removed=1").json
        #expect(all.elements.map { $0["name"].text } == ["A", "B", "C"])
        #expect(all.elements.map { $0["is_removed"].text } == ["0", "1", "0"])
        #expect(try await shop.get("category/\(middle)").status == 410)
        #expect(try await shop.delete("category/\(middle)").status == 410)
    }

    @Test func `fifty levels are nested and the next is refused`() async throws {
        let shop = try await TestShop.open()
        var chain: [Int64] = []
        for level in 1...50 {
            chain.append(try await Self.category("L\(level)", under: chain.last ?? 0, in: shop))
        }
        // Deeper than our own reader goes, so it is looked at as text.
        let text = try await HTTP.send(
            "GET", "/REST/category/tree", headers: ["X-Access-Token": shop.token(.read)], port: shop.server.port
        ).text
        #expect(text.hasSuffix(String(repeating: "]}", count: 50) + "]"))
        #expect(text.contains(#""name":"L50""#))
        let deeper = try await shop.post("category", ["name": "L51", "parent_id": .number(chain[49])])
        #expect(deeper.status == 422)
        #expect(deeper.pointers == ["/parent_id"])
        let top = try await Self.category("Top", in: shop)
        let moved = try await shop.put("category/\(chain[0])", ["parent_id": .number(top)])
        #expect(moved.status == 422)
        #expect(moved.json["errors"][0]["code"] == "too_deep")
    }

    // MARK: Products of the tree

    @Test func `a category shows its own products, or those below it too, each once`() async throws {
        let shop = try await TestShop.open()
        let top = try await Self.category("Clothes", in: shop)
        let middle = try await Self.category("Shirts", under: top, in: shop)
        let bottom = try await Self.category("Silk", under: middle, in: shop)
        let other = try await Self.category("Shoes", in: shop)
        func product(_ name: String, _ categories: [Int64], online: Bool = true) async throws -> Int64 {
            try await shop.post(
                "product",
                [
                    "name": .string(name), "categories": .array(categories.map { .number($0) }),
                    "is_online": online ? 1 : 0,
                ]
            ).json["product_id"].integer
        }
        let plain = try await product("Plain", [middle])
        let silk = try await product("Silk", [bottom, middle])
        let hat = try await product("Hat", [top, other])
        let hidden = try await product("Hidden", [bottom], online: false)
        func listed(_ query: String) async throws -> [Int64] {
            let list = try await shop.get("product?limit=100&\(query)").json
            #expect(list["paging"]["total"].integer == Int64(list["products"].elements.count))
            return list["products"].elements.map { $0["product_id"].integer }
        }
        #expect(try await listed("category_id=\(top)") == [hat])
        #expect(try await listed("category_id=\(top)&descendants=1") == [hidden, hat, silk, plain])
        #expect(try await listed("category_id=\(top)&descendants=1&is_online=1&sort=product_id") == [plain, silk, hat])
        #expect(try await listed("category_id=\(middle)&descendants=1") == [hidden, silk, plain])
        #expect(try await listed("category_id=\(top)&descendants=0") == [hat])
        #expect(try await listed("category_id=0&descendants=1").count == 4)

        let tree = try await shop.get("category/tree?counts=1").json
        func counts(_ node: JSON) -> [Int64] {
            [node["product_count"].integer, node["product_count_below"].integer]
        }
        #expect(counts(tree[0]) == [1, 3])
        #expect(counts(tree[0]["children"][0]) == [2, 2])
        #expect(counts(tree[0]["children"][0]["children"][0]) == [1, 1])
        #expect(counts(tree[1]) == [1, 1])
        #expect(try await shop.get("category/tree").json[0]["product_count"] == .null)
    }

    @Test func `a walk through a category and all below it by cursor loses nothing`() async throws {
        let shop = try await TestShop.open()
        let top = try await Self.category("Top", in: shop)
        let below = try await Self.category("Below", under: top, in: shop)
        for number in 1...7 {
            let category = number % 2 == 0 ? top : below
            try await shop.post(
                "product", ["name": .string("P\(number)"), "categories": [.number(top), .number(category)]])
        }
        var seen: [Int64] = []
        var next: String? = ""
        while let cursor = next {
            let page = try await shop.get("product?category_id=\(top)&descendants=1&limit=3&after=\(cursor)").json
            seen += page["products"].elements.map { $0["product_id"].integer }
            next = page["paging"]["next"] == .null ? nil : page["paging"]["next"].text
        }
        #expect(seen.count == 7)
        #expect(seen == seen.sorted(by: >))
    }
}
