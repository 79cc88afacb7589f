import Basics
import Resources
import Support
import Testing

/// Each category has an order of its own for its products.
@Suite struct CategoryProductsTests {
    /// A category with five products, a category below it with one more, and their ids.
    private static func furnished() async throws -> (shop: TestShop, category: Int64, products: [Int64], below: Int64) {
        let shop = try await TestShop.open()
        let category = try await shop.post("category", ["name": "Shirts"]).json["category_id"].integer
        let inner = try await shop.post("category", ["name": "Silk", "parent_id": .number(category)]).json
        var products: [Int64] = []
        for number in 1...5 {
            products.append(
                try await shop.product(
                    "P\(number)", price: .number(Int64(60 - number * 10)),
                    JSONObject([.init("categories", [.number(category)])])))
        }
        let below = try await shop.product("Below", JSONObject([.init("categories", [inner["category_id"]])]))
        return (shop, category, products, below)
    }

    private static func ids(_ path: String, _ shop: TestShop) async throws -> [Int64] {
        let reply = try await shop.get(path)
        #expect(reply.status == 200, "\(path): \(reply.text)")
        return reply.json["products"].elements.map { $0["product_id"].integer }
    }

    private static func arrange(_ ids: [Int64], in category: Int64, _ shop: TestShop) async throws -> Reply {
        try await shop.put("category/\(category)/products", ["products": .array(ids.map { .number($0) })])
    }

