import Areas
import Basics
import Commerce
import Persistence
import Resources
import Support
import Testing

/// Keys that were stored before they had one form are brought into it, once, and nothing is lost where two become one.
@Suite struct KeyUpkeepTests {
    /// A server of its own: the upkeep goes through all shops of a database.
    private static func open() async throws -> (server: TestServer, shop: TestShop) {
        let server = try await TestServer()
        return (server, try await TestShop.open(on: server))
    }

    /// Writes behind the back of the rules, as an older version did.
    private static func spoil(_ shop: TestShop, _ statements: [SQL]) async throws {
        try await shop.server.storage.write { db in for one in statements { try db.run(one) } }
    }

    private static func product(_ shop: TestShop, _ id: Int64, _ ownID: String) -> [SQL] {
        [
            "UPDATE skus SET own_id = \(ownID) WHERE webshop_id = \(shop.id) AND product_id = \(id) AND variant_id = 0",
            "UPDATE products SET own_id = \(ownID) WHERE webshop_id = \(shop.id) AND product_id = \(id)",
        ]
    }

    private static func run(_ server: TestServer) async throws -> [String] {
        let (told, tell) = AsyncStream<String>.makeStream()
        try await KeyUpkeep.run(
            of: House.resources, in: server.storage, publicURL: TestServer.publicURL, at: server.clock.now
        ) { tell.yield($0.description) }
        tell.finish()
        return await told.reduce(into: []) { $0.append($1) }
    }

    @Test func `an older number is found by its form, with its event, and the second time nothing is done`()
        async throws
    {
        let (server, shop) = try await Self.open()
        let id = try await shop.product("Cup", stock: 3, JSONObject([.init("own_id", "OLD")]))
        try await Self.spoil(shop, Self.product(shop, id, "\u{A0}cafe\u{301}"))
        #expect(try await shop.findings().filter { $0.contains("product \(id)") }.count == 1)
        #expect(try await Self.run(server) == [])
        let read = try await shop.get("product/own_id:caf%C3%A9")
        #expect(read.json["product_id"].integer == id)
        #expect(read.json["own_id"].text.utf8.elementsEqual("caf\u{E9}".utf8))
        #expect(try await shop.get("stock/own_id:cafe%CC%81").json["stock"][0]["count"] == 3)
        #expect(try await shop.get("event?type=product.updated").json["events"][0]["data"] == read.json)
        #expect(try await shop.findings() == [])
        let before = server.storage.statements
        #expect(try await Self.run(server) == [])
        #expect(server.storage.statements == before + 1)
        await server.stop()
    }

