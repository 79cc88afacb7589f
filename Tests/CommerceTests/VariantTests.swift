import Basics
import Commerce
import Persistence
import Resources
import Support
import Testing

/// A product is sold, counted and priced by its variants.
@Suite struct VariantTests {
    @Test func `what a variant has kept from before a rule stays when something else is changed`() async throws {
        let shop = try await TestShop.open()
        let line = #"{"own_id":"P","name":"P","price":1,"profile":"Size","stock_settings":[{"options":{"Size":"S"}}]}"#
        #expect(try await shop.importing(line, as: .butikJSONL).faults == [])
        let before = "UPDATE product_variants SET price = 2000000000000 WHERE webshop_id = \(shop.id)" as SQL
        _ = try await shop.server.storage.write { db in try db.run(before) }
        let id = try await shop.get("product/own_id:P").json["stock_settings"][0]["variant_id"]
        let changed = try await shop.put("product/own_id:P", ["stock_settings": [["variant_id": id, "gtin": "G"]]])
        #expect((changed.status, changed.json["stock_settings"][0]["gtin"]) == (200, "G"))
        let refused = try await shop.put(
            "product/own_id:P", ["stock_settings": [["variant_id": id, "price": 20_000_000_001]]])
        #expect(refused.pointers == ["/stock_settings/0/price"])
    }

    private static let strict = ["Prefer": "handling=strict"]