    @Test func `the products named come first in their order, the others behind them by age`() async throws {
        let (shop, category, p, below) = try await Self.furnished()
        let list = "product?category_id=\(category)&limit=10"
        #expect(try await Self.ids(list, shop) == p.reversed())
        #expect(try await Self.ids(list + "&sort=position", shop) == p)
        let reply = try await Self.arrange([p[3], p[0]], in: category, shop)
        #expect(reply.json["category_id"].integer == category)
        #expect(try await Self.ids(list + "&sort=position", shop) == [p[3], p[0], p[1], p[2], p[4]])
        #expect(try await Self.ids(list + "&sort=-position", shop) == [p[4], p[2], p[1], p[0], p[3]])
        #expect(try await Self.ids(list, shop) == p.reversed())
        #expect(
            try await Self.ids(list + "&sort=position&descendants=1", shop) == [p[3], p[0], p[1], p[2], p[4], below])
        _ = try await Self.arrange([p[4]], in: category, shop)
        #expect(try await Self.ids(list + "&sort=position", shop) == [p[4], p[0], p[1], p[2], p[3]])
    }

    @Test func `arranging is a change of the category, with its event and its version`() async throws {
        let (shop, category, p, _) = try await Self.furnished()
        let before = try await shop.get("category/\(category)")
        let reply = try await Self.arrange([p[2]], in: category, shop)
        #expect(reply[header: "ETag"] != before[header: "ETag"])
        let events = try await shop.events().suffix(2)
        #expect(events.map { $0["type"].text } == ["category.updated", "category"])
        let late = try await shop.put(
            "category/\(category)/products", ["products": []], headers: ["If-Match": before[header: "ETag"] ?? ""])
        #expect(late.status == 412)
    }

    @Test func `a walk by position loses nothing`() async throws {
        let (shop, category, p, _) = try await Self.furnished()
        _ = try await Self.arrange([p[3], p[1]], in: category, shop)
        for sort in ["position", "-position", "position,-product_id", "price,position"] {
            let all = try await Self.ids("product?category_id=\(category)&limit=10&sort=\(sort)", shop)
            var seen: [Int64] = []
            var after = ""
            repeat {
                let page = try await shop.get(
                    "product?category_id=\(category)&limit=2&sort=\(sort)&fields=name,product_id&after=\(after)"
                ).json
                seen += page["products"].elements.map { $0["product_id"].integer }
                after = page["paging"]["next"].text
            } while !after.isEmpty
            #expect(seen == all, "\(sort)")
            #expect(seen.count == 5)
        }
    }

    @Test func `a product keeps its place while it stays, and has none where it comes back`() async throws {
        let (shop, category, p, _) = try await Self.furnished()
        _ = try await Self.arrange(p.reversed(), in: category, shop)
        let other = try await shop.post("category", ["name": "Sale"]).json["category_id"]
        try await shop.put("product/\(p[4])", ["categories": [other, .number(category)], "name": "Moved"])
        let list = "product?category_id=\(category)&sort=position&limit=10"
        #expect(try await Self.ids(list, shop) == p.reversed())
        try await shop.put("product/\(p[4])", ["categories": [other]])
        #expect(try await Self.ids(list, shop) == [p[3], p[2], p[1], p[0]])
        try await shop.put("product/\(p[4])", ["categories": [.number(category)]])
        #expect(try await Self.ids(list, shop) == [p[3], p[2], p[1], p[0], p[4]])
    }

    @Test func `only live products of the category can be placed, each once`() async throws {
        let (shop, category, p, below) = try await Self.furnished()
        try await shop.delete("product/\(p[0])")
        let reply = try await Self.arrange([p[1], below, p[0], p[1], 99_999_999], in: category, shop)
        #expect(reply.status == 422)
        #expect(reply.pointers == ["/products/1", "/products/2", "/products/3", "/products/4"])
        #expect(try await shop.put("category/\(category)/products", [:]).pointers == ["/products"])
        #expect(try await shop.put("category/\(category)/products", ["products": [nil]]).pointers == ["/products/0"])
        let objects: JSON = ["products": [["product_id": .number(p[2])], .string("\(p[1])")]]
        #expect(try await shop.put("category/\(category)/products", objects).status == 200)
        #expect(
            try await Self.ids("product?category_id=\(category)&sort=position&limit=10", shop) == [
                p[2], p[1], p[3], p[4],
            ])
    }

    @Test func `the list of a category stands in the category's own order`() async throws {
        let (shop, category, p, below) = try await Self.furnished()
        _ = try await Self.arrange([p[1]], in: category, shop)
        let path = "category/\(category)/products?limit=10"
        for (order, expected) in [
            ("normal", Array(p.reversed())), ("position", [p[1], p[0], p[2], p[3], p[4]]), ("price", p.reversed()),
            ("-price", p), ("whatever themes know", p.reversed()),
        ] {
            try await shop.put("category/\(category)", ["sort_order": .string(order)])
            #expect(try await Self.ids(path, shop) == expected, "\(order)")
        }
        #expect(try await Self.ids(path + "&sort=name", shop) == p)
        #expect(try await Self.ids(path + "&descendants=1&sort=product_id", shop) == p + [below])
        #expect(try await Self.ids(path + "&category_id=9999999", shop) == [])
        let shown = try await shop.get("category/\(category)/products?limit=1&fields=name&expand=brand").json
        #expect(shown["paging"]["total"] == 5)
        #expect(shown["products"][0].names == ["brand_id", "name", "brand"])
        try await shop.delete("category/\(category)")
        #expect(try await shop.get(path).status == 410)
    }

    @Test func `only what has places can be sorted by them`() async throws {
        let (shop, category, _, _) = try await Self.furnished()
        for query in ["sort=position", "category_id=0&sort=position", "product_label_id=1&sort=position"] {
            let reply = try await shop.get("product?\(query)")
            #expect(reply.status == 422)
            #expect(reply.pointers == ["?sort"])
        }
        let both = try await shop.get("product?product_label_id=1&category_id=\(category)&sort=position")
        #expect(both.json["paging"]["total"] == 0)
    }

    @Test func `what was counted is counted anew when the tree or a label changes`() async throws {
        let (shop, category, p, _) = try await Self.furnished()
        let inner = try await shop.get("category?parent_id=\(category)").json[0]["category_id"].integer
        func total(_ query: String) async throws -> Int64 {
            try await shop.get("product?limit=0&\(query)").json["paging"]["total"].integer
        }
        let below = "category_id=\(category)&descendants=1"
        #expect(try await total(below) == 6)
        try await shop.put("category/\(inner)", ["parent_id": 0])
        #expect(try await total(below) == 5)
        try await shop.put("category/\(inner)", ["parent_id": .number(category)])
        #expect(try await total(below) == 6)
        try await shop.delete("category/\(inner)")
        #expect(try await total(below) == 5)
        let label = try await shop.post("product-label", ["name": "New"]).json["product_label_id"].integer
        try await shop.put("product/\(p[0])", ["product_labels": [.number(label)]])
        #expect(try await total("product_label_id=\(label)") == 1)
        try await shop.delete("product-label/\(label)")
        #expect(try await total("product_label_id=\(label)") == 0)
    }
}
