import Basics
import Resources
import Support
import Testing

/// CONTRACT 4, "Dry run" and "Reading loosely": the two words of `Prefer`.
@Suite struct PreferTests {
    private static let dryRun = ["Prefer": "dry-run"]
    private static let strict = ["Prefer": "handling=strict"]

    // MARK: Dry run

    @Test func `a dry-run create answers what it would make, with a null id, and makes nothing`() async throws {
        let shop = try await TestShop.open()
        let bodies: [(path: String, body: JSON)] = [
            ("product", ["name": "Shirt", "price": 5]), ("brand", ["name": "Acme"]), ("category", ["name": "Shirts"]),
            ("customer", ["name": "Ann"]), ("token", ["name": "t", "access_level": "read"]),
        ]
        for (path, body) in bodies {
            let before = try await shop.get("\(path)?envelope=1&limit=1").json["paging"]["total"]
            let events = try await shop.get("event?limit=1000").json["paging"]["total"]
            let reply = try await shop.post(path, body, headers: Self.dryRun)
            #expect(reply.status == 200, "\(path)")
            #expect(reply[header: "Preference-Applied"] == "dry-run", "\(path)")
            #expect(reply.json["name"] == body["name"], "\(path)")
            #expect(reply.json[reply.json.names[0]].isNull, "\(path)")
            #expect(reply[header: "ETag"] == nil, "\(path)")
            #expect(try await shop.get("\(path)?envelope=1&limit=1").json["paging"]["total"] == before, "\(path)")
            #expect(try await shop.get("event?limit=1000").json["paging"]["total"] == events, "\(path)")
        }
    }

    @Test func `a dry-run change or deletion shows its answer and leaves the object`() async throws {
        let shop = try await TestShop.open()
        let id = try await shop.product("Shirt")
        let before = try await shop.get("product/\(id)")
        let put = try await shop.put("product/\(id)", ["name": "Blouse"], headers: Self.dryRun)
        #expect(put.status == 200)
        #expect(put.json["name"] == "Blouse")
        #expect(put.json["product_id"].integer == id)
        #expect(try await shop.delete("product/\(id)", headers: Self.dryRun).status == 200)
        let after = try await shop.get("product/\(id)")
        #expect(after.body == before.body)
        #expect(after[header: "ETag"] == before[header: "ETag"])
        #expect(try await shop.get("event?resource=product").json["events"].elements.count == 2)
    }

    @Test func `a dry-run order computes its sums and takes no stock`() async throws {
        let shop = try await TestShop.open()
        let id = try await shop.product("Shirt", price: 100, stock: 3)
        let body: JSON = ["products": [["product_id": .number(id), "amount": 2]]]
        let dry = try await shop.post("order", body, headers: Self.dryRun)
        #expect(dry.status == 200)
        #expect(dry.json["order_id"].isNull)
        #expect(dry.json["total_price"] == 200)
        #expect(try await shop.stock(id) == 3)
        #expect(try await shop.get("order").json["paging"]["total"] == 0)
        let tooMany: JSON = ["products": [["product_id": .number(id), "amount": 4]]]
        #expect(try await shop.post("order", tooMany, headers: Self.dryRun).status == 409)
        #expect(try await shop.post("order", body).json["webshop_order_id"].integer > 0)
    }

    @Test func `a dry run finds the same faults`() async throws {
        let shop = try await TestShop.open()
        let id = try await shop.product("Shirt")
        let body: JSON = ["name": "", "price": "cheap", "brand_id": 5]
        let wet = try await shop.put("product/\(id)", body)
        let dry = try await shop.put("product/\(id)", body, headers: Self.dryRun)
        #expect(dry.status == wet.status)
        #expect(dry.json["errors"] == wet.json["errors"])
        #expect(try await shop.put("product/0", ["name": "x"], headers: Self.dryRun).status == 404)
        let stale = Self.dryRun.merging(["If-Match": "\"0-x\""]) { $1 }
        #expect(try await shop.put("product/\(id)", ["name": "x"], headers: stale).status == 412)
    }

    @Test func `a dry run neither uses nor spends a key`() async throws {
        let shop = try await TestShop.open()
        let headers = Self.dryRun.merging(["Idempotency-Key": "once"]) { $1 }
        for _ in 1...2 {
            let dry = try await shop.post("brand", ["name": "Acme"], headers: headers)
            #expect(dry.status == 200)
            #expect(dry[header: "Idempotent-Replayed"] == nil)
        }
        let wet = try await shop.post("brand", ["name": "Other"], headers: ["Idempotency-Key": "once"])
        #expect(wet.status == 200)
        #expect(wet.json["brand_id"].integer > 0)
    }

    // MARK: Strict

    @Test func `unknown members are ignored, and refused all at once in strict mode`() async throws {
        let shop = try await TestShop.open()
        let body: JSON = ["name": "Shirt", "colour": "red", "price": 5, "size": 3]
        let loose = try await shop.post("product", body)
        #expect(loose.status == 200)
        #expect(!loose.json.names.contains("colour"))
        let strict = try await shop.post("product", body, headers: Self.strict)
        #expect(strict.status == 422)
        #expect(Set(strict.pointers) == ["/colour", "/size"])
        #expect(strict.json["errors"].elements.allSatisfy { $0["code"] == "unknown" })
        #expect(try await shop.get("product").json["paging"]["total"] == 1)
    }

