import Basics
import Resources
import Support
import Testing

/// The calls that public clients make, one after the other (fact sheet 7), with data of our own.
@Suite struct LegacyClientTests {
    // MARK: K1, lsolesen/shoporama-php-sdk

    private static func sdk(_ shop: TestShop) -> [String: String] {
        let token = shop.token(.write)
        return [
            "X-Access-Token": token, "Authorization": "Shoporama \(token)", "User-Agent": "Shoporama PHP-SDK",
        ]
    }

    /// The create body of fact sheet 7.1, in which only ids that exist are given.
    private static func body(supplier: JSON, brand: JSON, address: String) -> JSONObject {
        JSONObject([
            .init("name", "Test product"), .init("is_online", 1), .init("supplier_id", supplier),
            .init("brand_id", brand), .init("description", "Something to test with"), .init("list_description", ""),
            .init("main_category_id", ""), .init("profile_id", 1), .init("price", 100), .init("sale_price", ""),
            .init("auto_offline", ""), .init("shipping_weight", ""), .init("meta_title", ""),
            .init("meta_description", ""), .init("canonical_id", ""), .init("rewrite_url", .string(address)),
            .init(
                "attributes",
                [
                    ["attribute_id": 1, "value": 2], ["attribute_id": 3, "value": "Cotton"],
                    ["attribute_id": 4, "value": 5],
                ]),
            .init(
                "stock_settings",
                .array(
                    (1...3).map { number in
                        [
                            "attribute_id": 1, "attribute_value_id": .number(number), "purchase_price": 10,
                            "sec_own_id": .string("S\(number)"), "own_id": .string("O\(number)"),
                        ]
                    })),
            .init(
                "images",
                [
                    [
                        "data":
                            "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
                    ]
                ]),
        ])
    }

    @Test func `the PHP SDK makes, changes and deletes a product`() async throws {
        let shop = try await TestShop.open()
        let headers = Self.sdk(shop)
        let supplier = try await shop.post("supplier", ["name": "Maker"]).json["supplier_id"]
        let brand = try await shop.post("brand", ["name": "Acme"]).json["brand_id"]
        let body = Self.body(supplier: supplier, brand: brand, address: "test-product-42")
        func renamed(_ name: JSON) -> JSON {
            var changed = body.without(["name"])
            changed.append("name", name)
            return .object(changed)
        }

        // K1-1
        #expect(try await shop.get("product?limit=100", headers: headers).status == 200)
        // K1-2
        let made = try await shop.post("product", .object(body), headers: headers)
        #expect(made.status == 200, "\(made.text)")
        let id = made.json["product_id"]
        #expect(id.integer > 0)
        let one = "product/\(id.integer)"
        // K1-3, K1-4
        #expect(try await shop.put(one, renamed("Second name"), headers: headers).json["product_id"] == id)
        let second = try await shop.get(one, headers: headers).json
        #expect(second["name"] == "Second name")
        #expect(second["description"] == "Something to test with")
        // K1-5 to K1-8
        for name in ["Third name", "Fourth name"] {
            let put = try await shop.put(one, ["name": .string(name)], headers: headers)
            #expect(put.status == 200)
            #expect(put.json["product_id"] == id)
            let shown = try await shop.get(one, headers: headers).json
            #expect(shown["name"].text == name)
            #expect(shown["description"] == "Something to test with")
        }
        // K1-9, K1-10, K1-11
        #expect(try await shop.delete(one, headers: headers).status == 200)
        let gone = try await shop.get(one, headers: headers)
        #expect(gone.status == 410)
        #expect(gone.text == "410 Gone")
    }

    @Test func `an address that is taken does not fail the PHP SDK's create`() async throws {
        let shop = try await TestShop.open()
        let supplier = try await shop.post("supplier", ["name": "Maker"]).json["supplier_id"]
        let brand = try await shop.post("brand", ["name": "Acme"]).json["brand_id"]
        var addresses: Set<String> = []
        for _ in 1...3 {
            let body = Self.body(supplier: supplier, brand: brand, address: "test-product-7")
            let made = try await shop.post("product", .object(body), headers: Self.sdk(shop))
            #expect(made.status == 200, "\(made.text)")
            addresses.insert(made.json["rewrite_url"].text)
        }
        #expect(addresses.count == 3)
        #expect(addresses.contains("test-product-7"))
    }