    @Test func `a product shows its variants as they were written and as a frontend wants them`() async throws {
        let wardrobe = try await Wardrobe.open()
        let shirt = try await wardrobe.shirt(["M", "L"], ["price": 100, "location": "A1"])
        let settings = shirt["stock_settings"]
        #expect(
            settings[0].names == [
                "attribute_id", "attribute_value_id", "attribute_id_2", "attribute_value_id_2", "own_id", "sec_own_id",
                "gtin", "mpn", "price", "sale_price", "purchase_price", "weight", "location", "variant_id",
                "variant_name",
            ])
        #expect(settings.elements.map { $0["attribute_value_id"] } == [wardrobe.value("M"), wardrobe.value("L")])
        #expect((settings[0]["price"], settings[0]["own_id"]) == (.null, "SHIRT-M"))
        let variants = shirt["variants"]
        #expect(variants.elements.map { $0["variant_name"] } == ["M", "L"])
        #expect((variants[0]["price"], variants[0]["location"], variants[0]["in_stock"]) == (100, "A1", 0))
        let id = shirt["product_id"].integer
        #expect(try await wardrobe.shop.get("product/\(id)").json == shirt)
        #expect(try await wardrobe.shop.get("product?limit=1").json["products"][0] == shirt)
        #expect(try await wardrobe.shop.get("event?type=product.created").json["events"][0]["data"] == shirt)
    }

    @Test func `rows are merged by their value and touch nothing else`() async throws {
        let wardrobe = try await Wardrobe.open()
        let shop = wardrobe.shop
        let shirt = try await wardrobe.shirt(["M", "L"], ["price": 100])
        let id = shirt["product_id"].integer
        let settings: JSON = [
            ["attribute_value_id": wardrobe.value("L"), "price": 120, "sale_price": 110, "gtin": "570"],
            ["attribute_id": wardrobe.size, "attribute_value_id": wardrobe.value("S")],
        ]
        let changed = try await shop.put("product/\(id)", ["stock_settings": settings]).json
        #expect(changed["variants"].elements.map { $0["variant_name"] } == ["M", "L", "S"])
        #expect(changed["variants"].elements.map { $0["price"] } == [100, 120, 100])
        #expect((changed["variants"][1]["own_id"], changed["variants"][1]["gtin"]) == ("SHIRT-L", "570"))
        #expect(changed["variants"][0] == shirt["variants"][0])
        let version = try await shop.get("product/\(id)")[header: "ETag"]
        #expect(try await shop.put("product/\(id)", ["stock_settings": settings]).json == changed)
        #expect(try await shop.get("product/\(id)")[header: "ETag"] == version)
        let left = try await shop.put(
            "product/\(id)", ["stock_settings": [["attribute_value_id": wardrobe.value("M"), "remove": 1]]]
        ).json
        #expect(left["variants"].elements.map { $0["variant_name"] } == ["L", "S"])
    }

    @Test func `two attributes make a variant of one value of each, whichever comes first`() async throws {
        let wardrobe = try await Wardrobe.open(colours: ["Red", "Blue"])
        let shop = wardrobe.shop
        let reply = try await shop.post(
            "product",
            [
                "name": "Shirt", "profile_id": wardrobe.profile,
                "stock_settings": [
                    ["attribute_value_id": wardrobe.value("M"), "attribute_value_id_2": wardrobe.value("Red")],
                    ["attribute_value_id": wardrobe.value("Blue"), "attribute_value_id_2": wardrobe.value("M")],
                ],
            ])
        #expect(reply.json["variants"].elements.map { $0["variant_name"] } == ["M / Red", "M / Blue"])
        let id = reply.json["product_id"].integer
        let one = try await shop.put(
            "product/\(id)", ["stock_settings": [["attribute_value_id": wardrobe.value("M")]]])
        #expect(one.status == 422)
        #expect(one.pointers == ["/stock_settings/0/attribute_value_id_2"])
        let same = try await shop.put(
            "product/\(id)",
            [
                "stock_settings": [
                    ["attribute_value_id": wardrobe.value("M"), "attribute_value_id_2": wardrobe.value("L")]
                ]
            ])
        #expect(same.pointers == ["/stock_settings/0/attribute_value_id"])
    }

    @Test func `rows that name no variant are refused, and rows of other attributes passed over unless strict`()
        async throws
    {
        let wardrobe = try await Wardrobe.open()
        let shop = wardrobe.shop
        let other = try await Wardrobe.open(in: shop)
        let row: JSON = ["attribute_id": other.size, "attribute_value_id": other.value("M")]
        let body: JSON = ["name": "Shirt", "profile_id": wardrobe.profile, "stock_settings": [row]]
        #expect(try await shop.post("product", body).json["variants"].elements.isEmpty)
        #expect(
            try await shop.post("product", body, headers: Self.strict).pointers == ["/stock_settings/0/attribute_id"])
        for (row, pointer) in [
            (["attribute_id": wardrobe.size, "attribute_value_id": other.value("M")], "/attribute_value_id"),
            (["own_id": "X"], "/attribute_value_id"), (["variant_id": 999_999], "/variant_id"),
            (["attribute_value_id": wardrobe.value("M"), "price": -1], "/price"),
            (["attribute_value_id": wardrobe.value("M"), "weight": "heavy"], "/weight"), (5, ""),
        ] as [(JSON, String)] {
            let reply = try await shop.post(
                "product", ["name": "Shirt", "profile_id": wardrobe.profile, "stock_settings": [row]])
            #expect(reply.status == 422)
            #expect(reply.pointers == ["/stock_settings/0" + pointer])
        }
        let twice = try await shop.post(
            "product",
            [
                "name": "Shirt", "profile_id": wardrobe.profile,
                "stock_settings": [
                    ["attribute_value_id": wardrobe.value("M")], ["attribute_value_id": wardrobe.value("M")],
                ],
            ])
        #expect(twice.pointers == ["/stock_settings/1"])
    }

    @Test func `a product gets its profile and its variants in one request`() async throws {
        let wardrobe = try await Wardrobe.open()
        let shop = wardrobe.shop
        let id = try await shop.product("Shirt")
        let row: JSON = ["attribute_id": wardrobe.size, "attribute_value_id": wardrobe.value("M"), "own_id": "S-M"]
        let body: JSON = ["profile_id": wardrobe.profile, "stock_settings": [row]]
        let changed = try await shop.put("product/\(id)", body)
        #expect(changed.status == 200)
        #expect(changed.json["variants"].elements.map { $0["own_id"] } == ["S-M"])
        #expect(try await shop.put("product/\(id)", body).body == changed.body)
        let other = try await Wardrobe.open(in: shop)
        #expect(try await shop.put("product/\(id)", ["profile_id": other.profile]).pointers == ["/profile_id"])
    }

    @Test func `all that is wrong with a body is told at once`() async throws {
        let wardrobe = try await Wardrobe.open()
        let taken = try await wardrobe.shop.product("Cap", JSONObject([.init("own_id", "TAKEN")]))
        let body: JSON = [
            "name": "", "price": -1, "own_id": "TAKEN", "brand_id": 999_999, "categories": [999_999],
            "profile_id": wardrobe.profile, "product_labels": ["None"],
            "attributes": [["attribute_id": wardrobe.size, "val": "XXL"]],
            "stock_settings": [
                ["attribute_value_id": 999_999], ["attribute_value_id": wardrobe.value("M"), "price": "a"],
            ],
            "images": [["url": "ftp://example.com/a.png"]],
        ]
        let expected: Set<String> = [
            "/name", "/price", "/brand_id", "/categories", "/product_labels/0", "/attributes/0/val",
            "/stock_settings/0/attribute_value_id", "/stock_settings/1/price", "/images/0/url",
        ]
        let refused = try await wardrobe.shop.post("product", body)
        #expect((refused.status, Set(refused.pointers)) == (422, expected))
        let changed = try await wardrobe.shop.put("product/\(taken)", body)
        #expect((changed.status, Set(changed.pointers)) == (422, expected))
        #expect(try await wardrobe.shop.get("product?limit=0").json["paging"]["total"] == 1)
        #expect(try await wardrobe.shop.findings() == [])
    }

    @Test func `rows of one attribute each are passed over where variants need two`() async throws {
        let wardrobe = try await Wardrobe.open(colours: ["Red"])
        let rows: JSON = [["attribute_value_id": wardrobe.value("M")], ["attribute_value_id": wardrobe.value("Red")]]
        let body: JSON = ["name": "Shirt", "profile_id": wardrobe.profile, "stock_settings": rows]
        let made = try await wardrobe.shop.post("product", body)
        #expect((made.status, made.json["variants"]) == (200, []))
        #expect(try await wardrobe.shop.post("product", body, headers: Self.strict).status == 422)
    }

    @Test func `a number names one product or one variant, and is free again when that is gone`() async throws {
        let wardrobe = try await Wardrobe.open()
        let shop = wardrobe.shop
        let shirt = try await wardrobe.shirt(["M", "L"])
        let id = shirt["product_id"].integer
        let clash = try await shop.post("product", ["name": "Other", "own_id": "SHIRT-M"])
        #expect(clash.status == 409)
        #expect(clash.pointers == ["/own_id"])
        #expect(try await shop.put("product/own_id:SHIRT-M", ["name": "Other"]).status == 409)
        let own = try await shop.put(
            "product/\(id)",
            ["stock_settings": [["attribute_value_id": wardrobe.value("L"), "own_id": "SHIRT-M"]]])
        #expect(own.pointers == ["/stock_settings/0/own_id"])
        let swap: JSON = [
            ["attribute_value_id": wardrobe.value("L"), "own_id": "SHIRT-M"],
            ["attribute_value_id": wardrobe.value("M"), "own_id": "SHIRT-L"],
        ]
        #expect(try await shop.put("product/\(id)", ["stock_settings": swap]).status == 200)
        try await shop.put(
            "product/\(id)", ["stock_settings": [["attribute_value_id": wardrobe.value("L"), "remove": 1]]])
        #expect(try await shop.post("product", ["name": "Other", "own_id": "SHIRT-M"]).status == 200)
        try await shop.delete("product/\(id)")
        #expect(try await shop.post("product", ["name": "Another", "own_id": "SHIRT-L"]).status == 200)
    }

    @Test func `stock is counted by variant, however that is named`() async throws {
        let wardrobe = try await Wardrobe.open()
        let shop = wardrobe.shop
        let shirt = try await wardrobe.shirt(["M", "L"])
        let id = shirt["product_id"].integer
        #expect(try await shop.put("stock/\(id)", ["count": 3, "variant_name": "M"]).json["variant_name"] == "M")
        let l = wardrobe.value("L")
        #expect(try await shop.put("product/\(id)/variant/\(l.integer)", ["stock": 4]).json["count"] == 4)
        let rows = try await shop.post(
            "stock",
            [
                ["own_id": "SHIRT-M", "adjust": 1], ["product_id": .number(id), "attribute_value_id": l, "adjust": -1],
                ["product_id": .number(id), "variant_id": shirt["variants"][0]["variant_id"], "adjust": 2],
            ]
        ).json["stock"]
        #expect(rows.elements.map { $0["count"] } == [4, 3, 6])
        #expect(rows[1]["attribute_value_id"] == l)
        #expect(rows[0]["own_id"] == "SHIRT-M")
        #expect(try await shop.get("product/\(id)").json["in_stock"] == 9)
        #expect(try await shop.get("stock/\(id)").json["stock"].elements.map { $0["count"] } == [6, 3])
        #expect(try await shop.get("stock?limit=10").json["paging"]["total"] == 2)
        let entries = try await shop.get("stock-entry?variant_id=\(shirt["variants"][1]["variant_id"].integer)").json
        #expect(entries["stock_entries"].elements.map { $0["change"] } == [-1, 4])
        for body in [["count": 3], ["count": 3, "variant_name": "XS"]] as [JSON] {
            let reply = try await shop.put("stock/\(id)", body)
            #expect(reply.status == 422)
            #expect(reply.pointers == ["/variant_name"])
            #expect(reply.text.contains("M, L"))
        }
        #expect(try await shop.put("stock/\(id)", ["adjust": -9, "variant_name": "M"]).code == "stock_short")
        #expect(try await shop.findings().isEmpty)
    }

    @Test func `the number of a variant names its stock`() async throws {
        let wardrobe = try await Wardrobe.open()
        let shop = wardrobe.shop
        let shirt = try await wardrobe.shirt(["M", "L"], ["own_id": "SHIRT"])
        try await shop.put("stock/own_id:SHIRT-L", ["count": 4])
        try await shop.put("stock/own_id:SHIRT-L", ["adjust": -1])
        let rows = try await shop.get("stock/own_id:SHIRT-L").json["stock"].elements
        #expect(rows.map { $0["variant_name"] } == ["L"])
        #expect(rows.map { $0["count"] } == [3])
        #expect(try await shop.get("stock/own_id:SHIRT").json["stock"].elements.count == 2)
        #expect(try await shop.put("stock/own_id:SHIRT", ["count": 4]).pointers == ["/variant_name"])
        #expect(try await shop.get("product/\(shirt["product_id"].integer)").json["in_stock"] == 3)
    }

    @Test func `an order names a variant by the words of its values`() async throws {
        let wardrobe = try await Wardrobe.open(colours: ["Red", "Blue"])
        let shop = wardrobe.shop
        let rows = ["Red", "Blue"].map { colour -> JSON in
            ["attribute_value_id": wardrobe.value("M"), "attribute_value_id_2": wardrobe.value(colour)]
        }
        let shirt = try await shop.post(
            "product",
            [
                "name": "Shirt", "price": 100, "profile_id": wardrobe.profile, "stock_settings": .array(rows),
                "allow_negative_stock": 1,
            ]
        ).json
        func order(_ attributes: JSON) async throws -> Reply {
            try await shop.order([["product_id": shirt["product_id"], "amount": 1, "attributes": attributes]])
        }
        let (size, red) = (wardrobe.size, wardrobe.value("Red"))
        for attributes: JSON in [
            [["attribute_id": size, "value": "M"], ["value": "Red"]], [["value": "M"], ["value": red]],
        ] {
            let line = try await order(attributes).json["products"][0]
            #expect(line["variant_name"] == "M / Red")
        }
        #expect(try await order([["value": "M"]]).status == 422)
        #expect(try await order([["value": "M"], ["value": "Green"]]).status == 422)
    }

    @Test func `stock of a product that gets variants rests, and is back when the last of them is gone`() async throws {
        let wardrobe = try await Wardrobe.open()
        let shop = wardrobe.shop
        let id = try await shop.product(stock: 7, JSONObject([.init("profile_id", wardrobe.profile)]))
        let m: JSON = ["attribute_value_id": wardrobe.value("M")]
        #expect(try await shop.put("product/\(id)", ["stock_settings": [m]]).json["in_stock"] == 0)
        #expect(try await shop.get("stock/\(id)").json["stock"].elements.map { $0["variant_name"] } == ["M"])
        let gone: JSON = ["attribute_value_id": wardrobe.value("M"), "remove": 1]
        #expect(try await shop.put("product/\(id)", ["stock_settings": [gone]]).json["in_stock"] == 7)
        #expect(try await shop.stock(id) == 7)
        #expect(try await shop.findings().isEmpty)
    }

    @Test func `an order takes the variant its line names, at the variant's price`() async throws {
        let wardrobe = try await Wardrobe.open()
        let shop = wardrobe.shop
        let shirt = try await wardrobe.shirt(["M", "L"], ["price": 100, "sale_price": 90])
        let id = shirt["product_id"]
        let (m, l) = (wardrobe.value("M"), wardrobe.value("L"))
        try await shop.put(
            "product/\(id.integer)", ["stock_settings": [["attribute_value_id": l, "price": 120]]])
        for name in ["M", "L"] {
            try await shop.put("stock/\(id.integer)", ["count": 5, "variant_name": .string(name)])
        }
        let reply = try await shop.order([
            ["product_id": id, "amount": 1, "attribute_value_id": m],
            ["own_id": "SHIRT-L", "amount": 1],
            ["product_id": id, "amount": 1, "variant_name": "M"],
            [
                "product_id": id, "amount": 1,
                "attributes": .object(JSONObject([.init(String(wardrobe.size.integer), l)])),
            ],
            [
                "product_id": id, "amount": 1,
                "attributes": [["attribute_id": wardrobe.size, "value": m], ["name": "Engraving", "val": "A"]],
            ],
        ])
        #expect(reply.status == 200)
        let lines = reply.json["products"]
        #expect(lines.elements.map { $0["variant_name"] } == ["M", "L", "M", "L", "M"])
        #expect(lines.elements.map { $0["unit_price"] } == [90, 120, 90, 120, 90])
        #expect(lines.elements.map { $0["own_id"] } == ["SHIRT-M", "SHIRT-L", "SHIRT-M", "SHIRT-L", "SHIRT-M"])
        #expect(
            lines[4]["attributes"] == [
                ["attribute_id": wardrobe.size, "attribute_value_id": m, "name": "Size", "val": "M"],
                ["name": "Engraving", "val": "A"],
            ])
        #expect(try await shop.get("stock/\(id.integer)").json["stock"].elements.map { $0["count"] } == [2, 3])
        try await shop.post("order/\(reply.json["order_id"].integer)/cancel", [:])
        #expect(try await shop.get("stock/\(id.integer)").json["stock"].elements.map { $0["count"] } == [5, 5])
        #expect(try await shop.findings().isEmpty)
    }

    @Test func `an order that leaves the variant open, or wants more than it has, stores nothing`() async throws {
        let wardrobe = try await Wardrobe.open()
        let shop = wardrobe.shop
        let shirt = try await wardrobe.shirt(["M", "L"])
        let id = shirt["product_id"]
        try await shop.put("stock/\(id.integer)", ["count": 5, "variant_name": "M"])
        let open = try await shop.order([["product_id": id, "amount": 1]])
        #expect(open.status == 422)
        #expect(open.pointers == ["/products/0/variant_name"])
        let short = try await shop.order([["product_id": id, "amount": 1, "variant_name": "L"]])
        #expect(short.status == 409)
        #expect(short.text.contains("(L)"))
        #expect(try await shop.get("order").json["paging"]["total"] == 0)
    }

    @Test func `a product is found by its variants' values and numbers, and counted by them`() async throws {
        let wardrobe = try await Wardrobe.open()
        let shop = wardrobe.shop
        let id = try await wardrobe.shirt(["M", "L"])["product_id"]
        _ = try await wardrobe.shirt([], ["name": "Plain"])
        for words in ["SHIRT-L", "shirt L"] {
            let found = try await shop.get("product/search?q=\(words.replacing(" ", with: "+"))&fields=product_id").json
            #expect(found["products"].elements.map { $0["product_id"] } == [id], "\(words)")
        }
        let stock: JSON = ["attribute_value_id": wardrobe.value("L"), "own_id": "NEW-L"]
        try await shop.put("product/\(id.integer)", ["stock_settings": [stock]])
        #expect(try await shop.get("product/search?q=NEW-L").json["paging"]["total"] == 1)
        try await shop.put("profile-attribute-value/\(wardrobe.value("L").integer)", ["val": "Enormous"])
        #expect(try await shop.get("product/search?q=enormous").json["paging"]["total"] == 1)
    }

    @Test func `a bundle takes its members in the variants its line names`() async throws {
        let wardrobe = try await Wardrobe.open()
        let shop = wardrobe.shop
        let shirt = try await wardrobe.shirt(["M", "L"])
        let (id, m) = (shirt["product_id"], wardrobe.value("M"))
        let cap = try await shop.product("Cap", stock: 5)
        try await shop.put("stock/\(id.integer)", ["count": 4, "variant_name": "M"])
        let set = try await shop.post(
            "product",
            [
                "name": "Set", "price": 150,
                "bundle": [["product_id": id, "count": 2], ["product_id": .number(cap), "count": 1]],
            ]
        ).json["product_id"]
        let open = try await shop.order([["product_id": set, "amount": 1]])
        #expect(open.pointers == ["/products/0/b_attributes/\(id.integer)/variant_name"])
        let choice = JSON.object(
            JSONObject([
                .init(String(id.integer), .object(JSONObject([.init(String(wardrobe.size.integer), m)])))
            ]))
        let order = try await shop.order([["product_id": set, "amount": 1, "b_attributes": choice]])
        #expect(order.json["products"][0]["bundle"].elements.map { $0["name"] } == ["Shirt (M)", "Cap"])
        #expect(try await shop.get("stock/\(id.integer)").json["stock"].elements.map { $0["count"] } == [2, 0])
        try await shop.post("order/\(order.json["order_id"].integer)/cancel", [:])
        #expect(try await shop.get("stock/\(id.integer)").json["stock"].elements.map { $0["count"] } == [4, 0])
        #expect(try await shop.findings().isEmpty)
    }

    @Test func `the price of a variant is asked for as it is ordered`() async throws {
        let wardrobe = try await Wardrobe.open()
        let shop = wardrobe.shop
        let shirt = try await wardrobe.shirt(["M", "L"], ["price": 100, "sale_price": 90])
        let (id, l) = (shirt["product_id"].integer, wardrobe.value("L").integer)
        try await shop.put("product/\(id)", ["stock_settings": [["attribute_value_id": .number(l), "price": 120]]])
        #expect(try await shop.get("product/\(id)/price").json["unit_price"] == 90)
        let price = try await shop.get("product/\(id)/price?attribute_value_id=\(l)").json
        #expect((price["unit_price"], price["variant_id"]) == (120, shirt["variants"][1]["variant_id"]))
        #expect(try await shop.get("product/\(id)/price?variant_name=XS").pointers == ["?variant_name"])
        #expect(try await shop.get("product/\(id)/price?variant_id=x").pointers == ["?variant_id"])
    }

    @Test func `an automatic product goes offline with its last variant`() async throws {
        let wardrobe = try await Wardrobe.open()
        let shop = wardrobe.shop
        let shirt = try await wardrobe.shirt(["M", "L"], ["auto_offline": 1])
        let id = shirt["product_id"]
        for name in ["M", "L"] {
            try await shop.put("stock/\(id.integer)", ["count": 1, "variant_name": .string(name)])
        }
        _ = try await shop.order([["product_id": id, "amount": 1, "variant_name": "M"]])
        #expect(try await shop.get("product/\(id.integer)").json["is_online"] == 1)
        _ = try await shop.order([["product_id": id, "amount": 1, "variant_name": "L"]])
        #expect(try await shop.get("product/\(id.integer)").json["is_online"] == 0)
    }

    @Test func `what variants are made of is not taken from under them`() async throws {
        let wardrobe = try await Wardrobe.open()
        let shop = wardrobe.shop
        let shirt = try await wardrobe.shirt(["M"])
        let id = shirt["product_id"].integer
        #expect(try await shop.delete("profile-attribute-value/\(wardrobe.value("M").integer)").code == "in_use")
        #expect(try await shop.delete("profile-attribute/\(wardrobe.size.integer)").code == "in_use")
        #expect(try await shop.put("profile-attribute/\(wardrobe.size.integer)", ["is_variant": 0]).code == "in_use")
        let other = try await Wardrobe.open(in: shop)
        #expect(try await shop.put("product/\(id)", ["profile_id": other.profile]).pointers == ["/profile_id"])
        let moved: JSON = [
            "profile_id": other.profile,
            "stock_settings": [["variant_id": shirt["variants"][0]["variant_id"], "remove": 1]],
        ]
        #expect(try await shop.put("product/\(id)", moved).status == 200)
        #expect(try await shop.delete("profile-attribute-value/\(wardrobe.value("M").integer)").status == 200)
    }

    @Test func `fifty orders for the last ten of a variant sell ten`() async throws {
        let wardrobe = try await Wardrobe.open()
        let shop = wardrobe.shop
        let shirt = try await wardrobe.shirt(["M", "L"])
        let id = shirt["product_id"]
        for name in ["M", "L"] {
            try await shop.put("stock/\(id.integer)", ["count": 10, "variant_name": .string(name)])
        }
        let replies = try await together(50) { _ in
            try await shop.order([["product_id": id, "amount": 1, "variant_name": "M"]]).status
        }
        #expect(replies.filter { $0 == 200 }.count == 10)
        #expect(replies.filter { $0 == 409 }.count == 40)
        #expect(try await shop.get("stock/\(id.integer)").json["stock"].elements.map { $0["count"] } == [0, 10])
        #expect(try await shop.findings().isEmpty)
    }

    @Test func `of many that give one number to a product and a variant, one gets it`() async throws {
        let wardrobe = try await Wardrobe.open()
        let shop = wardrobe.shop
        let shirt = try await wardrobe.shirt(["M"])
        let id = shirt["product_id"].integer
        let statuses = try await together(20) { number in
            number % 2 == 0
                ? try await shop.post("product", ["name": "Other", "own_id": "WANTED"]).status
                : try await shop.put(
                    "product/\(id)",
                    ["stock_settings": [["attribute_value_id": wardrobe.value("M"), "own_id": "WANTED"]]]
                ).status
        }
        let taken = try await shop.get("product?own_id=WANTED").json["paging"]["total"].integer
        let variant = try await shop.get("product/\(id)").json["variants"][0]["own_id"]
        #expect(taken + (variant == "WANTED" ? 1 : 0) == 1)
        #expect(statuses.allSatisfy { $0 == 200 || $0 == 409 })
    }
}

