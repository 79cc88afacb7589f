import Basics
import ButikFiles
import Commerce
import Persistence
import Resources
import Seeding
import Support
import Testing

/// The index is what it would be if it were made anew, whatever was done and by whom.
@Suite struct SearchUpkeepTests {
    /// Everything the index holds, but for what tells when it was written.
    private static func contents(_ storage: any Storage) async throws -> [[SQLValue]] {
        let texts: SQL =
            storage.dialect == .sqlite
            ? "SELECT rowid, terms FROM search_texts ORDER BY 1"
            : "SELECT product_id, CAST(terms AS TEXT) FROM search_texts ORDER BY 1"
        return try await storage.fetch([
            """
            SELECT webshop_id, product_id, terms_hash, is_removed, is_online, no_internal_search, in_stock, price, sale_price,
            sale_from, sale_to, weight, created, name, facets FROM search_documents ORDER BY 1, 2
            """, texts,
        ]).flatMap { $0.map(\.values) }
    }

    private static func rebuild(_ storage: any Storage) async throws -> Int {
        try await storage.write { try $0.script("DELETE FROM search_documents; DELETE FROM search_texts;") }
        try await SearchUpkeep.forget(in: storage)
        return try await SearchUpkeep.run(in: storage)
    }

    @Test func `after random writes the index equals one made from nothing`() async throws {
        let seed = UInt64.random(in: 0 ... .max)
        var dice = Dice(seed: seed)
        let server = try await TestServer()
        let shop = try await TestShop.open(on: server)
        var session = Session(shop: shop)
        try await session.begin()
        for _ in 1...150 { try await session.step(&dice) }
        let before = try await Self.contents(server.storage)
        let found = try await shop.get("product/search?limit=1000&facets=*&sort=product_id").text
        #expect(try await Self.rebuild(server.storage) == session.made)
        let after = try await Self.contents(server.storage)
        #expect(before == after, "seed \(seed)")
        #expect(try await shop.get("product/search?limit=1000&facets=*&sort=product_id").text == found, "seed \(seed)")
        #expect(try await SearchUpkeep.run(in: server.storage) == 0)
        await server.stop()
    }

    /// Random writes to all that search goes by.
    private struct Session {
        let shop: TestShop
        private(set) var made = 0
        private var products: [Int64] = []
        private var groups: [(path: String, field: String, ids: [Int64])] = []
        private var profile: Int64 = 0
        private var attribute: Int64 = 0

        init(shop: TestShop) {
            self.shop = shop
        }

        mutating func begin() async throws {
            profile = try await shop.made("profile", ["name": "P"])
            attribute = try await shop.made("profile-attribute", ["name": "A", "profile_id": .number(profile)])
            for (path, field) in [
                ("brand", "name"), ("category", "name"), ("product-label", "name"), ("profile-attribute-value", "val"),
            ] {
                var ids: [Int64] = []
                for number in 1...3 {
                    var body = JSONObject([.init(field, .string("\(path) \(number)"))])
                    if field == "val" { body.append("attribute_id", .number(attribute)) }
                    ids.append(try await shop.made(path, .object(body)))
                }
                groups.append((path, field, ids))
            }
        }

        mutating func step(_ dice: inout Dice) async throws {
            switch products.isEmpty ? 0 : dice.roll(0...9) {
            case 0...2:
                let members =
                    products.count > 3 && dice.roll(0...2) == 0 ? [dice.pick(products), dice.pick(products)] : []
                let reply = try await shop.post("product", body(&dice, bundle: members))
                if reply.status == 200 {
                    products.append(reply.json["product_id"].integer)
                    made += 1
                }
            case 3...5: try await shop.put("product/\(dice.pick(products))", body(&dice))
            case 6: try await shop.put("stock/\(dice.pick(products))", ["count": .number(dice.roll(0...3))])
            case 7: _ = try await shop.order(dice.pick(products))
            case 8:
                let group = dice.pick(groups)
                let name = JSON.string("Renamed \(dice.roll(1...1_000_000))")
                try await shop.put(
                    "\(group.path)/\(dice.pick(group.ids))", .object(JSONObject([.init(group.field, name)])))
            default:
                if dice.roll(0...3) == 0 {
                    let group = dice.pick(groups)
                    try await shop.delete("\(group.path)/\(dice.pick(group.ids))")
                } else if products.count > 3 {
                    let product = products.remove(at: Int(dice.roll(0...Int64(products.count - 1))))
                    try await shop.delete("product/\(product)")
                }
            }
        }

