import Support
import Testing

/// `last_modified=` is "changed since, inclusive", in every spelling that clients send (fact sheet 1.7).
@Suite struct LastModifiedTests {
    /// Made at 13:00:00 (A) and 13:01:00 (B) of the shop's time; it is 12:00 and 12:01 in UTC.
    private static func shop(on server: TestServer) async throws -> TestShop {
        let shop = try await TestShop.open(on: server)
        _ = try await shop.product("A")
        server.clock.advance(seconds: 60)
        _ = try await shop.product("B")
        return shop
    }

    private static func found(_ shop: TestShop, _ query: String) async throws -> String {
        let reply = try await shop.get("product?limit=100&sort=name&\(query)")
        #expect(reply.status == 200, "\(query): \(reply.text)")
        return reply.json["products"].elements.map { $0["name"].text }.joined()
    }

    @Test func `last_modified is inclusive and takes every spelling of a time`() async throws {
        let server = try await TestServer()
        let shop = try await Self.shop(on: server)
        #expect(try await shop.get("product?sort=name").json["products"][0]["last_modified"] == "2026-03-01 13:00:00")
        for (time, expected) in [
            ("2026-03-01T13:00:00", "AB"), ("2026-03-01T13:00:01", "B"), ("2026-03-01T13:01:00", "B"),
            ("2026-03-01T13:01:01", ""), ("2026-03-01%2013:01:00", "B"), ("2026-03-01+13:01:00", "B"),
            ("2026-03-01T13:01", "B"), ("2026-03-01T13:01:00.000", "B"), ("2026-03-01T13:01:00.001", ""),
            ("2026-03-01T13:01:00.123456", ""), ("2026-03-01T12:01:00Z", "B"), ("2026-03-01T12:01:00.000Z", "B"),
            ("2026-03-01T12:01:01Z", ""), ("2026-03-01T13:01:00%2B01:00", "B"), ("2026-03-01T13:01:00+01:00", "B"),
            ("2026-03-01T14:01:00%2B0200", "B"), ("2026-03-01T07:01:00-05:00", "B"), ("2026-03-01", "AB"),
            ("2026-03-02", ""), ("1970-01-01T00:00:00", "AB"), ("2026-03-01t13:01:00", "B"),
        ] {
            #expect(try await Self.found(shop, "last_modified=\(time)") == expected, "\(time)")
        }
        await server.stop()
    }

    @Test func `a change moves a row into the answer, and operators are exact`() async throws {
        let server = try await TestServer()
        let shop = try await Self.shop(on: server)
        server.clock.advance(seconds: 60)
        let id = try await shop.get("product?name=A").json["products"][0]["product_id"].integer
        try await shop.put("product/\(id)", ["price": 7])
        #expect(try await Self.found(shop, "last_modified=2026-03-01T13:01:30") == "A")
        #expect(try await Self.found(shop, "last_modified[lt]=2026-03-01T13:02:00") == "B")
        #expect(try await Self.found(shop, "last_modified[gt]=2026-03-01T13:01:00") == "A")
        #expect(try await Self.found(shop, "created[lte]=2026-03-01T13:00:00") == "A")
        #expect(try await Self.found(shop, "created=2026-03-01T13:01:00") == "B")
        await server.stop()
    }

    @Test func `a write that changes nothing is no change`() async throws {
        let server = try await TestServer()
        let shop = try await Self.shop(on: server)
        server.clock.advance(seconds: 60)
        let product = try await shop.get("product?name=A").json["products"][0]
        let again = try await shop.put("product/\(product["product_id"].integer)", ["name": "A", "price": "100.00"])
        #expect(again.json == product)
        #expect(try await Self.found(shop, "last_modified=2026-03-01T13:01:30") == "")
        let events = try await shop.get("event?type=product.updated").json["events"]
        #expect(events == [])
        await server.stop()
    }

    @Test(arguments: [
        "yesterday", "2026-13-01", "2026-02-30T00:00:00", "2026-03-01T24:00:00", "2026-03-01T13:01:00Q", "1772366400",
        "2026-03-01T13:01:00+99:00", "2026-03-01T13", "2026-3-1",
    ])
    func `what is no time is 422 and named`(_ text: String) async throws {
        let shop = try await TestShop.open()
        let reply = try await shop.get("product?last_modified=\(text)")
        #expect(reply.status == 422)
        #expect(reply.pointers == ["?last_modified"])
    }

    @Test func `times are read and shown in the shop's own zone`() async throws {
        let shop = try await TestShop.open { $0.timeZone = "America/New_York" }
        let product = try await shop.post("product", ["name": "A"]).json
        #expect(product["created"] == "2026-03-01 07:00:00")
        #expect(try await Self.found(shop, "last_modified=2026-03-01T07:00:00") == "A")
        #expect(try await Self.found(shop, "last_modified=2026-03-01T07:00:01") == "")
    }
}
