import Basics
import Resources
import Support
import Testing

/// A landing page shows what its rule says, at the moment it is asked.
@Suite struct LandingPageTests {
    private let shop: TestShop
    /// Ids by name.
    private let ids: [String: Int64]

    private subscript(name: String) -> JSON { .number(ids[name] ?? 0) }

    init() async throws {
        let shop = try await TestShop.open()
        self.shop = shop
        var ids: [String: Int64] = [:]
        func make(_ path: String, _ name: String, _ more: JSONObject = JSONObject()) async throws {
            let made = try await shop.post(path, .object(JSONObject([.init("name", .string(name))] + more.members)))
            ids[name] = made.json[made.json.names[0]].integer
        }
        func id(_ name: String) -> JSON { .number(ids[name] ?? 0) }
        for name in ["Nord", "Syd"] { try await make("brand", name) }
        try await make("supplier", "Works")
        for name in ["New", "Organic"] { try await make("product-label", name) }
        try await make("category", "Clothes")
        try await make("category", "Shirts", JSONObject([.init("parent_id", id("Clothes"))]))
        try await make("category", "Home")
        try await make("profile", "Wear")
        try await make("profile-attribute", "Size", JSONObject([.init("profile_id", id("Wear"))]))
        for name in ["S", "M"] {
            try await make("profile-attribute-value", name, JSONObject([.init("attribute_id", id("Size"))]))
        }
        try await make(
            "profile-attribute", "Height", JSONObject([.init("profile_id", id("Wear")), .init("data_type", "number")]))
        func product(_ name: String, _ price: Int64, _ body: JSON) async throws {
            guard case .object(let more) = body else { return }
            try await make("product", name, JSONObject([.init("price", .number(price))] + more.members))
        }
        try await product(
            "Blue", 100,
            [
                "brand_id": id("Nord"), "categories": [id("Shirts")], "product_labels": ["New"],
                "profile_id": id("Wear"),
                "attributes": [
                    ["attribute_id": id("Size"), "value": "S"], ["attribute_id": id("Height"), "value": "2.50"],
                ],
            ])
        try await product(
            "Red", 200,
            [
                "brand_id": id("Syd"), "categories": [id("Shirts"), id("Home")], "product_labels": ["New", "Organic"],
                "profile_id": id("Wear"), "attributes": [["attribute_id": id("Size"), "value": ["S", "M"]]],
                "sale_price": 80, "sale_from": "2026-03-01 13:00:00", "sale_to": "2026-03-01 14:00:00",
            ])
        try await product(
            "Lamp", 300, ["brand_id": id("Nord"), "categories": [id("Home")], "supplier_id": id("Works")])
        try await product("Rug", 400, ["categories": [id("Clothes")], "sale_price": 390])
        self.ids = ids
        try await shop.put("stock/\(ids["Lamp"] ?? 0)", ["count": 3])
    }

    private func names(_ path: String) async throws -> [String] {
        let reply = try await shop.get(path)
        #expect(reply.status == 200, "\(path): \(reply.text)")
        let rows = reply.json["products"].elements.map { $0["name"].text }
        #expect(reply.json["paging"]["total"].integer == Int64(rows.count))
        return rows
    }

    private func page(_ rule: JSON, _ more: JSONObject = JSONObject()) async throws -> Int64 {
        let body = JSONObject([.init("name", "Page"), .init("rule", rule)] + more.members)
        let reply = try await shop.post("landing-page", .object(body))
        #expect(reply.status == 200, "\(reply.text)")
        return reply.json["landing_page_id"].integer
    }

    /// What a page with this rule shows, by either way to it.
    private func shown(_ rule: JSON) async throws -> String {
        let id = try await page(rule)
        let own = try await names("landing-page/\(id)/products?limit=10&sort=price")
        #expect(try await names("product?landing_page_id=\(id)&limit=10&sort=price") == own)
        return own.joined(separator: " ")
    }

    @Test func `each condition chooses, and all of them must hold`() async throws {
        #expect(try await shown([:]) == "")
        #expect(try await shown(["labels": ["New"]]) == "Blue Red")
        #expect(try await shown(["labels": [self["New"]], "tags": ["Organic"]]) == "Blue Red")
        #expect(try await shown(["tags": ["Organic"]]) == "Red")
        #expect(try await shown(["brands": [self["Nord"], self["Syd"]]]) == "Blue Red Lamp")
        #expect(try await shown(["suppliers": [self["Works"]]]) == "Lamp")
        #expect(try await shown(["categories": [self["Clothes"]]]) == "Blue Red Rug")
        #expect(try await shown(["categories": [self["Clothes"]], "descendants": 0]) == "Rug")
        #expect(try await shown(["categories": [self["Shirts"], self["Home"]]]) == "Blue Red Lamp")
        #expect(try await shown(["categories": [self["Home"]], "brands": [self["Nord"]]]) == "Lamp")
        #expect(try await shown(["in_stock": 1]) == "Lamp")
        #expect(try await shown(["on_sale": 1]) == "Red Rug")
        #expect(try await shown(["labels": ["New"], "brands": [self["Syd"]], "in_stock": 1]) == "")
    }

