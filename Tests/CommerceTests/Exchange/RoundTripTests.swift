import Basics
import Commerce
import Exchange
import Resources
import Support
import Testing

/// Out of one shop and into an empty one: nothing is lost, and the same range gives the same bytes (CONTRACT 3).
@Suite struct RoundTripTests {
    /// A shop with everything a product can be, and texts that formats stumble over.
    private static func furnished() async throws -> TestShop {
        let shop = try await TestShop.open()
        let product = try await shop.product("Nordic, \"Lamp\"; [large]", price: "249.95", try await said(in: shop))
        for variant in try await shop.get("product/\(product)").json["variants"].elements {
            try await shop.post(
                "stock", ["product_id": .number(product), "variant_name": variant["variant_name"], "count": 4])
        }
        let shade = try await shop.product("Shade", price: 99, stock: 3, object(["own_id": "shade | 1*2"]))
        // The brand had the address first, so the product of its name has another.
        _ = try await shop.product(
            "Lumen", price: 5, object(["description": "line one\r\nline \"two\" \\ \u{1F4A1}\n"]))
        try await shop.post(
            "product",
            [
                "name": "Set", "own_id": "SET", "price": 300, "related": .array([.number(product), .number(shade)]),
                "similar": .array([.number(shade)]), "canonical_id": .number(product),
                "bundle": [["product_id": .number(product), "count": 2], ["product_id": .number(shade), "count": 1]],
            ])
        let whole = try await shop.get("product/\(product)").json["supplier_id"]
        let second = try await shop.post("supplier", ["name": "Second source", "email": "s@example.com"]).json
        for row: JSON in [
            [
                "supplier_id": whole, "supplier_own_id": "W-7", "purchase_price": "12.5", "currency": "EUR",
                "delivery_days": 3,
            ],
            ["supplier_id": whole, "purchase_price": "11.25", "min_order": 100],
            ["supplier_id": second["supplier_id"], "purchase_price": "0.0125", "weight": 10],
        ] {
            guard case .object(let object) = row else { continue }
            try await shop.post(
                "product-supplier",
                .object(JSONObject(object.members + [.init("product_id", .number(product))])))
        }
        let gone = try await shop.product("Gone", stock: 1)
        try await shop.delete("product/\(gone)")
        return shop
    }

    private static func said(in shop: TestShop) async throws -> JSONObject {
        func make(_ path: String, _ body: JSON) async throws -> JSON {
            let made = try await shop.post(path, body).json
            return made[made.names[0]]
        }
        let top = try await make("category", ["name": "Home > Garden"])
        let below = try await make("category", ["name": "Lamps | all", "parent_id": top, "rewrite_url": "lamps"])
        let profile = try await make("profile", ["name": "Lamp", "tag": "lamp"])
        var attributes: [JSON] = []
        for (name, type, isVariant) in [("Colour", "color", 1), ("Size", "valuelist", 1), ("Watts", "number", 0)] {
            attributes.append(
                try await make(
                    "profile-attribute",
                    [
                        "profile_id": profile, "name": .string(name), "data_type": .string(type),
                        "is_variant": .number(Int64(isVariant)), "weight": .number(Int64(attributes.count)),
                    ]))
        }
        var values: [JSON] = []
        for (attribute, val, weight) in [(0, "Red", 20), (0, "Blue", 10), (1, "Large", 2), (1, "Small", 1)] {
            let body: JSON = [
                "attribute_id": attributes[attribute], "val": .string(val), "weight": .number(Int64(weight)),
                "color": attribute == 0 ? "#ff0000" : nil,
            ]
            values.append(try await make("profile-attribute-value", body))
        }
        let label = try await make("product-label", ["name": "New, bright", "color": "#00ff00"])
        let second = try await make("product-label", ["name": "[Sale]"])
        return object([
            "own_id": "LAMP-1", "brand_id": try await make("brand", ["name": "Lumen"]),
            "supplier_id": try await make("supplier", ["name": "Whole | sale", "link_to": "https://x.test"]),
            "manufacturer_id": try await make("manufacturer", ["name": "Maker", "city": "Aarhus", "country_id": 45]),
            "safety_profile_id": try await make("safety-profile", ["name": "Lamps", "warnings": "<p>Gets hot</p>"]),
            "main_category_id": below, "categories": .array([top, below]), "gtin": "0570", "mpn": "M-1",
            "profile_id": profile, "product_labels": .array([second, label]),
            "attributes": [
                ["attribute_id": attributes[2], "value": .number(JSONNumber(text: "12.5"))],
                ["attribute_id": attributes[0], "value": values[0]],
                ["attribute_id": attributes[0], "value": values[1]],
            ],
            "stock_settings": [
                variant(attributes, [values[0], values[2]], "LAMP-RL", 279),
                variant(attributes, [values[1], values[2]], nil, nil),
                variant(attributes, [values[1], values[3]], "LAMP-BS", nil),
            ],
            "discount_intervals": [["from": 3, "price": 200], ["from": 10, "price": "150.5"]],
            "meta_title": "=HYPERLINK(\"https://evil.test\")", "delivery_time": "'- two days", "package": "-5",
            "location": "''A", "group_prices": [["group": "dealer", "price": 180]], "sale_price": 199, "vat": "12.5",
            "sale_from": "2026-03-01 00:00:00", "sale_to": "2026-07-01 00:00:00", "shipping_weight": "1.25",
            "description": "<p>Tall; \"bright\"</p>", "search": "1\r\n2", "allow_negative_stock": 1, "is_online": 0,
            "html_fields": [["name": "care", "html": "<b>dust</b>"]], "rewrite_url": "lamps/nordic",
            "images": [["url": "https://images.test/lamp.jpg", "description": "Front", "weight": 10]],
        ])
    }