/// What variants leave free when they, or their product, go.
@Suite struct VariantLeavingTests {
    @Test func `a product gives its number to one of its variants`() async throws {
        let wardrobe = try await Wardrobe.open()
        let made = try await wardrobe.shop.post(
            "product", ["name": "Shirt", "own_id": "TS-1", "profile_id": wardrobe.profile])
        let reply = try await wardrobe.shop.put(
            "product/own_id:TS-1",
            ["own_id": "TS", "stock_settings": [["attribute_value_id": wardrobe.value("M"), "own_id": "TS-1"]]])
        #expect(reply.status == 200)
        #expect(reply.json["variants"][0]["own_id"] == "TS-1")
        #expect(try await wardrobe.shop.get("product/own_id:TS").json["product_id"] == made.json["product_id"])
        let other = try await wardrobe.shop.post("product", ["name": "Other", "own_id": "TS-1"])
        #expect(other.status == 409)
    }

    @Test func `what only a deleted product had can be deleted`() async throws {
        let wardrobe = try await Wardrobe.open()
        let id = try await wardrobe.shirt(["M"])["product_id"].integer
        let value = wardrobe.value("M").integer
        #expect(try await wardrobe.shop.delete("profile-attribute-value/\(value)").status == 409)
        try await wardrobe.shop.delete("product/\(id)")
        #expect(try await wardrobe.shop.delete("profile/\(wardrobe.profile.integer)").status == 200)
    }