    @Test func `what a GET answers can be sent back in strict mode`() async throws {
        let furnished = try await FurnishedShop.open(marker: "Strict")
        for path in [
            "product/\(furnished.ids["product_id"] ?? 0)", "category/\(furnished.ids["category_id"] ?? 0)",
            "brand/\(furnished.ids["brand_id"] ?? 0)", "supplier/\(furnished.ids["supplier_id"] ?? 0)",
            "manufacturer/\(furnished.ids["manufacturer_id"] ?? 0)", "customer/\(furnished.ids["customer_id"] ?? 0)",
            "shipping/\(furnished.ids["shipping_id"] ?? 0)", "order/\(furnished.ids["order_id"] ?? 0)",
            "payment-gateway/\(furnished.ids["payment_gateway_id"] ?? 0)", "shop",
        ] {
            let before = try await furnished.shop.get(path)
            let reply = try await furnished.shop.put(path, before.json, headers: Self.strict)
            #expect(reply.status == 200, "\(path): \(reply.text)")
            #expect(reply.json == before.json, "\(path)")
        }
    }

    @Test func `in strict mode a member that is only shown is refused, unless it is what it is`() async throws {
        let furnished = try await FurnishedShop.open(marker: "Shown")
        let shop = furnished.shop
        let (order, product) = (
            "order/\(furnished.ids["order_id"] ?? 0)", "product/\(furnished.ids["product_id"] ?? 0)"
        )
        let refused: [(path: String, member: String, value: JSON)] = [
            (order, "time", "2026-01-01 00:00:00"), (order, "total_price", 1), (order, "shipping_price", 7),
            (order, "webshop_order_id", 77), (order, "paid_time", "2026-01-01 00:00:00"),
            (product, "reduction_since", "2026-01-01 00:00:00"), (product, "lowest_price_30_days", 5),
            (product, "product_id", 1),
        ]
        for (path, member, value) in refused {
            for method in ["PUT", "PATCH"] {
                let reply = try await shop.send(method, "/REST/" + path, .member(member, value), headers: Self.strict)
                #expect(reply.status == 422, "\(method) \(path) \(member): \(reply.text)")
                #expect(
                    reply.json["errors"].elements.map { [$0["pointer"].text, $0["code"].text] } == [
                        ["/\(member)", "read_only"]
                    ])
            }
            let shown = try await shop.get(path).json
            #expect(try await shop.put(path, .member(member, value)).status == 200, "\(path) \(member)")
            #expect(try await shop.get(path).json[member] == shown[member])
            let same = try await shop.put(path, .member(member, shown[member]), headers: Self.strict)
            #expect(same.status == 200, "\(path) \(member): \(same.text)")
        }
    }

    @Test func `the words of Prefer come in any case, together, and unknown ones are no fault`() async throws {
        let shop = try await TestShop.open()
        for header in ["dry-run, handling=strict", "HANDLING=strict,DRY-RUN", "respond-async, dry-run,handling=strict"]
        {
            let refused = try await shop.post("brand", ["name": "A", "x": 1], headers: ["Prefer": header])
            #expect(refused.status == 422, "\(header)")
            let dry = try await shop.post("brand", ["name": "A"], headers: ["Prefer": header])
            #expect(dry.json["brand_id"].isNull, "\(header)")
        }
        let loose = try await shop.post(
            "brand", ["name": "A", "x": 1], headers: ["Prefer": "handling=lenient, wait=5"])
        #expect(loose.status == 200)
        #expect(try await shop.get("brand").json["paging"]["total"] == 1)
    }

    // MARK: Loose forms

    @Test func `numbers, flags and nothing are read in every form clients send`() async throws {
        let shop = try await TestShop.open()
        let made = try await shop.post(
            "product",
            [
                "name": "Shirt", "price": "249.95", "sale_price": "", "auto_offline": "1", "is_online": false,
                "canonical_id": "", "main_category_id": "", "shipping_weight": "", "weight": "7", "own_id": 77,
                "no_index": true, "gtin": "", "vat": "",
            ]
        ).json
        #expect(made["price"].digits == "249.95")
        #expect(made["sale_price"].isNull)
        #expect(made["auto_offline"] == 1)
        #expect(made["is_online"] == 0)
        #expect(made["canonical_id"].isNull && made["main_category_id"].isNull && made["shipping_weight"].isNull)
        #expect(made["weight"] == 7)
        #expect(made["own_id"] == "77")
        #expect(made["no_index"] == 1)
        #expect(made["gtin"] == "")
        #expect(made["vat"].isNull)
    }

    @Test func `a dry-run token has no text that anybody could take for a key`() async throws {
        let shop = try await TestShop.open()
        let body: JSON = ["name": "ERP", "access_level": "read"]
        let dry = try await shop.post("token", body, headers: Self.dryRun)
        #expect(dry.status == 200 && dry.json["token_id"].isNull)
        #expect(dry.json.names.contains("token") && dry.json["token"].isNull)
        #expect(!dry.text.contains("butik_pat_"))
        #expect(try await shop.post("token", body).json["token"].text.hasPrefix("butik_pat_"))
    }
}