    private static func object(_ json: JSON) -> JSONObject {
        if case .object(let object) = json { object } else { JSONObject() }
    }

    private static func variant(_ attributes: [JSON], _ values: [JSON], _ ownID: String?, _ price: Int64?) -> JSON {
        [
            "attribute_id": attributes[0], "attribute_value_id": values[0], "attribute_id_2": attributes[1],
            "attribute_value_id_2": values[1], "own_id": ownID.map { .string($0) } ?? nil,
            "price": price.map { .number($0) } ?? nil,
        ]
    }

    @Test(arguments: [(ExportFormat.butikJSONL, ImportFormat.butikJSONL), (.butikCSV, .butikCSV)])
    func `export, import into an empty shop and export again gives the same bytes`(
        _ out: ExportFormat, _ back: ImportFormat
    ) async throws {
        let shop = try await Self.furnished()
        let first = try await shop.exported(out)
        #expect(!first.contains("Gone"))
        let empty = try await TestShop.open()
        // Ids differ there.
        let other = try await empty.product("Other")
        try await empty.delete("product/\(other)")
        let report = try await empty.importing(first, as: back)
        #expect(report.faults.map(\.description) == [])
        #expect(report.created == 4)
        #expect(try await empty.exported(out) == first)
        let events = try await empty.total("event")
        let again = try await empty.importing(first, as: back)
        #expect((again.created, again.updated, again.unchanged, again.failed) == (0, 0, 4, 0))
        #expect(try await empty.total("event") == events)
        #expect(try await empty.findings() == [])
        // And into the shop it came from.
        let home = try await shop.importing(first, as: back)
        #expect((home.created, home.updated, home.unchanged) == (0, 0, 4))
        try await expectSame(shop, empty)
    }

