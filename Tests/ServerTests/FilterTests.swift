import Basics
import Resources
import Support
import Testing

/// CONTRACT 4, "Filters" and "Sort".
@Suite struct FilterTests {
    /// Four shirts at 10, 20, 30 and 40; the first two have a GTIN.
    private static func shirts() async throws -> TestShop {
        let shop = try await TestShop.open()
        for (number, name) in ["Ant", "Bee", "Cat", "ant_%"].enumerated() {
            var more = JSONObject()
            if number < 2 { more.append("gtin", .string("57\(number)")) }
            more.append("own_id", .string("S\(number + 1)"))
            _ = try await shop.product(name, price: .number(Int64(number + 1) * 10), more)
        }
        return shop
    }

    private static func found(_ shop: TestShop, _ query: String) async throws -> [String] {
        let reply = try await shop.get("product?limit=100&sort=price&\(query)")
        #expect(reply.status == 200, "\(query): \(reply.text)")
        let products = reply.json["products"].elements
        #expect(reply.json["paging"]["total"].integer == Int64(products.count), "\(query)")
        return products.map { $0["own_id"].text }
    }

    @Test func `every operator compares as it says`() async throws {
        let shop = try await Self.shirts()
        for (query, expected) in [
            ("price=20", ["S2"]), ("price=20.00", ["S2"]), ("price[gte]=20", ["S2", "S3", "S4"]),
            ("price[gt]=20", ["S3", "S4"]), ("price[lte]=20", ["S1", "S2"]), ("price[lt]=20", ["S1"]),
            ("price[ne]=20", ["S1", "S3", "S4"]), ("price[in]=10,40", ["S1", "S4"]), ("price[in]=", []),
            ("price[gte]=20&price[lt]=40", ["S2", "S3"]), ("price[gte]=20&name=Bee", ["S2"]), ("price=20&price=30", []),
            ("name=Ant", ["S1"]), ("name=ant", []), ("name[gte]=Bee&name[lt]=a", ["S2", "S3"]),
            ("name[in]=Ant,Cat", ["S1", "S3"]), ("name[ne]=Ant", ["S2", "S3", "S4"]),
            ("name[prefix]=ant", ["S4"]), ("name[prefix]=ant_%25", ["S4"]), ("name[prefix]=_nt", []),
            ("name[prefix]=%25", []), ("name[prefix]=", ["S1", "S2", "S3", "S4"]),
            ("gtin[null]=1", ["S3", "S4"]), ("gtin[null]=0", ["S1", "S2"]), ("gtin[ne]=570", ["S2", "S3", "S4"]),
            ("is_online=1", ["S1", "S2", "S3", "S4"]), ("is_online=true", ["S1", "S2", "S3", "S4"]),
            ("is_online=0", []),
        ] as [(String, [String])] {
            #expect(try await Self.found(shop, query) == expected, "\(query)")
        }
    }

    @Test func `a brackets name may be escaped, as most clients send it`() async throws {
        let shop = try await Self.shirts()
        #expect(try await Self.found(shop, "price%5Bgte%5D=30") == ["S3", "S4"])
    }

    @Test func `an operator that is none, or not the field's, is 422 and named`() async throws {
        let shop = try await TestShop.open()
        for name in ["price[like]", "price[]", "price[prefix]", "name[GTE]"] {
            let reply = try await shop.get("product?\(name)=1")
            #expect(reply.status == 422, "\(name)")
            #expect(reply.pointers == ["?" + name], "\(name)")
        }
    }

    @Test func `a value that the field cannot have is 422 and all of them are named`() async throws {
        let shop = try await TestShop.open()
        let reply = try await shop.get("product?price=cheap&supplier_id=x&is_online=2&last_modified=yesterday&gtin=ok")
        #expect(reply.status == 422)
        #expect(Set(reply.pointers) == ["?price", "?supplier_id", "?is_online", "?last_modified"])
    }

