import Basics
import ButikFiles
import Commerce
import Persistence
import Resources
import Support
import Testing

/// No price is not 0: what has none can't be sold until it has (CONTRACT 4, "Minimum bodies").
@Suite struct NoPriceTests {
    private static func unpriced(_ shop: TestShop, _ more: [JSONObject.Member] = []) async throws -> Int64 {
        let body = JSONObject([.init("name", "Bare"), .init("allow_negative_stock", 1)] + more)
        return try await shop.post("product", .object(body)).json["product_id"].integer
    }

    @Test func `a product without a price shows 0 and is not sold until it has one, 0 too`() async throws {
        let shop = try await TestShop.open()
        let id = try await Self.unpriced(shop)
        #expect(try await shop.get("product/\(id)").json["price"] == 0)
        let refused = try await shop.order([TestShop.line(id), TestShop.line(id, unitPrice: 5)])
        #expect((refused.status, refused.json["code"]) == (409, "no_price"))
        #expect(refused.pointers == ["/products/0/unit_price"])
        #expect(try await shop.get("order?limit=0").json["paging"]["total"] == 0)
        #expect(try await shop.get("product/\(id)/price").json["rule"] == "unpriced")
        #expect(try await shop.order([TestShop.line(id, unitPrice: 0)]).status == 200)
        #expect(try await shop.put("product/\(id)", ["price": 0]).status == 200)
        let free = try await shop.order(id)
        #expect((free.status, free.json["total_price"]) == (200, 0))
        #expect(try await shop.get("product/\(id)/price").json["rule"] == "price")
    }

    @Test func `every way to say a price counts, and null takes it back`() async throws {
        let shop = try await TestShop.open()
        for price in [0, "0", "0.00", 7] as [JSON] {
            let id = try await Self.unpriced(shop, [.init("price", price)])
            #expect(try await shop.order(id).status == 200, "\(price)")
            for none in [.null, ""] as [JSON] {
                let bare = try await shop.put("product/\(id)", ["price": none])
                #expect((bare.status, bare.json["price"]) == (200, 0))
                #expect(try await shop.order(id).status == 409, "\(none)")
                try await shop.put("product/\(id)", ["price": price])
            }
        }
        let rows: JSON = [
            ["method": "POST", "body": ["name": "A", "allow_negative_stock": 1]],
            ["method": "POST", "body": ["name": "B", "price": 3]],
        ]
        let made = try await shop.post("product/batch", rows).json["results"]
        #expect(try await shop.order(made[0]["body"]["product_id"].integer).json["code"] == "no_price")
        // What a change does not speak of stays.
        try await shop.put("product/\(made[0]["body"]["product_id"].integer)", ["name": "C"])
        #expect(try await shop.order(made[0]["body"]["product_id"].integer).json["code"] == "no_price")
    }

    @Test func `the 0 that is shown for no price makes none when the answer is sent back`() async throws {
        let shop = try await TestShop.open()
        let id = try await Self.unpriced(shop)
        guard case .object(let shown) = try await shop.get("product/\(id)").json else { return #expect(Bool(false)) }
        let renamed = JSONObject(shown.members.map { $0.name == "name" ? .init("name", "Better") : $0 })
        #expect(try await shop.put("product/\(id)", .object(renamed)).json["name"] == "Better")
        #expect(try await shop.order(id).json["code"] == "no_price")
        let row: JSON = ["method": "PUT", "id": .number(id), "body": .object(renamed)]
        #expect(try await shop.post("product/batch", [row]).json["results"][0]["status"] == 200)
        #expect(try await shop.order(id).json["code"] == "no_price")
        // A price that is given counts, wherever it stands, and 0 where it was said before.
        let priced = JSONObject(renamed.members.map { $0.name == "price" ? .init("price", 5) : $0 })
        try await shop.put("product/\(id)", .object(priced))
        #expect(try await shop.order(id).json["total_price"] == 5)
        try await shop.put("product/\(id)", .object(renamed))
        #expect(try await shop.order(id).json["total_price"] == 0)
    }

    @Test func `that a product has no price any more is known to search`() async throws {
        let shop = try await TestShop.open()
        let line =
            #"{"own_id":"P","name":"Pot","price":0,"profile":"Size","stock_settings":["#
            + #"{"options":{"Size":"S"},"price":30},{"options":{"Size":"M"}}]}"#
        #expect(try await shop.importing(line, as: .butikJSONL).faults == [])
        func found() async throws -> Int64 {
            try await shop.get("product/search?q=pot&price[lte]=29").json["paging"]["total"].integer
        }
        #expect(try await found() == 1)
        try await shop.put("product/own_id:P", ["price": .null])
        #expect(try await found() == 0)
        try await shop.put("product/own_id:P", ["price": 0])
        #expect(try await found() == 1)
    }

    @Test func `a variant with a price of its own is sold, and one without is not`() async throws {
        let shop = try await TestShop.open()
        let line =
            #"{"own_id":"P","name":"P","allow_negative_stock":1,"profile":"Size","stock_settings":["#
            + #"{"own_id":"P-1","options":{"Size":"S"},"price":30},{"own_id":"P-2","options":{"Size":"M"}}]}"#
        #expect(try await shop.importing(line, as: .butikJSONL).faults == [])
        #expect(try await shop.order([["own_id": "P-1", "amount": 1]]).json["total_price"] == 30)
        let refused = try await shop.order([["own_id": "P-2", "amount": 1]])
        #expect((refused.status, refused.json["code"]) == (409, "no_price"))
        // And search counts what can be sold.
        #expect(try await shop.get("product/search?q=p&price[lte]=29").json["paging"]["total"] == 0)
        #expect(try await shop.get("product/search?q=p&price[lte]=30").json["paging"]["total"] == 1)
    }

    @Test func `what was there before prices were told from nothing is sold on`() async throws {
        let storage = try await Engine.emptyDatabase().storage
        let files = try ButikFiles.migrationFiles()
        let before = files.filter { $0.name < "0018" }
        _ = try await Migrator(files: before, dialect: storage.dialect).migrate(storage)
        try await storage.write { db in
            let columns = try db.describe().tables.first { $0.name == "products" }?.columns.map(\.name) ?? []
            let record = Product.schema.record(try Product.starting(Identifier(7)))
            let known = zip(Product.info.fields, record).filter { columns.contains($0.0.column) }
            let names = known.map(\.0.column).joined(separator: ", ")
            try db.run(
                """
                INSERT INTO products (webshop_id, \(raw: names), version, created, last_modified)
                VALUES (1, \(SQL.list(known.map(\.1))), 1, 0, 0)
                """)
        }
        _ = try await Migrator(files: files, dialect: storage.dialect).migrate(storage)
        let priced = try await storage.fetch("SELECT price, is_priced FROM products")
        #expect(priced.map(\.values) == [[.integer(0), .integer(1)]])
        await storage.close()
    }
}