    @Test func `no text leaves as a formula`() async throws {
        let shop = try await Self.furnished()
        let csv = try await shop.exported(.butikCSV)
        #expect(csv.contains(#""'=HYPERLINK(""https://evil.test"")""#))
        for cell in [",''- two days,", ",-5,", ",'''A,"] { #expect(csv.contains(cell), "\(cell)") }
    }

    /// What a client sees of the lamp but ids and times.
    private func expectSame(_ shop: TestShop, _ other: TestShop) async throws {
        let paths = "product/own_id:LAMP-1?expand=brand,supplier,manufacturer,safety_profile"
        let (one, two) = (try await shop.get(paths).json, try await other.get(paths).json)
        for field in ExportedFields.plain { #expect(one[field.name] == two[field.name], "\(field.name)") }
        for (object, names) in [
            ("brand", ["name", "rewrite_url"]), ("supplier", ["name", "link_to"]),
            ("manufacturer", ["name", "city", "country_id"]), ("safety_profile", ["name", "warnings"]),
        ] {
            for name in names { #expect(one[object][name] == two[object][name], "\(object).\(name)") }
        }
        #expect(one["attributes"].elements.map { $0["val"] } == two["attributes"].elements.map { $0["val"] })
        #expect(one["product_labels"].elements.map { $0["name"] } == two["product_labels"].elements.map { $0["name"] })
        #expect(one["stock_settings"].elements.count == two["stock_settings"].elements.count)
        let sources = try await other.get("product-supplier?product_id=\(two["product_id"].integer)&sort=weight").json
        #expect(sources["product_suppliers"].elements.count == 3)
        let set = try await other.get("product/own_id:SET").json
        #expect(set["bundle_data"].elements.map { $0["count"].integer } == [2, 1])
        #expect(set["related"].elements.count == 2)
        #expect(set["canonical_id"] == two["product_id"])
    }

    @Test func `an export asks as much for many products as for few`() async throws {
        let server = try await TestServer()
        let shop = try await TestShop.open(on: server)
        func add(_ numbers: ClosedRange<Int>) async throws {
            let lines = numbers.map { number in
                #"{"own_id":"P\#(number)","name":"P","price":1,"brand":"B\#(number % 7)","categories":[["C\#(number % 5)"]],"#
                    + #""profile":{"name":"F","attributes":[{"name":"A","values":[{"val":"v\#(number % 3)"}]}]},"#
                    + #""attributes":[{"name":"A","val":"v\#(number % 3)"}],"product_labels":["L"],"related":["P1"]}"#
            }
            let report = try await shop.importing(lines.joined(separator: "\n"), as: .butikJSONL)
            #expect(report.faults == [])
        }
        func statements() async throws -> Int {
            let before = server.storage.statements
            _ = try await shop.exported(.butikCSV)
            return server.storage.statements - before
        }
        try await add(1...10)
        let few = try await statements()
        try await add(11...200)
        #expect(try await statements() == few)
        #expect(few < 20)
        await server.stop()
    }

    @Test func `products of many variants lose none where a page of them is written in pieces`() async throws {
        let shop = try await TestShop.open()
        let sizes = (10..<35).map { "S\($0)" }
        let colours = (10..<28).map { "C\($0)" }
        func attribute(_ name: String, _ values: [String]) -> JSON {
            let values = values.map { JSON.object(JSONObject([.init("val", .string($0))])) }
            return ["name": .string(name), "is_variant": 1, "values": .array(values)]
        }
        let profile: JSON = ["name": "Wide", "attributes": [attribute("Size", sizes), attribute("Colour", colours)]]
        let settings = JSON.array(
            sizes.flatMap { size in
                colours.map { ["options": ["Size": .string(size), "Colour": .string($0)], "stock": 1] }
            })
        let lines = (1...10).map { number in
            JSON.object(
                JSONObject([
                    .init("own_id", .string("WIDE-\(number)")), .init("name", "Wide"), .init("profile", profile),
                    .init("stock_settings", settings),
                ])
            ).serialized
        }
        #expect(try await shop.importing(lines.joined(separator: "\n"), as: .butikJSONL).created == 10)
        let exported = try await shop.exported(.butikJSONL)
        let products = exported.split(separator: "\n").compactMap { try? JSONParser.parse(Array($0.utf8)) }
        #expect(products.count == 10)
        #expect(products.allSatisfy { $0["stock_settings"].elements.count == 450 })
        #expect(Set(products.map { $0["own_id"].text }).count == 10)
    }

    @Test func `an export begins at a time where one is given`() async throws {
        let server = try await TestServer()
        let shop = try await TestShop.open(on: server)
        _ = try await shop.product("Old")
        server.clock.advance(seconds: 3600)
        let since = server.clock.now
        _ = try await shop.product("New")
        var text = ""
        try await ProductExport(
            from: server.storage, tenant: try await shop.tenant, format: .butikJSONL, changed: since...since
        ).run { text += String(decoding: $0, as: UTF8.self) }
        #expect(text.split(separator: "\n").count == 1)
        #expect(text.contains(#""name":"New""#))
        await server.stop()
    }
}