        private func body(_ dice: inout Dice, bundle: [Int64] = []) -> JSON {
            func id(_ group: Int) -> JSON { .number(dice.pick(groups[group].ids)) }
            return .object(
                JSONObject([
                    .init("name", .string("\(dice.pick(["Red", "Blå", "T-shirt"])) \(dice.roll(1...30))")),
                    .init("price", .number(dice.roll(0...500))), .init("is_online", .number(dice.roll(0...1))),
                    .init("description", .string("<p>Words \(dice.roll(1...9))</p>")), .init("brand_id", id(0)),
                    .init("allow_negative_stock", .number(dice.roll(0...1))),
                    .init("bundle", .array(bundle.map { .number($0) })),
                    .init("categories", [id(1)]), .init("product_labels", [id(2)]),
                    .init("profile_id", .number(profile)),
                    .init("attributes", [["attribute_id": .number(attribute), "value": id(3)]]),
                ]))
        }
    }

    @Test func `a name of many products is followed by a job, and nothing is lost meanwhile`() async throws {
        let server = try await TestServer()
        let shop = try await TestShop.open(on: server)
        // A new shop is gone through once, before it has products.
        try await SearchUpkeep.run(in: server.storage)
        let brand = try await shop.made("brand", ["name": "Oldbrand"])
        let rows = (1...250).map { number -> JSON in
            ["method": "POST", "body": ["name": .string("Thing \(number)"), "brand_id": .number(brand)]]
        }
        try await shop.post("product/batch", .array(rows))
        try await shop.put("brand/\(brand)", ["name": "Newbrand"])
        #expect(try await shop.get("product/search?q=oldbrand").json["paging"]["total"] == 250)
        #expect(try await SearchUpkeep.waiting(in: server.storage) == 250)
        #expect(try await SearchUpkeep.run(in: server.storage) == 250)
        #expect(try await shop.get("product/search?q=oldbrand").json["paging"]["total"] == 0)
        #expect(try await shop.get("product/search?q=newbrand").json["paging"]["total"] == 250)
        #expect(try await SearchUpkeep.waiting(in: server.storage) == 0)
        await server.stop()
    }

    @Test func `products made while their brand gets another name are found by the new one`() async throws {
        let shop = try await TestShop.open(on: try await TestServer())
        let brand = try await shop.made("brand", ["name": "Name zulu"])
        let names = ["alfa", "bravo", "charlie", "delta", "echo"]
        let statuses = try await together(40) { number -> Int in
            guard number % 8 == 4 else {
                return try await shop.post(
                    "product", ["name": .string("Thing \(number)"), "brand_id": .number(brand)]
                ).status
            }
            return try await shop.put("brand/\(brand)", ["name": .string("Name \(names[number / 8])")]).status
        }
        #expect(statuses.allSatisfy { $0 == 200 })
        let name = try await shop.get("brand/\(brand)").json["name"].text.split(separator: " ").last ?? ""
        #expect(try await shop.get("product/search?q=\(name)+name+thing").json["paging"]["total"] == 35)
        for word in names + ["zulu"] where word != name {
            let products = try await shop.get("product/search?q=\(word)+name+thing").json["products"].elements
            #expect(products.isEmpty, "\(word), now \(name): \(products.map { $0["name"].text })")
        }
        await shop.server.stop()
    }

