import Areas
import Basics
import Commerce
import Persistence
import Resources
import Support
import Testing

/// Keys within a part of a row, stored before keys had one form: they stop nothing, and are brought along.
@Suite struct PartKeyTests {
    private let server: TestServer
    private let shop: TestShop

    init() async throws {
        server = try await TestServer()
        shop = try await TestShop.open(on: server)
    }

    private func spoil(_ statements: SQL...) async throws {
        try await server.storage.write { db in for one in statements { try db.run(one) } }
    }

    /// The clock goes on by a second each time it is read.
    private func bringKeys() async throws {
        let clock = server.clock
        @Sendable func tick() -> Instant {
            clock.advance(seconds: 1)
            return clock.now
        }
        try await KeyUpkeep.run(of: House.resources, in: server.storage, publicURL: TestServer.publicURL, at: tick()) {
            _ in
        }
    }

    @Test func `groups that have become one sell on, and the list is tidied`() async throws {
        let id = try await shop.product(
            stock: 10,
            JSONObject([.init("group_prices", [["group": "Staff", "price": 80], ["group": "X", "price": 9]])]))
        let ann = try await shop.post("customer", ["name": "Ann", "customer_group": "Staff"]).json["customer_id"]
        let older =
            #"[{"group":"Staff","from":1,"price":80},{"group":"Staff ","from":1,"price":70},{"group":"","price":5},7]"#
        try await spoil("UPDATE products SET group_prices = \(older) WHERE webshop_id = \(shop.id)")
        let order = try await shop.order([TestShop.line(id)], JSONObject([.init("customer_id", ann)]))
        #expect((order.status, order.json["products"][0]["unit_price"]) == (200, 80))
        #expect(try await shop.get("product/\(id)/price?customer_id=\(ann.integer)").json["unit_price"] == 80)
        try await bringKeys()
        let tidy = try await shop.get("product/\(id)").json
        #expect(tidy["group_prices"] == [["group": "Staff", "from": 1, "price": 80]])
        #expect(try await shop.events().last { $0["type"] == "product.updated" }?["data"] == tidy)
        // What a client writes is still told, all of it.
        let refused = try await shop.put(
            "product/\(id)", ["group_prices": [["group": "A", "price": 1], ["group": " A", "price": 2]]])
        #expect((refused.status, refused.pointers) == (422, ["/group_prices/1/group"]))
        await server.stop()
    }

    @Test func `the variants that pictures are of are brought along, and a client can do it too`() async throws {
        let image: JSON = ["url": "https://pictures.test/a.png", "variant_name": "R\u{F8}d"]
        let made: JSON = ["name": "T", "price": 1, "images": [image, image]]
        let id = try await shop.post("product", made).json["product_id"].integer
        let brand = try await shop.post("brand", ["name": "B", "images": [image]]).json["brand_id"].integer
        func names(_ path: String) async throws -> [String] {
            try await shop.get(path).json["images"].elements.map { $0["variant_name"].text }
        }
        let old = " cafe\u{301}"
        try await spoil("UPDATE images SET variant_name = \(old) WHERE webshop_id = \(shop.id)")
        try await bringKeys()
        for path in ["product/\(id)", "brand/\(brand)"] {
            for name in try await names(path) { #expect(name.utf8.elementsEqual("caf\u{E9}".utf8), "\(path)") }
        }
        let shown = try await shop.get("product/\(id)").json
        #expect(try await shop.events().last { $0["type"] == "product.updated" }?["data"] == shown)
        try await spoil("UPDATE images SET variant_name = \("cafe\u{301}") WHERE webshop_id = \(shop.id)")
        let picture = shown["images"][0]
        let put: JSON = ["image_id": picture["image_id"], "variant_name": "caf\u{E9}"]
        let reply = try await shop.put("product/\(id)", ["images": [put]]).json
        #expect(reply["images"].elements.contains { $0["variant_name"].text.utf8.elementsEqual("caf\u{E9}".utf8) })
        await server.stop()
    }

    @Test func `each page has the time at which it was written, so that pollers see it`() async throws {
        for (path, name) in [("brand", "B"), ("customer", "C"), ("product", "P")] {
            try await shop.post(path, ["name": .string(name)])
        }
        for table in ["brands", "customers", "products"] {
            let name: SQL =
                table == "customers" ? "email = ' c@example.com'" : table == "brands" ? "name = ' B'" : "gtin = ' 1'"
            try await spoil("UPDATE \(raw: table) SET \(name) WHERE webshop_id = \(shop.id)")
        }
        try await bringKeys()
        var times: Set<String> = []
        for (path, list) in [("brand", "brands"), ("customer", "customers"), ("product", "products")] {
            times.insert(try await shop.get(path).json[list][0]["last_modified"].text)
        }
        #expect(times.count == 3)
        await server.stop()
    }
}
