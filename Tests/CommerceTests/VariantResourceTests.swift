import Basics
import Commerce
import Persistence
import Resources
import Support
import Testing

/// Variants by themselves: read, found and changed like anything else, made and removed through their products.
@Suite struct VariantResourceTests {
    private static let members = [
        "variant_id", "product_id", "own_id", "sec_own_id", "gtin", "mpn", "name", "attribute_id", "attribute_value_id",
        "attribute_id_2", "attribute_value_id_2", "price", "sale_price", "sale_from", "sale_to", "purchase_price",
        "weight", "manage_stock", "allow_negative_stock", "in_stock", "location", "created", "last_modified",
    ]

    @Test func `a variant shows what it has of its own, what its product says for it, and its stock`() async throws {
        let wardrobe = try await Wardrobe.open(colours: ["Red"])
        let shop = wardrobe.shop
        let product = try await shop.post(
            "product",
            [
                "name": "Shirt", "price": 100, "profile_id": wardrobe.profile, "sale_from": "2026-02-01 00:00:00",
                "allow_negative_stock": 1,
                "stock_settings": [
                    [
                        "attribute_value_id": wardrobe.value("M"), "attribute_value_id_2": wardrobe.value("Red"),
                        "own_id": "M-RED", "price": 120,
                    ]
                ],
            ]
        ).json
        try await shop.put("stock/own_id:M-RED", ["count": 3])
        let variant = try await shop.get("variant/own_id:M-RED").json
        #expect(variant.names == Self.members)
        #expect(variant["product_id"] == product["product_id"])
        #expect((variant["name"], variant["price"], variant["sale_price"]) == ("M / Red", 120, .null))
        #expect((variant["sale_from"], variant["sale_to"]) == ("2026-02-01 00:00:00", .null))
        #expect((variant["manage_stock"], variant["allow_negative_stock"], variant["in_stock"]) == (1, 1, 3))
        #expect(
            (variant["attribute_value_id"], variant["attribute_value_id_2"]) == (
                wardrobe.value("M"), wardrobe.value("Red")
            ))
        #expect(try await shop.get("variant/\(variant["variant_id"].integer)").json == variant)
        let inlined = try await shop.get("variant/own_id:M-RED?expand=product&fields=name,product_id").json
        #expect(inlined["product"]["name"] == "Shirt")
    }

    @Test func `variants are listed by product, by number and by barcode`() async throws {
        let wardrobe = try await Wardrobe.open()
        let shop = wardrobe.shop
        let shirt = try await wardrobe.shirt(["M", "L"], ["own_id": "SHIRT"])
        let id = shirt["product_id"].integer
        try await shop.put("variant/own_id:SHIRT-L", ["gtin": "5701234567899"])
        func found(_ query: String) async throws -> [String] {
            try await shop.get("variant?sort=variant_id&\(query)").json["variants"].elements.map { $0["own_id"].text }
        }
        #expect(try await found("product_id=\(id)") == ["SHIRT-M", "SHIRT-L"])
        #expect(try await found("product_id=own_id:SHIRT") == ["SHIRT-M", "SHIRT-L"])
        #expect(try await found("gtin=5701234567899") == ["SHIRT-L"])
        #expect(try await found("own_id[in]=SHIRT-M,SHIRT-L&limit=1") == ["SHIRT-M"])
        #expect(try await found("attribute_value_id=\(wardrobe.value("L").integer)") == ["SHIRT-L"])
    }

    @Test func `the variants of a product are found by an index, in a shop that the planner knows`() async throws {
        let server = try await TestServer()
        let wardrobe = try await Wardrobe.open(in: try await TestShop.open(on: server))
        let shop = wardrobe.shop
        let rows = (1...300).map { number -> JSON in
            let body: JSON = [
                "name": .string("Shirt \(number)"), "profile_id": wardrobe.profile,
                "stock_settings": [["attribute_value_id": wardrobe.value("M")]],
            ]
            return ["method": "POST", "body": body]
        }
        let made = try await shop.post("product/batch", .array(rows))
        try #require(made.status == 200, "\(made.text.prefix(300))")
        try await server.storage.learnStatistics(of: "product_variants", grownBy: 300)
        let steps = try await server.storage.read { db in
            try db.rows(
                """
                \(raw: db.dialect == .sqlite ? "EXPLAIN QUERY PLAN" : "EXPLAIN") SELECT variant_id FROM product_variants
                WHERE webshop_id = \(shop.id) AND removed_on IS NULL AND product_id = 1
                """
            ).map { $0.values.map { if case .text(let text) = $0 { text } else { "" } }.joined() }
        }.joined(separator: "\n")
        #expect(steps.contains("product_variants_attribute_value_id_key"), "\(steps)")
        await server.stop()
    }

    @Test func `a changed variant is a changed product, with all that follows from it`() async throws {
        let wardrobe = try await Wardrobe.open()
        let shop = wardrobe.shop
        let shirt = try await wardrobe.shirt(["M", "L"])
        let id = shirt["product_id"].integer
        let tag = try await shop.get("product/\(id)")[header: "ETag"]
        let changed = try await shop.put("variant/own_id:SHIRT-M", ["own_id": "NEW", "price": 80, "sale_price": 70])
        #expect((changed.status, changed.json["own_id"], changed.json["price"]) == (200, "NEW", 80), "\(changed.text)")
        #expect(try await shop.get("variant/own_id:NEW").body == changed.body)
        #expect(try await shop.get("variant/own_id:SHIRT-M").status == 404)
        let product = try await shop.get("product/\(id)")
        #expect(product[header: "ETag"] != tag)
        #expect((product.json["variants"][0]["own_id"], product.json["variants"][0]["sale_price"]) == ("NEW", 70))
        let events = try await shop.events().suffix(3)
        #expect(events.map { $0["type"].text } == ["variant.updated", "product.updated", "product"])
        #expect(events.map { $0["data"] } == [changed.json, product.json, product.json])
        #expect(try await shop.get("product?q=NEW").json["products"][0]["product_id"].integer == id)
        let variant = changed.json["variant_id"].integer
        let history = try await shop.get("product/\(id)/price-history?variant_id=\(variant)").json["price_history"]
        #expect((history[0]["price"], history[0]["regular_price"]) == (70, 80))
        let order = try await shop.order(
            [["own_id": "NEW", "amount": 1]], JSONObject([.init("stock_policy", "ignore")]))
        #expect(order.json["products"][0]["unit_price"] == 70, "\(order.text)")
        #expect(try await shop.findings() == [])
    }

    @Test func `what changes nothing is told to nobody`() async throws {
        let wardrobe = try await Wardrobe.open()
        let shop = wardrobe.shop
        _ = try await wardrobe.shirt(["M"])
        let shown = try await shop.get("variant/own_id:SHIRT-M")
        let before = try await shop.events().count
        let same = try await shop.put("variant/own_id:SHIRT-M", shown.json, headers: ["Prefer": "handling=strict"])
        #expect((same.status, same.body) == (200, shown.body))
        #expect(try await shop.events().count == before)
    }

    @Test func `the feed has each variant that a product brings, changes and takes along`() async throws {
        let wardrobe = try await Wardrobe.open()
        let shop = wardrobe.shop
        let shirt = try await wardrobe.shirt(["M", "L"])
        let id = shirt["product_id"].integer
        func told() async throws -> [JSON] {
            try await shop.get("event?limit=1000&resource=variant&type=variant.created,variant.updated,variant.deleted")
                .json["events"].elements
        }
        let (medium, large) = (
            try await shop.get("variant/own_id:SHIRT-M").json, try await shop.get("variant/own_id:SHIRT-L").json
        )
        #expect(try await told().map { $0["data"] } == [medium, large])
        try await shop.put(
            "product/\(id)",
            [
                "stock_settings": [
                    ["attribute_value_id": wardrobe.value("M"), "price": 90],
                    ["attribute_value_id": wardrobe.value("L"), "remove": 1],
                ]
            ])
        let second = try await told().dropFirst(2)
        #expect(second.map { $0["type"].text } == ["variant.updated", "variant.deleted"])
        #expect(second.map { $0["data"] } == [try await shop.get("variant/own_id:SHIRT-M").json, .null])
        #expect(second.map { $0["sequence"].integer } == [2, 2])
        #expect(try await shop.get("variant/\(large["variant_id"].integer)").status == 410)
        #expect(try await shop.get("variant?product_id=\(id)").json["paging"]["total"] == 1)
        try await shop.delete("product/\(id)")
        let last = try #require(try await told().last)
        #expect((last["type"], last["resource_id"]) == ("variant.deleted", medium["variant_id"]))
        #expect(try await shop.get("variant").json["paging"]["total"] == 0)
    }

    @Test func `what was made and changed in one batch is told as made`() async throws {
        let wardrobe = try await Wardrobe.open()
        let shop = wardrobe.shop
        let rows = ([1, 2] as [JSON]).map { price -> JSON in
            [
                "method": "PUT", "id": "own_id:TWICE",
                "body": [
                    "name": "Twice", "profile_id": wardrobe.profile,
                    "stock_settings": [["attribute_value_id": wardrobe.value("M"), "price": price]],
                ],
            ]
        }
        let reply = try await shop.post("product/batch", .array(rows))
        try #require(reply.status == 200, "\(reply.text)")
        let events = try await shop.events().filter { $0["resource"] == "variant" }
        #expect(events.map { $0["type"].text } == ["variant.created"])
        #expect(events.first?["data"]["price"] == 2)
    }

    @Test func `a number that another has is a conflict, and two variants may change theirs`() async throws {
        let wardrobe = try await Wardrobe.open()
        let shop = wardrobe.shop
        let shirt = try await wardrobe.shirt(["M", "L"])
        let taken = try await shop.put("variant/own_id:SHIRT-M", ["own_id": "SHIRT-L"])
        #expect((taken.status, taken.pointers) == (409, ["/own_id"]), "\(taken.text)")
        let ids = shirt["variants"].elements.map { $0["variant_id"] }
        let swapped = try await shop.post(
            "variant/batch",
            [
                ["method": "PUT", "id": ids[0], "body": ["own_id": "SHIRT-L"]],
                ["method": "PUT", "id": ids[1], "body": ["own_id": "SHIRT-M"]],
            ])
        #expect(swapped.status == 200, "\(swapped.text)")
        #expect(try await shop.get("variant/own_id:SHIRT-L").json["variant_id"] == ids[0])
        #expect(try await shop.get("stock/own_id:SHIRT-M").json["stock"][0]["variant_id"] == ids[1])
    }

    @Test func `a variant is made and removed through its product, and whoever tries it here is told where`()
        async throws
    {
        let wardrobe = try await Wardrobe.open()
        let shop = wardrobe.shop
        _ = try await wardrobe.shirt(["M"])
        for (method, path, allow) in [
            ("POST", "/REST/variant", "GET, HEAD, OPTIONS"),
            ("DELETE", "/REST/variant/own_id:SHIRT-M", "GET, PATCH, PUT, HEAD, OPTIONS"),
        ] {
            let reply = try await shop.send(method, path, [:])
            #expect((reply.status, reply[header: "Allow"]) == (405, allow))
            #expect(
                reply.json["detail"].text.contains("PUT product/{product_id} with `stock_settings`"), "\(reply.text)")
        }
        let batch = try await shop.post("variant/batch", [["method": "POST", "body": ["own_id": "X"]]])
        #expect((batch.status, batch.pointers) == (422, ["/0/method"]))
        #expect(batch.text.contains("stock_settings"))
        #expect(try await shop.put("variant/own_id:NOBODY", ["price": 1]).status == 404)
        let missing = try await shop.post(
            "variant/batch",
            [
                ["method": "PUT", "id": "own_id:SHIRT-M", "body": ["price": 1]],
                ["method": "PUT", "id": "own_id:NOBODY", "body": ["price": 1]],
            ])
        #expect(missing.status == 404, "\(missing.text)")
        #expect(try await shop.get("variant/own_id:SHIRT-M").json["price"].isNull)
    }

    @Test func `a change that was made to an older state is refused with the state there is`() async throws {
        let wardrobe = try await Wardrobe.open()
        let shop = wardrobe.shop
        let shirt = try await wardrobe.shirt(["M"])
        let tag = try #require(try await shop.get("variant/own_id:SHIRT-M")[header: "ETag"])
        try await shop.put(
            "product/\(shirt["product_id"].integer)",
            ["stock_settings": [["attribute_value_id": wardrobe.value("M"), "price": 5]]])
        let late = try await shop.put("variant/own_id:SHIRT-M", ["price": 6], headers: ["If-Match": tag])
        #expect((late.status, late.json["current"]["price"]) == (412, 5))
    }

    @Test func `many variants are changed in one look, one write and one word to each product`() async throws {
        let server = try await TestServer()
        let wardrobe = try await Wardrobe.open(in: try await TestShop.open(on: server))
        let shop = wardrobe.shop
        var ids: [JSON] = []
        for number in 1...20 as ClosedRange<Int64> {
            let product = try await shop.post(
                "product",
                [
                    "name": .string("Shirt \(number)"), "profile_id": wardrobe.profile,
                    "stock_settings": [["attribute_value_id": wardrobe.value("M")]],
                ])
            ids.append(product.json["variants"][0]["variant_id"])
        }
        func statements(_ ids: [JSON], price: Int64) async throws -> Int {
            let rows = ids.map { id -> JSON in
                ["method": "PUT", "id": id, "body": ["price": .number(JSONNumber(price))]]
            }
            let before = server.storage.statements
            let reply = try await shop.post("variant/batch", .array(rows))
            #expect(reply.status == 200, "\(reply.text)")
            return server.storage.statements - before
        }
        _ = try await statements(ids, price: 1)
        let (few, many) = (try await statements(Array(ids.prefix(5)), price: 2), try await statements(ids, price: 3))
        // For each row its UPDATE and that of its product; what is inserted goes in powers of two, and nothing is asked for each.
        #expect(many - few <= 15 * 2 + 4)
        #expect(try await shop.events().filter { $0["type"] == "product.updated" }.count == 45)
        await server.stop()
    }
}