    @Test func `a database of the version before is searched after migrating`() async throws {
        let server = try await TestServer()
        let shop = try await TestShop.open(on: server)
        for number in 1...3 { _ = try await shop.product("Thing \(number)", stock: number == 2 ? 1 : 0) }
        try await shop.delete("product/\(try await shop.product("Gone"))")
        let found = try await shop.get("product/search?q=thing&facets=*").text
        let contents = try await Self.contents(server.storage)
        try await server.storage.write { db in
            for table in ["texts", "documents", "words", "trigrams", "stale", "indexes"] {
                try db.script("DROP TABLE search_\(table)")
            }
            if db.dialect == .postgres {
                try db.script("DROP SEQUENCE search_documents_seq")
            } else {
                try db.run("DELETE FROM sequences WHERE name = 'search_documents_seq'")
            }
            try db.run("DELETE FROM schema_migrations WHERE name IN ('0010_search', '0014_search_texts')")
        }
        await server.stop()

        let storage = try await Engine.open(server.databaseURL)
        let migrator = Migrator(files: try ButikFiles.migrationFiles(), dialect: storage.dialect)
        #expect(try await migrator.migrate(storage) == ["0010_search", "0014_search_texts"])
        #expect(try await SearchUpkeep.waiting(in: storage) == 4)
        #expect(try await SearchUpkeep.run(in: storage) == 4)
        #expect(try await Self.contents(storage) == contents)
        let result = try await ProductSearch.run(
            request { $0.text = "thing" }, for: try await tenant(shop.id, storage), from: storage, at: server.clock.now)
        #expect(result.total == 3)
        #expect(found.contains(#""total":3"#))
        await storage.close()
    }

    private func request(_ change: (inout SearchRequest) -> Void) -> SearchRequest {
        var request = SearchRequest()
        change(&request)
        return request
    }

    private func tenant(_ shop: Int64, _ storage: any Storage) async throws -> Tenant {
        let tenant = try await storage.read { try Shop.tenant(shop, in: $0, publicURL: TestServer.publicURL) }
        return try #require(tenant)
    }

    // MARK: Two engines

    @Test func `both engines find the same products in the same order`() async throws {
        guard Engine.postgresURL != nil else { return }
        let answers = [try await answers(.sqlite), try await answers(.postgres)]
        #expect(answers[0].count == Self.queries.count)
        for (query, both) in zip(Self.queries, zip(answers[0], answers[1])) { #expect(both.0 == both.1, "\(query)") }
        #expect(answers[0].filter { !$0.isEmpty }.count > Self.queries.count / 2)
    }

    private static let words = [
        "Rød", "Blå", "kjole", "skjorte", "T-shirt", "42mm", "æble", "sko", "jakken", "Batteries",
    ]
    private static let queries =
        words + [
            "r", "sk", "tshirt", "shirt", "42", "batteri", "jakker", "kjoel", "rod kjole", "sku-7", "SKU 12", "bla*",
            "' & |",
        ]

    /// What each query finds among the same products, on an engine.
    private func answers(_ engine: Engine) async throws -> [[Int64]] {
        let storage = try await Engine.emptyDatabase(on: engine).storage
        _ = try await Migrator(files: try ButikFiles.migrationFiles(), dialect: storage.dialect).migrate(storage)
        let now = TestClock().now
        let (shop, _) = try await storage.openShop(
            .init(name: "Same"), publicURL: TestServer.publicURL, at: now)
        let tenant = try await tenant(shop, storage)
        try await storage.transact(in: tenant, at: now, as: "test") { tx in
            var dice = Dice(seed: 7)
            for number in 1...300 {
                var product = try Product.starting(Identifier<Product>(Int64(number)))
                product.name = "\(dice.pick(Self.words)) \(dice.pick(Self.words))"
                product.ownID = "SKU-\(number)"
                product.description = "En \(dice.pick(Self.words)) med \(dice.pick(Self.words))"
                try tx.insert(product)
            }
        }
        var answers: [[Int64]] = []
        for query in Self.queries {
            let result = try await ProductSearch.run(
                request {
                    $0.text = query
                    $0.limit = 1000
                }, for: tenant, from: storage, at: now)
            answers.append(result.ids)
        }
        await storage.close()
        return answers
    }
}