    @Test func `the tag of a product's stock guards the count of a variant`() async throws {
        let wardrobe = try await Wardrobe.open()
        let shirt = try await wardrobe.shirt(["M", "L"])
        let path = "stock/\(shirt["product_id"].integer)"
        let tag = try await wardrobe.shop.get(path)[header: "ETag"] ?? ""
        let body: JSON = ["attribute_value_id": wardrobe.value("M"), "count": 3]
        let other: JSON = ["attribute_value_id": wardrobe.value("L"), "count": 3]
        let counted = try await wardrobe.shop.put(path, body, headers: ["If-Match": tag])
        #expect(counted.status == 200)
        #expect(
            try await wardrobe.shop.put(path, other, headers: ["If-Match": tag]).status
                == 412)
        let now = counted[header: "ETag"] ?? ""
        #expect(try await wardrobe.shop.put(path, other, headers: ["If-Match": now]).status == 200)
    }

    @Test func `an attribute that is in use keeps its kind`() async throws {
        let shop = try await TestShop.open()
        let profile = try await shop.made("profile", ["name": "Lamp"])
        let cord = try await shop.made(
            "profile-attribute", ["name": "Cord", "profile_id": .number(profile), "data_type": "text"])
        _ = try await shop.product(
            "Lamp", price: 1,
            JSONObject([
                .init("profile_id", .number(profile)),
                .init("attributes", [["attribute_id": .number(cord), "value": "Blue steel b3"]]),
            ]))
        #expect(try await shop.put("profile-attribute/\(cord)", ["data_type": "number"]).status == 409)
    }

    @Test func `attributes of one product have at most a thousand values`() async throws {
        let shop = try await TestShop.open()
        let profile = try await shop.made("profile", ["name": "Lamp"])
        let cord = try await shop.made(
            "profile-attribute", ["name": "Cord", "profile_id": .number(profile), "data_type": "text"])
        let values = JSON.array((0..<1001).map { .string("v\($0)") })
        let reply = try await shop.post(
            "product",
            [
                "name": "Lamp", "profile_id": .number(profile),
                "attributes": [["attribute_id": .number(cord), "value": values]],
            ])
        #expect(reply.status == 422)
        #expect(reply.pointers == ["/attributes"])
    }
}

