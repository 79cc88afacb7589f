import Areas
import Basics
import Commerce
import Persistence
import Resources
import Support
import Testing

/// CONTRACT 8, "Feed": a copy that was made from lists and the feed proves to be one.
@Suite struct FeedProofTests {
    private static let followed = House.resources.map { $0.info }.filter(\.isFollowed)

    private static func proof(of resource: String, in shop: TestShop) async throws -> JSON {
        try await shop.get("event/proof?resource=\(resource)").json
    }

    private static func expectProven(_ shop: TestShop, sourceLocation: SourceLocation = #_sourceLocation) async throws {
        for info in followed {
            var copy = try await FeedCopy(of: info, in: shop)
            let proof = try await proof(of: info.path, in: shop)
            try await copy.follow(to: proof["cursor"].text)
            #expect(
                copy.isProven(by: proof), "\(info.path): \(proof), not \(copy.checksum)", sourceLocation: sourceLocation
            )
        }
    }

    /// Some of everything: what is made, changed, counted, sold, put back and taken away, also through other things.
    private static func trade(in shop: TestShop) async throws {
        let profile = try await shop.post("profile", ["name": "Clothes"]).json["profile_id"].integer
        let size = try await shop.post(
            "profile-attribute",
            ["profile_id": .number(profile), "name": "Size", "is_variant": 1, "data_type": "valuelist"]
        ).json["attribute_id"].integer
        var values: [Int64] = []
        for text in ["S", "M", "L"] {
            values.append(
                try await shop.post(
                    "profile-attribute-value", ["attribute_id": .number(size), "val": .string(text)]
                ).json["attribute_value_id"].integer)
        }
        let shirt = try await shop.product("Shirt", stock: 10)
        let settings = values.map { JSON.object(JSONObject([.init("attribute_value_id", .number($0))])) }
        let parent = try await shop.post(
            "product", ["name": "Coat", "price": 5, "profile_id": .number(profile), "stock_settings": .array(settings)]
        ).json
        let coat = parent["product_id"].integer
        let variants = parent["stock_settings"].elements.map { $0["variant_id"].integer }
        try #require(variants.count == 3)
        try await shop.put("variant/\(variants[0])", ["price": 7])
        try await shop.put(
            "product/\(coat)",
            [
                "stock_settings": [
                    ["variant_id": .number(variants[0]), "price": 9],
                    ["variant_id": .number(variants[1]), "remove": 1],
                ]
            ])
        try await shop.put("stock/\(shirt)", ["adjust": 3])
        let order = try await shop.post("order", ["products": [["product_id": .number(shirt), "amount": 2]]]).json
        try await shop.put("order/\(order["order_id"].integer)", ["status": "cancelled"])
        let category = try await shop.post("category", ["name": "Outside"]).json["category_id"].integer
        try await shop.put("product/\(shirt)", ["categories": [.number(category)]])
        try await shop.delete("category/\(category)")
        let rows: JSON = [
            ["method": "POST", "body": ["name": "One"]], ["method": "POST", "body": ["name": "Two"]],
            ["method": "PUT", "id": .number(coat), "body": ["price": 11]],
        ]
        try await shop.post("product/batch", rows)
        try await shop.delete("profile-attribute-value/\(values[2])")
        try await shop.delete("product/\(coat)")
        try await shop.delete("product/\(shirt)")
        try await shop.put("order/\(order["order_id"].integer)", ["comment": "late"])
    }

    @Test func `the proof of each resource is that of its list, whatever was done`() async throws {
        let shop = try await TestShop.open()
        try await Self.expectProven(shop)
        try await Self.trade(in: shop)
        try await Self.expectProven(shop)
        let findings = try await House.doctor.examine(shop.server.storage, with: shop.server.keys).map(\.description)
        #expect(findings.filter { $0.contains("feed's proof") && $0.contains("shop \(shop.id),") } == [])
    }

    @Test func `rows that are older than the proofs are counted once, while others are written`() async throws {
        let shop = try await TestShop.open()
        try await Self.trade(in: shop)
        try await shop.server.storage.write { [id = shop.id] db in
            _ = try db.run("DELETE FROM feed_proofs WHERE webshop_id = \(id)")
        }
        async let writing: [Void] = together(10) { number in
            let id = try await shop.post("brand", ["name": .string("Brand \(number)")]).json["brand_id"].integer
            try await shop.put("brand/\(id)", ["name": .string("Brand \(number) again")])
        }
        async let proving: [JSON] = together(4) { _ in try await Self.proof(of: "brand", in: shop) }
        _ = try await (writing, proving)
        try await Self.expectProven(shop)
    }

    @Test func `a proof is asked for and not counted`() async throws {
        let server = try await TestServer()
        let shop = try await TestShop.open(on: server)
        for number in 1...20 { try await shop.post("brand", ["name": .string("Brand \(number)")]) }
        _ = try await Self.proof(of: "brand", in: shop)
        let before = server.storage.statements
        let proof = try await Self.proof(of: "brand", in: shop)
        #expect(proof["count"] == 20)
        // On Postgres one look for events without a place comes first.
        #expect(server.storage.statements - before <= (server.storage.dialect.commitsInOrder ? 1 : 2))
        await server.stop()
    }

    @Test func `the doctor names a proof that is not that of the rows`() async throws {
        let server = try await TestServer()
        let shop = try await TestShop.open(on: server)
        try await shop.post("brand", ["name": "A"])
        _ = try await Self.proof(of: "brand", in: shop)
        try await server.storage.write { [id = shop.id] db in
            _ = try db.run("UPDATE brands SET version = 7 WHERE webshop_id = \(id)")
        }
        let findings = try await House.doctor.examine(server.storage, with: server.keys).map(\.description)
        #expect(findings.count == 1)
        #expect(
            findings[0].hasPrefix("the feed's proof is that of the rows: shop \(shop.id), brand: stored 1 rows of sum ")
        )
        await server.stop()
    }

    @Test func `what cannot be followed is refused, with what can`() async throws {
        let shop = try await TestShop.open()
        for query in ["?resource=mail", "?resource=country", "?resource=nothing"] {
            let reply = try await shop.send("GET", "/REST/event/proof\(query)", as: .read)
            #expect((reply.status, reply.pointers) == (422, ["?resource"]), "\(query)")
            let words = reply.json["errors"][0]["message"].text
            #expect(
                words.contains(" product, ") && words.contains(" order, ") && words.contains("stock-entry")
                    && !words.contains("token"))
        }
        #expect(try await shop.get("event/proof").json["resource"] == "product")
        #expect(try await shop.send("GET", "/REST/event/proof?resource=token", as: .write).status == 403)
        #expect(try await shop.send("GET", "/REST/event/proof?resource=token", as: .all).json["count"] == 3)
    }

    @Test func `a list tells where the feed was only where that is asked for`() async throws {
        let server = try await TestServer()
        let shop = try await TestShop.open(on: server)
        let id = try await shop.post("category", ["name": "A"]).json["category_id"].integer
        try await shop.put("category/\(id)", ["name": "B"])
        let plain = try await shop.get("category")
        #expect(plain.json.elements.count == 1)
        let asked = try await shop.get("category?cursor=1").json
        #expect(asked["paging"].names.suffix(2) == ["cursor", "versions"])
        #expect(asked["paging"]["versions"] == [2] && asked["categories"] == plain.json)
        let newest = try await shop.get("event?limit=1000").json["paging"]["next"]
        #expect(asked["paging"]["cursor"] == newest)
        _ = try await shop.get("brand?envelope=1")
        let before = server.storage.statements
        _ = try await shop.get("brand?envelope=1")
        #expect(server.storage.statements - before <= 2)
        await server.stop()
    }

    @Test func `a copy made while two hundred write proves equal, with no row missed and none out of order`()
        async throws
    {
        let shop = try await TestShop.open()
        for number in 1...30 { try await shop.post("brand", ["name": .string("Early \(number)")]) }
        let writing = Task {
            try await together(200) { number in
                let id = try await shop.post("brand", ["name": .string("Brand \(number)")]).json["brand_id"].integer
                if number % 3 != 0 { try await shop.put("brand/\(id)", ["name": .string("Brand \(number) again")]) }
                if number % 5 == 0 { try await shop.delete("brand/\(id)") }
            }
        }
        var copy = try await FeedCopy(of: Brand.info, in: shop, limit: 7)
        for _ in 1...10 {
            let proof = try await Self.proof(of: "brand", in: shop)
            try await copy.follow(to: proof["cursor"].text, limit: 13)
            #expect(copy.isProven(by: proof))
        }
        _ = try await writing.value
        try await copy.follow()
        #expect(copy.isProven(by: try await Self.proof(of: "brand", in: shop)))
        #expect(copy.versions.count == 30 + 200 - 40)
        let list = try await FeedCopy(of: Brand.info, in: shop)
        #expect(copy.rows == list.rows)
        let ids = copy.heard.map { $0["event_id"].integer }
        #expect(Set(ids).count == ids.count)
        for (_, events) in Dictionary(grouping: copy.heard, by: { $0["resource_id"].integer }) {
            let sequences = events.map { $0["sequence"].integer }
            #expect(sequences == sequences.sorted())
        }
    }
}