    // MARK: K2, Rackbeat/laravel-shoporama

    private static func rackbeat(_ shop: TestShop) -> [String: String] {
        let token = shop.token(.write)
        return [
            "Accept": "application/json", "Content-Type": "application/json", "Authorization": "Shoporama \(token)",
            "X-Access-Token": token, "User-Agent": "Rackbeat Shoporama Integration (Stefan Ninic)",
        ]
    }

    @Test func `Rackbeat pages through products and orders until a page is short`() async throws {
        let shop = try await TestShop.open()
        let headers = Self.rackbeat(shop)
        let rows = (1...230).map { ["method": "POST", "body": ["name": .string("Shirt \($0)"), "price": 1]] as JSON }
        try await shop.post("product/batch", .array(rows))
        var ids: Set<Int64> = []
        var sizes: [Int] = []
        for offset in [0, 100, 200] {
            let page = try await shop.send("GET", "/REST/product?limit=100&offset=\(offset)", headers: headers).json
            #expect(page["paging"]["count"].integer == Int64(page["products"].elements.count))
            sizes.append(page["products"].elements.count)
            ids.formUnion(page["products"].elements.map { $0["product_id"].integer })
        }
        #expect(sizes == [100, 100, 30])
        #expect(ids.count == 230)
        let since = "/REST/product?last_modified=2020-01-01T00:00:00&limit=100"
        #expect(try await shop.send("GET", since, headers: headers).json["products"].elements.count == 100)
        // K2-1 with an envelope, which a Laravel plural of the entity names
        #expect(
            try await shop.send("GET", "/REST/category?limit=100&envelope=1", headers: headers).json["categories"] == []
        )
        #expect(try await shop.send("GET", "/REST/order?limit=100", headers: headers).json["orders"] == [])
    }

    @Test func `Rackbeat reads, writes and deletes products, categories and orders unwrapped`() async throws {
        let shop = try await TestShop.open()
        let headers = Self.rackbeat(shop)
        for (entity, key) in [("product", "product_id"), ("category", "category_id")] {
            let made = try await shop.post(entity, ["name": "First"], headers: headers).json
            let id = made[key].integer
            #expect(id > 0, "\(entity)")
            #expect(try await shop.get("\(entity)/\(id)", headers: headers).json == made, "\(entity)")
            let changed = try await shop.put("\(entity)/\(id)", ["name": "Second"], headers: headers).json
            #expect(changed[key].integer == id && changed["name"] == "Second", "\(entity)")
            #expect(try await shop.delete("\(entity)/\(id)", headers: headers).status == 200, "\(entity)")
        }
        let product = try await shop.product("Shirt", price: 80, stock: 5)
        let made = try await shop.post(
            "order", ["products": [["product_id": .number(product), "amount": 2]]], headers: headers)
        let order = "order/\(made.json["order_id"].integer)"
        #expect(try await shop.get(order, headers: headers).body == made.body)
        let sent = try await shop.put(order, ["status": "sent", "tracking_number": "T1"], headers: headers).json
        #expect(sent["status"] == "sent" && sent["tracking_number"] == "T1")
        // K2-7, K2-8
        let stock = try await shop.post("stock", ["product_id": .number(product), "count": 9], headers: headers)
        #expect(stock.json["stock"][0]["count"] == 9)
        #expect(try await shop.get("self", headers: headers).json["webshop_id"].integer == shop.id)
    }

    // MARK: K3, blinksbjerg/hackorama

    @Test func `Hackorama reads a catalogue with a bare token`() async throws {
        let furnished = try await FurnishedShop.open(marker: "Hackorama")
        let shop = furnished.shop
        let headers = ["Authorization": shop.token(.read), "Accept": "application/json"]
        func get(_ path: String) async throws -> JSON {
            let reply = try await shop.send("GET", "/REST" + path, headers: headers)
            #expect(reply.status == 200, "\(path)")
            return reply.json
        }
        let category = furnished.ids["category_id"] ?? 0
        let categories = try await get("/category")
        #expect(categories[0]["category_id"].integer == category)
        #expect(try await get("/category/\(category)") == categories[0])
        // Two products, of which one is in the category.
        for (query, count) in [
            ("featured=1&limit=12", 2), ("category_id=\(category)", 1), ("search=thing", 2), ("limit=100&offset=0", 2),
        ] {
            #expect(try await get("/product?\(query)")["products"].elements.count == count, "\(query)")
        }
        let product = try await get("/product/\(furnished.ids["product_id"] ?? 0)")
        for list in ["images", "pdf_files", "categories", "related"] {
            guard case .array = product[list] else {
                Issue.record("\(list) is no array")
                continue
            }
        }
        let customer = furnished.ids["customer_id"] ?? 0
        #expect(try await get("/customer")["customers"][0]["customer_id"].integer == customer)
        #expect(try await get("/customer/\(customer)")["country_id"] == 45)
        let shipping = try await get("/shipping")
        #expect(try await get("/shipping/\(shipping[0]["shipping_id"].integer)") == shipping[0])
        let orders = try await get("/order?customer_id=\(customer)")["orders"]
        #expect(orders[0]["customer_id"].integer == customer)
        #expect(try await get("/order?customer_id=\(customer + 1)")["orders"] == [])
        #expect(try await get("/order/\(orders[0]["order_id"].integer)") == orders[0])
    }

    // MARK: K4, mullemulle/shoporama

    @Test func `the Dart app lists, makes and deletes`() async throws {
        let shop = try await TestShop.open()
        let headers = [
            "Host": "www.shoporama.dk", "Accept": "*/*", "Authorization": "Shoporama \(shop.token(.write))",
            "User-Agent": "App agent", "Content-Type": "application/json",
        ]
        let supplier = try await shop.post("supplier", ["name": "Maker"]).json["supplier_id"].integer
        try await shop.post("category", ["name": "Shirts"])
        // K4-1
        let since = "last_modified=2025-03-08T10:11:12.000"
        let categories = try await shop.get("category?limit=1000&offset=0&\(since)", headers: headers).json
        #expect(categories.elements.count == 1)
        for name in ["images", "extension_data"] { #expect(categories[0][name] == [], "\(name)") }
        // K4-3
        let made = try await shop.post("product", ["name": "Poster"], headers: headers)
        #expect(made.status == 200)
        let id = made.json["product_id"].integer
        try await shop.put("product/\(id)", ["supplier_id": .number(supplier)], headers: headers)
        // K4-2
        let page = try await shop.get("product?supplier_id=\(supplier)&\(since)&limit=5&offset=0", headers: headers)
            .json
        #expect(page["paging"].serialized == #"{"offset":0,"limit":5,"count":1,"total":1}"#)
        #expect(page["products"][0]["name"] == "Poster")
        #expect(page["products"][0]["is_online"] == 1)
        // K4-4: a bug of the app, that must not be one of ours
        #expect(
            try await shop.post("product", ["profile_id": .number(id), "is_online": 0], headers: headers).status == 422)
        // K4-5, K4-6
        let image: JSON = ["weight": 1, "description": "Front", "data": .string(Picture.png(2, 2).base64), "remove": 0]
        #expect(try await shop.put("product/\(id)", ["images": [image]], headers: headers).status == 200)
        let removal: JSON = ["images": [["image_id": "1", "remove": 1]]]
        #expect(try await shop.put("product/\(id)", removal, headers: headers).status == 200)
        // K4-8
        let suppliers = try await shop.get("supplier?\(supplier)", headers: headers).json
        #expect(suppliers[0]["name"] == "Maker" && suppliers[0]["is_removed"] == "0")
        #expect(suppliers[0].names.contains("link_to") && suppliers[0].names.contains("dropshipping_mail"))
        // K4-7
        #expect(try await shop.delete("product/\(id)", headers: headers).status == 200)
    }
}
