import Basics
import Resources
import Support
import Testing

/// The form of a search and of its answer: pages, order, selection, suggestions, cost, and what is refused.
@Suite struct SearchAnswerTests {
    private static func shop(_ count: Int, on server: TestServer? = nil) async throws -> TestShop {
        let shop = try await TestShop.open(on: server)
        let brand = try await shop.made("brand", ["name": "Titan"])
        let rows = (1...count).map { number -> JSON in
            let body: JSON = [
                "name": .string("Watch \(number % 7)"), "price": .number(Int64(number * 37 % 11)),
                "weight": .number(Int64(number % 3)), "brand_id": .number(brand),
            ]
            return ["method": "POST", "body": body]
        }
        try await shop.post("product/batch", .array(rows))
        return shop
    }

    private static func ids(_ reply: Reply) -> [Int64] {
        reply.json["products"].elements.map { $0["product_id"].integer }
    }

    @Test(arguments: ["relevance", "price", "-price", "name", "-name", "created", "-created", "weight", "-product_id"])
    func `pages follow each other by cursor and by offset, in every order`(_ sort: String) async throws {
        let shop = try await Self.shop(40)
        for query in ["", "q=watch&"] {
            let whole = try await shop.get("product/search?\(query)sort=\(sort)&limit=100")
            #expect(Self.ids(whole).count == 40)
            #expect(whole.json["paging"].names == ["offset", "limit", "count", "total"])
            var walked: [Int64] = []
            var next: String? = ""
            while let cursor = next, walked.count < 100 {
                let page = try await shop.get("product/search?\(query)sort=\(sort)&limit=7&after=\(cursor)")
                #expect(page.json["paging"]["total"] == 40)
                walked += Self.ids(page)
                let following = page.json["paging"]["next"].text
                next = following.isEmpty ? nil : following
            }
            #expect(walked == Self.ids(whole), "\(query)")
            var counted: [Int64] = []
            for offset in stride(from: 0, to: 49, by: 7) {
                counted += Self.ids(try await shop.get("product/search?\(query)sort=\(sort)&limit=7&offset=\(offset)"))
            }
            #expect(counted == Self.ids(whole), "\(query)")
        }
    }

    @Test func `a sort is a sort, with the id to settle it`() async throws {
        let shop = try await Self.shop(30)
        let rows = try await shop.get("product/search?sort=-price&limit=100").json["products"].elements
        let keys = rows.map { (-$0["price"].integer, -$0["product_id"].integer) }
        #expect(zip(keys, keys.dropFirst()).allSatisfy { $0 < $1 })
        let names = try await shop.get("product/search?sort=name&limit=100").json["products"].elements
        let pairs = names.map { ($0["name"].text, $0["product_id"].integer) }
        #expect(zip(pairs, pairs.dropFirst()).allSatisfy { $0 < $1 })
    }

    @Test func `products look as they do in the list`() async throws {
        let shop = try await Self.shop(3)
        for query in ["limit=10", "limit=10&fields=name,brand_id&expand=brand", "limit=2&expand=brand,supplier"] {
            let list = try await shop.get("product?sort=product_id&\(query)").json["products"]
            #expect(try await shop.get("product/search?sort=product_id&\(query)").json["products"] == list, "\(query)")
        }
        #expect(try await shop.get("product/search?limit=0").json["products"] == [])
        #expect(try await shop.get("product/search").json["paging"]["limit"] == 5)
        #expect(try await shop.get("product/search?limit=99999").json["paging"]["limit"] == 1000)
    }

    @Test func `what is offline or kept out of search is left out where that is asked for`() async throws {
        let shop = try await TestShop.open()
        for (name, field) in [("Seen", "meta"), ("Offline", "is_online"), ("Kept out", "no_internal_search")] {
            let value: JSON = field == "is_online" ? 0 : field == "meta" ? "x" : 1
            try await shop.post("product", .object(JSONObject([.init("name", .string(name)), .init(field, value)])))
        }
        #expect(try await shop.found("").count == 3)
        #expect(try await shop.found("visible=1") == ["Seen"])
        #expect(try await shop.found("is_online=0") == ["Offline"])
        #expect(try await shop.found("no_internal_search=1") == ["Kept out"])
        #expect(try await shop.get("product/suggest?q=offline").json["products"] == [])
    }