    @Test func `values of attributes choose by id, by word and by number`() async throws {
        let size = self["Size"]
        #expect(try await shown(["attributes": [["attribute_id": size, "values": [self["S"]]]]]) == "Blue Red")
        #expect(try await shown(["attributes": [["attribute_id": size, "values": ["M"]]]]) == "Red")
        #expect(
            try await shown(["attributes": [["attribute_id": size, "value": "S"]], "brands": [self["Nord"]]]) == "Blue")
        let height: JSON = ["attribute_id": self["Height"], "values": [.number(JSONNumber(text: "2.5")), 9]]
        #expect(try await shown(["attributes": [height]]) == "Blue")
        #expect(try await shown(["attributes": [height, ["attribute_id": size, "values": ["M"]]]]) == "")
    }

    @Test func `a value is one and the same wherever it is named`() async throws {
        // Words in another form, and a number that is the id of one value and the words of another.
        let small = self["S"]
        let word = try await shop.post(
            "profile-attribute-value", ["attribute_id": self["Size"], "val": .string("\(small.integer)")]
        ).json["attribute_value_id"]
        let accented = try await shop.post(
            "profile-attribute-value", ["attribute_id": self["Size"], "val": "caf\u{E9}"]
        ).json["attribute_value_id"]
        for (given, meant) in [
            (.string("\(small.integer)"), small), (small, small), (" S ", small), ("\u{A0}cafe\u{301}", accented),
            (word, word),
        ] as [(JSON, JSON)] {
            let rule: JSON = ["attributes": [["attribute_id": self["Size"], "value": given]]]
            let page = try await shop.post("landing-page", ["name": "P", "rule": rule]).json
            #expect(page["rule"]["attributes"][0]["values"] == [meant], "\(given)")
            let product = try await shop.put(
                "product/\(self["Blue"].integer)", ["attributes": [["attribute_id": self["Size"], "value": given]]])
            #expect(product.json["attributes"][0]["value"] == meant, "\(given)")
        }
    }

    @Test func `some are always in and some never`() async throws {
        #expect(try await shown(["include": [self["Rug"], self["Blue"]]]) == "Blue Rug")
        #expect(
            try await shown(["brands": [self["Nord"]], "include": [self["Rug"], self["Blue"]]]) == "Blue Lamp Rug")
        let both: JSON = ["brands": [self["Nord"]], "include": [self["Rug"]], "exclude": [self["Lamp"]]]
        #expect(try await shown(both) == "Blue Rug")
        #expect(try await shown(["exclude": [self["Lamp"]]]) == "")
    }

    @Test func `prices are those of now, and the list changes with time, stock and products`() async throws {
        let server = try await TestServer()
        let shop = try await TestShop.open(on: server)
        func product(_ name: String, _ body: JSONObject) async throws -> Int64 {
            try await shop.product(name, price: 200, body)
        }
        let red = try await product(
            "Red",
            JSONObject([
                .init("sale_price", 80), .init("sale_from", "2026-03-01 14:00:00"),
                .init("sale_to", "2026-03-01 15:00:00"),
            ]))
        let blue = try await product("Blue", JSONObject([.init("sale_price", 90)]))
        func page(_ rule: JSON) async throws -> Int64 {
            try await shop.post("landing-page", ["name": "Page", "rule": rule]).json["landing_page_id"].integer
        }
        let cheap = try await page(["price_from": 50, "price_to": 100])
        let sale = try await page(["on_sale": 1])
        let stocked = try await page(["in_stock": 1])
        func shown(_ page: Int64) async throws -> [Int64] {
            let list = try await shop.get("landing-page/\(page)/products?limit=10").json
            #expect(list["paging"]["total"].integer == Int64(list["products"].elements.count))
            return list["products"].elements.map { $0["product_id"].integer }
        }
        for (seconds, expected) in [(0, [blue]), (3600, [blue, red]), (3600, [blue])] as [(Int64, [Int64])] {
            server.clock.advance(seconds: seconds)
            #expect(try await shown(cheap) == expected)
            #expect(try await shown(sale) == expected)
        }
        #expect(try await shown(stocked) == [])
        try await shop.put("stock/\(red)", ["count": 1])
        #expect(try await shown(stocked) == [red])
        #expect(try await shop.order(red).status == 200)
        #expect(try await shown(stocked) == [])
        try await shop.put("product/\(red)", ["price": 70])
        #expect(try await shown(cheap) == [blue, red])
        try await shop.delete("product/\(blue)")
        #expect(try await shown(cheap) == [red])
        await server.stop()
    }

    @Test func `a rule is kept in one form, and a GET's rule can be PUT back`() async throws {
        let id = try await page([
            "exclude": [], "tags": ["New", "Organic"], "price_to": "99.50", "in_stock": true,
            "categories": [self["Home"]],
            "attributes": [["attribute_id": self["Size"], "value": "M"]],
        ])
        let rule = try await shop.get("landing-page/\(id)").json["rule"]
        #expect(rule.names == ["labels", "categories", "descendants", "price_to", "in_stock", "attributes"])
        #expect(rule["labels"] == [self["New"], self["Organic"]])
        #expect(rule["price_to"].digits == "99.5")
        #expect(rule["attributes"] == [["attribute_id": self["Size"], "values": [self["M"]]]])
        let tag = try await shop.get("landing-page/\(id)")[header: "ETag"]
        let again = try await shop.put("landing-page/\(id)", ["rule": rule])
        #expect(again[header: "ETag"] == tag)
    }

    @Test func `a rule that names what is not there is refused, all of it at once`() async throws {
        let other = try await TestShop.open()
        let foreign = try await other.post("brand", ["name": "X"]).json["brand_id"]
        let reply = try await shop.post(
            "landing-page",
            [
                "name": "Page",
                "rule": [
                    "brnads": [1], "labels": ["New", "Nothing"], "brands": [self["Nord"], foreign],
                    "categories": [999_999],
                    "suppliers": [999_999], "include": [self["Rug"], 999_999], "exclude": [self["Rug"]],
                    "price_from": 5, "price_to": 4,
                    "attributes": [
                        ["attribute_id": 999_999, "values": [1]],
                        ["attribute_id": self["Size"], "values": ["S", "XL"]],
                        ["attribute_id": self["Height"], "value": "tall"],
                        ["attribute_id": self["Size"], "values": []],
                    ],
                ],
            ])
        #expect(reply.status == 422)
        #expect(
            Set(reply.pointers) == [
                "/rule/brnads", "/rule/labels/1", "/rule/brands/1", "/rule/categories/0", "/rule/suppliers/0",
                "/rule/include/1", "/rule/exclude/0", "/rule/price_to", "/rule/attributes/0/attribute_id",
                "/rule/attributes/1/values/1", "/rule/attributes/2/value", "/rule/attributes/3/values",
            ])
        for rule in [["brands": 5], ["in_stock": "yes"], ["price_from": -1], ["attributes": [:]]] as [JSON] {
            #expect(try await shop.post("landing-page", ["name": "Page", "rule": rule]).status == 422, "\(rule)")
        }
    }

    @Test func `its list pages, sorts, selects and expands as products do, in its own order`() async throws {
        let id = try await page(["brands": [self["Nord"], self["Syd"]]], JSONObject([.init("sort_order", "-price")]))
        #expect(try await names("landing-page/\(id)/products") == ["Lamp", "Red", "Blue"])
        #expect(try await names("landing-page/\(id)/products?sort=name") == ["Blue", "Lamp", "Red"])
        #expect(try await names("landing-page/\(id)/products?category_id=\(ids["Home"] ?? 0)") == ["Lamp", "Red"])
        let first = try await shop.get("landing-page/\(id)/products?limit=2&fields=name&expand=brand").json
        #expect(first["paging"]["total"] == 3)
        #expect(first["products"][0]["brand"]["name"] == "Nord")
        let next = first["paging"]["next"].text
        let second = try await shop.get("landing-page/\(id)/products?limit=2&after=\(next)").json
        #expect(second["products"].elements.map { $0["name"].text } == ["Blue"])
        for order in ["position", "colour", "price,"] {
            let refused = try await shop.put("landing-page/\(id)", ["sort_order": .string(order)])
            #expect(refused.pointers == ["/sort_order"])
        }
    }

    @Test func `a list of hundreds costs as many statements as a list of one`() async throws {
        let server = try await TestServer()
        let shop = try await TestShop.open(on: server)
        let brand = try await shop.post("brand", ["name": "Nord"]).json["brand_id"]
        let rows = (1...300).map { number -> JSON in
            ["method": "POST", "body": ["name": .string("P\(number)"), "brand_id": brand]]
        }
        #expect(try await shop.post("product/batch", .array(rows)).status == 200)
        let page = try await shop.post("landing-page", ["name": "Nord", "rule": ["brands": [brand], "on_sale": 0]]).json
        let id = page["landing_page_id"].integer
        for path in ["landing-page/\(id)/products", "product?landing_page_id=\(id)"] {
            for limit in [1, 300] {
                let query = path + (path.contains("?") ? "&" : "?") + "expand=brand&limit=\(limit)"
                try await shop.get(query)
                let before = server.storage.statements
                let reply = try await shop.get(query)
                // The rule, the page with its total, the brands.
                #expect(server.storage.statements - before == 4, "\(query)")
                #expect(reply.json["products"].elements.count == limit)
            }
        }
        await server.stop()
    }

    @Test func `it has an address of its own and leaves a redirect behind`() async throws {
        let made = try await shop.post("landing-page", ["name": "Blue"]).json
        let id = made["landing_page_id"].integer
        #expect(made["rewrite_url"].text == "blue-\(id)")
        #expect(made["url"].text == "http://butik.test/blue-\(id)")
        try await shop.put("landing-page/\(id)", ["rewrite_url": "all-blue"])
        #expect(try await shop.get("redirect?from=blue-\(id)").json["redirects"][0]["to"] == "all-blue")
        try await shop.delete("landing-page/\(id)")
        #expect(try await shop.get("landing-page/\(id)/products").status == 410)
        #expect(try await names("product?landing_page_id=\(id)") == [])
    }
}
