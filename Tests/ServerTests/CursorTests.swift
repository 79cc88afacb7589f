import Basics
import Resources
import Support
import Testing

/// CONTRACT 4, "Cursor": a walk by `after` that loses and repeats nothing, whatever is written meanwhile.
@Suite struct CursorTests {
    private static func names(_ shop: TestShop, _ query: String) async throws -> [String] {
        try await walk(shop, query).map { $0["name"].text }
    }

    /// All rows of a list, page by page; fails where a walk does not end.
    private static func walk(
        _ shop: TestShop, _ query: String, _ between: (Int) async throws -> Void = { _ in }
    ) async throws -> [JSON] {
        var rows: [JSON] = []
        var after = ""
        for page in 0..<100 {
            let list = try await shop.get("product?\(query)&after=\(after.escaped)").json
            rows += list["products"].elements
            #expect(list["paging"]["count"].integer == Int64(list["products"].elements.count))
            guard list["paging"].names.contains("next") else { return rows }
            after = list["paging"]["next"].text
            #expect(!after.isEmpty)
            try await between(page)
        }
        Issue.record("the walk of \(query) does not end")
        return rows
    }

    private static func fill(_ shop: TestShop, _ count: Int64) async throws {
        try await shop.post(
            "product/batch",
            .array(
                (1...count).map { number in
                    [
                        "method": "POST",
                        "body": [
                            "name": .string("Shirt \(number)"), "price": .number(number % 3),
                            "sale_price": number % 2 == 0 ? .number(number % 3) : nil,
                        ],
                    ]
                }))
    }

    @Test(arguments: [
        "", "sort=name", "sort=-name", "sort=price,-name", "sort=-sale_price", "sort=created", "sort=-price",
    ])
    func `a cursor walk sees every row once`(_ sort: String) async throws {
        let shop = try await TestShop.open()
        try await Self.fill(shop, 11)
        let expected = try await shop.get("product?limit=1000&\(sort)").json["products"].elements
        #expect(expected.count == 11)
        for limit in [1, 2, 3, 5, 10, 11, 12] {
            #expect(try await Self.walk(shop, "limit=\(limit)&\(sort)") == expected, "limit \(limit)")
        }
    }

    @Test func `the last page has no next, even when it is full`() async throws {
        let shop = try await TestShop.open()
        try await Self.fill(shop, 6)
        let first = try await shop.get("product?limit=3").json["paging"]
        #expect(first.names == ["offset", "limit", "count", "total", "next"])
        let second = try await shop.get("product?limit=3&after=\(first["next"].text.escaped)").json["paging"]
        #expect(second.names == ["offset", "limit", "count", "total"])
        #expect(second["count"] == 3)
        #expect(second["total"] == 6)
    }

    @Test func `a walk begins with a limit, or with after and no value`() async throws {
        let shop = try await TestShop.open()
        try await Self.fill(shop, 6)
        for query in ["limit=5", "after=", "after", "after=&limit=5"] {
            let paging = try await shop.get("product?\(query)").json["paging"]
            #expect(!paging["next"].text.isEmpty, "\(query)")
        }
        for query in ["", "offset=0&limit=5", "offset=0"] {
            let paging = try await shop.get("product?\(query)").json["paging"]
            #expect(!paging.names.contains("next"), "\(query)")
        }
    }

    @Test func `rows that come and go during a walk neither hide nor repeat the others`() async throws {
        let shop = try await TestShop.open()
        try await Self.fill(shop, 12)
        let all = try await shop.get("product?limit=1000").json["products"].elements
        let doomed = [all[1], all[5], all[8]]
        let seen = try await Self.walk(shop, "limit=3") { page in
            _ = try await shop.product("Newcomer \(page)")
            if page < doomed.count { try await shop.delete("product/\(doomed[page]["product_id"].integer)") }
        }
        let ids = seen.map { $0["product_id"].integer }
        #expect(ids == Set(ids).sorted(by: >), "a row came twice")
        let stayed = all.filter { !doomed.contains($0) }.map { $0["product_id"].integer }
        #expect(Set(ids).isSuperset(of: stayed), "a row was lost")
        #expect(!seen.contains { $0["name"].text.hasPrefix("Newcomer") }, "a newer row stands before the cursor")
    }

    @Test func `rows that change their place are not lost by those that do not`() async throws {
        let shop = try await TestShop.open()
        try await Self.fill(shop, 9)
        let all = try await shop.get("product?limit=1000&sort=name").json["products"].elements
        let moved = try #require(all.last)
        let names = try await Self.walk(shop, "limit=2&sort=name") { page in
            if page == 0 { try await shop.put("product/\(moved["product_id"].integer)", ["name": "AAA"]) }
        }.map { $0["name"].text }
        #expect(names == all.dropLast().map { $0["name"].text })
    }

    @Test func `a walk keeps its filters`() async throws {
        let shop = try await TestShop.open()
        try await Self.fill(shop, 12)
        let names = try await Self.names(shop, "limit=2&price=1&sort=name")
        #expect(names == ["Shirt 1", "Shirt 10", "Shirt 4", "Shirt 7"])
    }

    @Test func `a bare list in its envelope can be walked too`() async throws {
        let shop = try await TestShop.open()
        for number in 1...5 { try await shop.post("category", ["name": .string("Category \(number)")]) }
        let first = try await shop.get("category?envelope=1&limit=3").json
        let after = first["paging"]["next"].text
        let second = try await shop.get("category?envelope=1&limit=3&after=\(after.escaped)").json
        #expect(
            (first["categories"].elements + second["categories"].elements).map { $0["name"].text }
                == (1...5).map { "Category \($0)" })
        #expect(!second["paging"].names.contains("next"))
    }

    @Test func `a cursor of another order, or no cursor, is 422 and named`() async throws {
        let shop = try await TestShop.open()
        try await Self.fill(shop, 6)
        let cursor = try await shop.get("product?limit=2&sort=name").json["paging"]["next"].text
        for query in ["sort=-name", "sort=price", ""] {
            let reply = try await shop.get("product?limit=2&\(query)&after=\(cursor.escaped)")
            #expect(reply.status == 422, "\(query)")
            #expect(reply.pointers == ["?after"], "\(query)")
        }
        for text in ["garbage", "123", "%F0%9F%98%80", Base64URL.encode(Array("[]".utf8)), cursor + "x"] {
            #expect(try await shop.get("product?limit=2&sort=name&after=\(text)").status == 422, "\(text)")
        }
    }

    @Test func `a forged cursor finds rows or is refused, and nothing else`() async throws {
        let shop = try await TestShop.open()
        try await Self.fill(shop, 3)
        let forged = [
            #"["-product_id","abc"]"#, #"["-product_id",null]"#, #"["-product_id",9223372036854775808]"#,
            #"["-product_id",[1]]"#, #"["name,product_id",1,1]"#, #"["name,product_id","a","b"]"#,
            #"["name,product_id","\u0000",1]"#, #"["price,product_id","1",1]"#, #"["-product_id",9223372036854775807]"#,
        ]
        for text in forged {
            let sort = text.contains("name") ? "sort=name" : text.contains("price") ? "sort=price" : ""
            let cursor = Base64URL.encode(Array(text.utf8))
            let reply = try await shop.get("product?limit=2&\(sort)&after=\(cursor)")
            #expect([200, 422].contains(reply.status), "\(text): \(reply.status)")
        }
    }
}