    @Test func `what is begun is suggested`() async throws {
        let shop = try await TestShop.open()
        let brand = try await shop.made("brand", ["name": "Skovly"])
        let top = try await shop.made("category", ["name": "Sko og støvler"])
        let below = try await shop.made("category", ["name": "Sandaler", "parent_id": .number(top)])
        for name in ["Skolette", "Skoletaske", "Skoletaske stor"] {
            _ = try await shop.product(
                name, JSONObject([.init("brand_id", .number(brand)), .init("categories", [.number(below)])]))
        }
        let reply = try await shop.get("product/suggest?q=Sko").json
        #expect(reply["queries"] == ["skoletaske", "skolette"])
        #expect(reply["products"].elements.map { $0["name"].text } == ["Skolette", "Skoletaske", "Skoletaske stor"])
        #expect(reply["brands"].elements.map { $0["name"].text } == ["Skovly"])
        #expect(reply["brands"][0]["count"] == 3)
        #expect(reply["categories"].elements.map { $0["name"].text } == ["Sko og støvler"])
        #expect(reply["categories"][0]["url"].text == "http://butik.test/sko-og-stoevler")
        #expect(try await shop.get("product/suggest?q=stor+sko&limit=1").json["queries"] == ["stor skoletaske"])
        let corrected = try await shop.get("product/suggest?q=skoeltaske").json
        #expect(corrected["corrected_query"].text == "skoletaske")
        #expect(corrected["products"].elements.count == 2)
        for query in ["", "?q=", "?q=%20", "?q=!"] {
            #expect(try await shop.get("product/suggest\(query)").json["products"] == [])
        }
    }

    @Test func `a search costs as many statements for a thousand products as for one`() async throws {
        let server = try await TestServer()
        let shop = try await Self.shop(300, on: server)
        for (path, budget) in [
            ("product/search?", 2), ("product/search?q=watch", 6), ("product/search?q=watch+3", 7),
            ("product/search?q=watch&facets=brand,category,price", 9),
            ("product/search?q=watch&facets=*&expand=brand", 10),
            ("product/suggest?q=wat", 9),
        ] {
            var costs: [Int] = []
            for limit in [1, 1, 20] {
                // A write between, so that nothing is answered from memory.
                _ = try await shop.product("Watch")
                try await shop.get("self")
                let before = server.storage.statements
                try await shop.get("\(path)&limit=\(limit)")
                costs.append(server.storage.statements - before)
            }
            // Postgres asks for its snapshot and for its edge, where SQLite asks for a number.
            #expect(costs.allSatisfy { (2...budget + 3).contains($0) }, "\(path): \(costs)")
            #expect(Set(costs.dropFirst()).count == 1, "\(path): \(costs)")
        }
        await server.stop()
    }

    @Test func `bad parameters are refused, all at once and by name`() async throws {
        let shop = try await Self.shop(1)
        let reply = try await shop.get(
            "product/search?brand_id=x&category_id=1,y&attribute[z]=1&price[gte]=abc&price[like]=1&in_stock=2&facets=size"
                + "&facet_limit=0&sort=-relevance&limit=x&offset=-1&after=abc")
        #expect(reply.status == 422)
        #expect(
            Set(reply.pointers) == [
                "?brand_id", "?category_id", "?attribute[z]", "?price[gte]", "?price[like]", "?in_stock", "?facets",
                "?facet_limit", "?sort", "?limit", "?offset", "?after",
            ])
        for query in [
            "featured=1", "price[gte]=", "brand_id=", "brand_id=0", "q=\(String(repeating: "a+", count: 2000))",
            "q=%F0%9F%98%80", "price[gte]=5&price[lte]=1", "offset=1000000000", "brand_id=9007199254740991", "sort=",
            "attribute[9007199254740991]=x,y", "price=90071992547409.91",
        ] {
            #expect(try await shop.get("product/search?\(query)").status == 200, "\(query)")
        }
        // No number from outside is as large as 2^53.
        for query in ["brand_id=9007199254740992", "attribute[9223372036854775807]=x", "price=90071992547409.92"] {
            #expect(try await shop.get("product/search?\(query)").status == 422, "\(query)")
        }
        for query in ["featured=1", "q=x&fields=nothing", "expand=nothing", "attribute=1"] {
            let strict = try await shop.get("product/search?\(query)", headers: ["Prefer": "handling=strict"])
            #expect(strict.status == 422, "\(query)")
        }
        for limit in ["0", "21", "x"] {
            #expect(try await shop.get("product/suggest?q=a&limit=\(limit)").status == 422)
        }
        let cursor = try await shop.get("product/search?limit=1&sort=name").json["paging"]["next"].text
        #expect(try await shop.get("product/search?limit=1&sort=price&after=\(cursor)x").status == 422)
    }
}