/// A shop with a profile whose products come in sizes, and perhaps in colours.
struct Wardrobe {
    let shop: TestShop
    let profile: JSON
    private(set) var size = JSON.null
    private var values: [String: JSON] = [:]

    static func open(in shop: TestShop? = nil, colours: [String] = []) async throws -> Wardrobe {
        let shop = if let shop { shop } else { try await TestShop.open() }
        var wardrobe = Wardrobe(
            shop: shop, profile: try await shop.post("profile", ["name": "Clothes"]).json["profile_id"])
        wardrobe.size = try await wardrobe.attribute("Size", ["M", "L", "S"])
        if !colours.isEmpty { _ = try await wardrobe.attribute("Colour", colours) }
        return wardrobe
    }

    private init(shop: TestShop, profile: JSON) {
        self.shop = shop
        self.profile = profile
    }

    private mutating func attribute(_ name: String, _ list: [String]) async throws -> JSON {
        let attribute = try await shop.post(
            "profile-attribute", ["name": .string(name), "profile_id": profile, "is_variant": 1]
        ).json["attribute_id"]
        for val in list {
            let body: JSON = ["attribute_id": attribute, "val": .string(val)]
            values[val] = try await shop.post("profile-attribute-value", body).json["attribute_value_id"]
        }
        return attribute
    }

    func value(_ val: String) -> JSON { values[val] ?? .null }

    /// A shirt in some sizes, each with a number of its own.
    func shirt(_ sizes: [String], _ more: JSON = [:]) async throws -> JSON {
        guard case .object(var body) = more else { return .null }
        if body["name"] == nil { body.append("name", "Shirt") }
        if body["price"] == nil { body.append("price", 100) }
        body.append("profile_id", profile)
        body.append(
            "stock_settings",
            .array(
                sizes.map {
                    ["attribute_id": size, "attribute_value_id": value($0), "own_id": .string("SHIRT-\($0)")]
                }))
        return try await shop.post("product", .object(body)).json
    }
}
