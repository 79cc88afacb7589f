import Basics
import Resources
import Support
import Testing

/// What is more than a call reads is refused and never passed over: a filter that is dropped shows more than was asked for.
@Suite struct TooManyTests {
    private static func query(_ count: Int, _ part: (Int) -> String, by separator: String = ",") -> String {
        (1...count).map(part).joined(separator: separator)
    }

    /// Expects that a call is taken at its limit, and refused and told beyond it.
    private func expect(
        _ shop: TestShop, _ pointer: String, most: Int, _ path: (Int) -> String
    ) async throws {
        #expect(try await shop.get(path(most)).status == 200, "\(pointer)")
        let refused = try await shop.get(path(most + 1))
        #expect((refused.status, refused.pointers) == (422, [pointer]), "\(refused.text)")
        #expect(refused.json["errors"][0]["code"].text == "too_many")
        #expect(refused.json["errors"][0]["message"].text.contains(String(most)), "\(refused.text)")
    }

    @Test func `the 51st parameter of a list is refused, so that no filter is lost behind it`() async throws {
        let shop = try await TestShop.open()
        try await expect(shop, "?own_id", most: 50) { count in
            "product?" + Self.query(count - 1, { "x\($0)=1" }, by: "&") + "&own_id=NOPE"
        }
    }

    @Test func `values, sort terms, expands and types have limits that are told`() async throws {
        let shop = try await TestShop.open()
        try await expect(shop, "?product_id[in]", most: 1000) {
            "product?product_id[in]=" + Self.query($0, { "\($0)" })
        }
        try await expect(shop, "?sort", most: 5) {
            "product?sort=" + Self.query($0, { ["name", "price", "-weight"][$0 % 3] })
        }
        try await expect(shop, "?expand", most: 10) { "product?expand=" + Self.query($0, { "x\($0)" }) }
        try await expect(shop, "?type", most: 100) { "event?type=" + Self.query($0, { "x\($0)" }) }
        let product = try await shop.product()
        let one = try await shop.get("product/\(product)?expand=" + Self.query(11, { "x\($0)" }))
        #expect((one.status, one.pointers) == (422, ["?expand"]))
    }

    @Test func `search has limits that are told`() async throws {
        let shop = try await TestShop.open()
        try await expect(shop, "?q", most: 100) {
            "product/search?" + Self.query($0 - 1, { "x\($0)=" }, by: "&") + "&q=a"
        }
        try await expect(shop, "?attribute[7]", most: 200) {
            "product/search?attribute[7]=" + Self.query($0, { "\($0)" })
        }
        let ids = try await shop.get("product/search?brand_id=" + Self.query(201, { "\($0)" }))
        #expect((ids.status, ids.pointers) == (422, ["?brand_id"]))
    }

    @Test func `every word of a search counts, however many there are`() async throws {
        let shop = try await TestShop.open()
        let words = Self.query(40, { "wort\($0 * 37 + 1000)x" }, by: " ")
        _ = try await shop.product("Lamp", JSONObject([.init("search", .string(words))]))
        _ = try await shop.product("Lamp", JSONObject([.init("search", .string(words + " last"))]))
        let asked = words.replacing(" ", with: "+")
        for path in ["product?search=", "product/search?q="] {
            #expect(try await shop.get("\(path)\(asked)").json["paging"]["total"] == 2)
            #expect(try await shop.get("\(path)\(asked)+last").json["paging"]["total"] == 1)
            #expect(try await shop.get("\(path)\(asked)+none").json["paging"]["total"] == 0)
        }
        // As many words as an address holds.
        let many = Self.query(
            2300, { "\(Self.letter($0 / 36 / 36))\(Self.letter($0 / 36))\(Self.letter($0))" }, by: "+"
        ).prefix(7900)
        for path in ["product/suggest?q=", "product/search?q="] {
            #expect(try await shop.get(path + many).status == 200, "\(path)")
        }
        // The filter of the list looks for each in every row, and says how many it takes.
        for (count, status) in [(50, 200), (51, 422)] {
            let some = Self.query(count, { "w\($0)" }, by: "+")
            #expect(try await shop.get("product?search=\(some)+w1").status == status)
        }
        let refused = try await shop.get("product?search=\(many)")
        #expect((refused.status, refused.pointers) == (422, ["?search"]))
        #expect(refused.text.contains("at most 50"))
    }

    private static func letter(_ number: Int) -> Character {
        let letters = Array("abcdefghijklmnopqrstuvwxyz0123456789")
        return letters[number % letters.count]
    }
}