    @Test func `two that become one are both kept, and the second is told until it has another name`() async throws {
        let (server, shop) = try await Self.open()
        var ids: [Int64] = []
        for number in 1...3 {
            ids.append(try await shop.product("P", JSONObject([.init("own_id", .string("O\(number)"))])))
        }
        try await Self.spoil(
            shop,
            Self.product(shop, ids[0], "n\u{E9}") + Self.product(shop, ids[1], "ne\u{301}")
                + Self.product(shop, ids[2], " n\u{E9} "))
        let told = try await Self.run(server)
        #expect(
            told.count == 2 && told[0].contains("product \(ids[1])") && told[1].contains("product \(ids[2])"), "\(told)"
        )
        #expect(try await shop.get("product/own_id:n%C3%A9").json["product_id"].integer == ids[0])
        for id in ids[1...] {
            #expect(try await shop.get("product/own_id:n%C3%A9-\(id)").json["product_id"].integer == id)
        }
        let found = try await shop.findings()
        #expect(found.count == 2 && found.allSatisfy { row in told.contains { row.hasSuffix($0) } }, "\(found)")
        try await shop.put("product/\(ids[1])", ["own_id": "other"])
        try await shop.delete("product/\(ids[2])")
        #expect(try await shop.findings() == [])
        await server.stop()
    }

    @Test func `variants, labels, values, addresses, redirects and mails are brought along`() async throws {
        let (server, shop) = try await Self.open()
        let line =
            #"{"own_id":"P","name":"P","price":30,"profile":"Size","stock_settings":["#
            + #"{"options":{"Size":"S"},"own_id":"V1","gtin":"G"},{"options":{"Size":"M"},"own_id":"V2"}]}"#
        #expect(try await shop.importing(line, as: .butikJSONL).faults == [])
        for name in ["L1", "L2"] { try await shop.post("product-label", ["name": .string(name)]) }
        for name in ["B1", "B2"] { try await shop.post("brand", ["name": .string(name)]) }
        try await shop.post("redirect", ["from": "r", "to": "x"])
        try await shop.post("customer", ["name": "C", "email": "c@example.com"])
        try await Self.spoil(
            shop,
            [
                "UPDATE skus SET own_id = \("e\u{301}1") WHERE webshop_id = \(shop.id) AND own_id = 'V1'",
                "UPDATE product_variants SET own_id = \("e\u{301}1"), gtin = ' G' WHERE webshop_id = \(shop.id) AND own_id = 'V1'",
                "UPDATE skus SET own_id = \("\u{E9}1 ") WHERE webshop_id = \(shop.id) AND own_id = 'V2'",
                "UPDATE product_variants SET own_id = \("\u{E9}1 ") WHERE webshop_id = \(shop.id) AND own_id = 'V2'",
                "UPDATE product_labels SET name = \("e\u{301}") WHERE webshop_id = \(shop.id) AND name = 'L1'",
                "UPDATE product_labels SET name = \("\u{E9}") WHERE webshop_id = \(shop.id) AND name = 'L2'",
                "UPDATE profile_attribute_values SET val = ' S' WHERE webshop_id = \(shop.id) AND val = 'S'",
                "UPDATE addresses SET path = \("e\u{301}") WHERE webshop_id = \(shop.id) AND path = 'b1'",
                "UPDATE brands SET rewrite_url = \("e\u{301}"), name = 'B ' WHERE webshop_id = \(shop.id) AND name = 'B1'",
                "UPDATE redirects SET from_path = \("re\u{301}") WHERE webshop_id = \(shop.id)",
                "UPDATE customers SET email = ' c@example.com' WHERE webshop_id = \(shop.id)",
            ])
        let told = try await Self.run(server)
        #expect(told.count == 2, "\(told)")
        #expect(try await shop.get("stock/own_id:%C3%A91").json["stock"].elements.count == 1)
        let variants = try await shop.get("product/own_id:P").json["variants"].elements
        #expect(variants.map { $0["gtin"] } == ["G", nil])
        let second = variants[1]["variant_id"].integer
        #expect(variants[1]["own_id"].text == "\u{E9}1-\(second)")
        #expect(try await shop.get("product-label?name=%C3%A9").json["paging"]["total"] == 1)
        #expect(try await shop.get("profile-attribute-value?val=S").json["paging"]["total"] == 1)
        let brand = try await shop.get("brand?name=B").json["brands"][0]
        #expect(brand["rewrite_url"].text.utf8.elementsEqual("\u{E9}".utf8))
        #expect(try await shop.total("redirect") == 1)
        #expect(try await shop.get("redirect?from=r%C3%A9").json["paging"]["total"] == 1)
        #expect(try await shop.get("customer?email=c@example.com").json["paging"]["total"] == 1)
        #expect(try await shop.findings().count == told.count)
        await server.stop()
    }

    @Test func `what breaks another rule keeps its key, and the doctor names it`() async throws {
        let (server, shop) = try await Self.open()
        let id = try await shop.post("brand", ["name": "B"]).json["brand_id"].integer
        let redirect = try await shop.post("redirect", ["from": "a", "to": "b"]).json["redirect_id"].integer
        try await Self.spoil(
            shop,
            [
                "UPDATE brands SET name = \(" \u{A0}") WHERE webshop_id = \(shop.id)",
                "UPDATE redirects SET to_path = 'javascript:x' WHERE webshop_id = \(shop.id)",
            ])
        #expect(try await Self.run(server) == [])
        let found = try await shop.findings()
        #expect(found.count == 2)
        #expect(
            found.contains { $0.contains("brand \(id): name") }
                && found.contains { $0.contains("redirect \(redirect):") })
        await server.stop()
    }

    @Test func `an upkeep that was interrupted goes on with what is left, in pages of few statements`() async throws {
        let (server, shop) = try await Self.open()
        let rows = (1...1200).map {
            JSON.object(
                JSONObject([
                    .init("method", "POST"), .init("body", ["name": "C", "email": .string("c\($0)@example.com")]),
                ]))
        }
        for part in [rows[..<600], rows[600...]] { try await shop.post("customer/batch", .array(Array(part))) }
        // Two thirds are done, and nobody has said that all are.
        try await Self.spoil(
            shop, ["UPDATE customers SET email = ' ' || email WHERE webshop_id = \(shop.id) AND customer_id % 3 = 0"])
        let events = try await shop.total("event?resource=customer")
        let before = server.storage.statements
        #expect(try await Self.run(server) == [])
        // One for each row that changes on SQLite, which has no round trips, and few on Postgres.
        #expect(server.storage.statements - before < 400 + 60)
        #expect(try await shop.total("event?resource=customer") == events + 400)
        #expect(try await shop.total("customer") == 1200)
        #expect(try await shop.findings() == [])
        await server.stop()
    }
}