    @Test func `an unknown filter is ignored, as existing clients rely on`() async throws {
        let shop = try await Self.shirts()
        #expect(try await Self.found(shop, "featured=1").count == 4)
        #expect(try await Self.found(shop, "4600").count == 4)
        #expect(try await Self.found(shop, "description=x").count == 4)
    }

    @Test func `text that looks like SQL is text`() async throws {
        let shop = try await Self.shirts()
        for value in ["' OR 1=1 --", "\"; DROP TABLE products; --", "$1", "\\", "Ant\u{2019}", "%", "*"] {
            #expect(try await Self.found(shop, "name=\(value.escaped)") == [], "\(value)")
            #expect(try await Self.found(shop, "name[prefix]=\(value.escaped)") == [], "\(value)")
        }
        let name = "O'Neill \"quoted\" \\ $1 ? \u{1F600}"
        _ = try await shop.product(name, price: 50)
        #expect(try await shop.get("product?name=\(name.escaped)").json["paging"]["total"] == 1)
    }

    @Test func `products are filtered by category, main category included, and zero is no filter`() async throws {
        let shop = try await TestShop.open()
        let shirts = try await shop.post("category", ["name": "Shirts"]).json["category_id"]
        let shoes = try await shop.post("category", ["name": "Shoes"]).json["category_id"]
        _ = try await shop.product("A", price: 1, JSONObject([.init("own_id", "A"), .init("categories", [shirts])]))
        _ = try await shop.product("B", price: 2, JSONObject([.init("own_id", "B"), .init("main_category_id", shoes)]))
        #expect(try await Self.found(shop, "category_id=\(shirts.integer)") == ["A"])
        #expect(try await Self.found(shop, "category_id=\(shoes.integer)") == ["B"])
        #expect(try await Self.found(shop, "category_id=0") == ["A", "B"])
        #expect(try await Self.found(shop, "main_category_id=\(shoes.integer)") == ["B"])
    }

    @Test func `search finds words of the name and the numbers, in any case, and not of the description`() async throws
    {
        let shop = try await TestShop.open()
        let body: JSON = [
            "name": "Blå Trøje", "own_id": "SKU-77", "gtin": "5701", "description": "woollen", "search": "sweater",
        ]
        try await shop.post("product", body)
        for text in ["trøje", "TRØJE", "blå tr", "sku-77", "5701", "sweater"] {
            #expect(try await Self.found(shop, "search=\(text.escaped)") == ["SKU-77"], "\(text)")
        }
        for text in ["woollen", "blå_", "%", "trøje hat"] {
            #expect(try await Self.found(shop, "search=\(text.escaped)") == [], "\(text)")
        }
        #expect(try await Self.found(shop, "search=") == ["SKU-77"])
    }

    // MARK: Sort

    @Test func `a list is sorted by all its terms and then by id`() async throws {
        let shop = try await TestShop.open()
        let rows: [(name: String, price: Int64)] = [("B", 1), ("A", 2), ("B", 2), ("A", 2), ("a", 1)]
        for (index, row) in rows.enumerated() {
            let number = JSONObject([.init("own_id", .string("\(index + 1)"))])
            _ = try await shop.product(row.name, price: .number(row.price), number)
        }
        func order(_ sort: String) async throws -> String {
            try await shop.get("product?limit=100&sort=\(sort)").json["products"].elements.map { $0["own_id"].text }
                .joined()
        }
        #expect(try await order("name") == "24135")
        #expect(try await order("-name") == "53142")
        #expect(try await order("name,-price") == "24315")
        #expect(try await order("-price,name,-product_id") == "42315")
        #expect(try await order("") == "54321")
    }

    @Test func `a sort that is not offered is 422 and named`() async throws {
        let shop = try await TestShop.open()
        for sort in ["description", "name,nothing", "-", "name;price", "search_text", "webshop_id", ","] {
            let reply = try await shop.get("product?sort=\(sort)")
            #expect(reply.status == 422, "\(sort)")
            #expect(Set(reply.pointers) == ["?sort"], "\(sort)")
        }
    }
}
