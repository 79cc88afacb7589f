import Basics
import Commerce
import Resources
import Support
import Testing

/// Batches that name the same rows in opposite orders, as two programs of one shop do. On a server of their own, whose lost
/// races are counted: none may lose one, for a deadlock costs its victim a second and others a connection meanwhile.
@Suite(.serialized) struct BatchOrderTests {
    private static let server = Task { try await TestServer() }

    /// What is asked for, over and over: a path, and the same rows in one order and in the other.
    struct Storm: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let path: String
        var expected = 200
        let rows: @Sendable (TestShop) async throws -> [JSON]
    }

    private static func ids(_ path: String, _ bodies: [JSON], in shop: TestShop) async throws -> [JSON] {
        let key = try ResourceInfo.at(path).key
        var ids: [JSON] = []
        for body in bodies {
            let reply = try await shop.post(path, body)
            try #require(reply.status == 200, "\(reply.text)")
            ids.append(reply.json[key])
        }
        return ids
    }

    private static func put(_ ids: [JSON], _ body: JSON) -> [JSON] {
        ids.map { ["method": "PUT", "id": $0, "body": body] }
    }

    private static func products(_ count: Int, in shop: TestShop) async throws -> [JSON] {
        var ids: [JSON] = []
        for number in 1...count { ids.append(.number(try await shop.product("Thing \(number)", stock: 100_000))) }
        return ids
    }

    static let storms: [Storm] = [
        Storm(testDescription: "stock", path: "stock/batch") { shop in
            put(try await products(4, in: shop), ["adjust": 1])
        },
        Storm(testDescription: "stock, a product twice", path: "stock/batch") { shop in
            let ids = try await products(3, in: shop)
            return put(ids + ids, ["adjust": 1])
        },
        Storm(testDescription: "orders", path: "order/batch") { shop in
            try await products(4, in: shop).map { id in
                ["method": "POST", "body": ["products": [["product_id": id, "amount": 1]]]]
            }
        },
        Storm(testDescription: "changes of orders", path: "order/batch") { shop in
            let product = try await shop.product(stock: 100)
            let line: JSON = ["products": [TestShop.line(product)]]
            return put(try await ids("order", [line, line, line, line], in: shop), ["comments": "Later"])
        },
        Storm(testDescription: "categories", path: "category/batch") { shop in
            put(try await ids("category", [["name": "A"], ["name": "B"], ["name": "C"]], in: shop), ["meta": "m"])
        },
        Storm(testDescription: "redirects", path: "redirect/batch") { shop in
            let bodies = (1...4).map { number -> JSON in ["from": .string("from/\(number)"), "to": "https://a.example"]
            }
            return put(try await ids("redirect", bodies, in: shop), ["code": 302])
        },
        Storm(testDescription: "attributes", path: "profile-attribute/batch") { shop in
            let profile = try await ids("profile", [["name": "P"]], in: shop)[0]
            let bodies = (1...4).map { number -> JSON in ["name": .string("A\(number)"), "profile_id": profile] }
            return put(try await ids("profile-attribute", bodies, in: shop), ["weight": 3])
        },
        Storm(testDescription: "products by their own numbers", path: "product/batch") { shop in
            let bodies = (1...4).map { number -> JSON in ["name": "N", "own_id": .string("SKU-\(number)")] }
            _ = try await ids("product", bodies, in: shop)
            return put((1...4).map { .string("own_id:SKU-\($0)") }, ["meta_title": "T"])
        },
        Storm(testDescription: "products, one of them wrong", path: "product/batch?mode=partial") { shop in
            put(try await products(4, in: shop), ["meta_title": "T"]) + [["method": "POST", "body": ["price": 1]]]
        },
        Storm(testDescription: "products, all refused for one", path: "product/batch", expected: 422) { shop in
            put(try await products(4, in: shop), ["meta_title": "T"]) + [["method": "POST", "body": ["price": 1]]]
        },
        Storm(testDescription: "products that move", path: "product/batch") { shop in
            try await products(4, in: shop).map { id in
                ["method": "PUT", "id": id, "body": ["rewrite_url": .string("at/\(id.integer)")]]
            }
        },
        Storm(testDescription: "brands that are renamed", path: "brand/batch") { shop in
            let brands = try await ids("brand", [["name": "A"], ["name": "B"], ["name": "C"]], in: shop)
            for brand in brands { _ = try await ids("product", [["name": "N", "brand_id": brand]], in: shop) }
            return brands.map { ["method": "PUT", "id": $0, "body": ["name": .string("New \($0.integer)")]] }
        },
    ]

    @Test(arguments: storms)
    func `two that name the same rows in opposite orders never wait for each other in a circle`(
        _ storm: Storm
    ) async throws {
        let server = try await Self.server.value
        let shop = try await TestShop.open(on: server)
        let rows = try await storm.rows(shop)
        let before = server.storage.losses
        let replies = try await together(2) { client in
            var replies: [(status: Int, milliseconds: Double)] = []
            for _ in 0..<10 {
                let start = ContinuousClock.now
                let status = try await shop.post(storm.path, .array(client == 0 ? rows : rows.reversed())).status
                replies.append((status, start.duration(to: .now) / .milliseconds(1)))
            }
            return replies
        }.joined()
        #expect(replies.map(\.status) == [Int](repeating: storm.expected, count: 20))
        #expect(replies.allSatisfy { $0.milliseconds < 3000 })
        #expect(server.storage.losses == before)
        #expect(try await shop.findings() == [])
    }

    @Test func `all of them at once, with single writes between them, lose no race and each other's stock`()
        async throws
    {
        let server = try await Self.server.value
        let shop = try await TestShop.open(on: server)
        let products = try await Self.products(6, in: shop)
        for product in products { try await shop.put("product/\(product.integer)", ["auto_offline": 1]) }
        let before = server.storage.losses
        let statuses = try await together(8) { client in
            var dice = Dice(seed: UInt64(client))
            var statuses: [Int] = []
            for _ in 0..<12 {
                let some = products.shuffled(using: &dice)
                let orders = some.map {
                    ["method": "POST", "body": ["products": [["product_id": $0, "amount": 1]]]] as JSON
                }
                let reply =
                    switch dice.roll(0...5) {
                    case 0: try await shop.post("order/batch", .array(orders))
                    case 1: try await shop.post("stock/batch", .array(Self.put(some, ["count": 3])))
                    case 2: try await shop.post("product/batch", .array(Self.put(some, ["is_online": 1, "price": 5])))
                    case 3: try await shop.order(some.prefix(3).map { TestShop.line($0.integer) })
                    case 4:
                        try await shop.put("product/\(some[0].integer)", ["is_online": 1, "allow_negative_stock": 0])
                    default: try await shop.put("stock/\(some[0].integer)", ["count": 1])
                    }
                statuses.append(reply.status)
            }
            return statuses
        }.joined()
        #expect(statuses.allSatisfy { $0 == 200 || $0 == 409 }, "\(Array(statuses))")
        #expect(server.storage.losses == before)
        #expect(try await shop.findings() == [])
    }

    @Test func `a batch of stock costs as many statements for forty products as for four`() async throws {
        let server = try await Self.server.value
        let shop = try await TestShop.open(on: server)
        let products = try await Self.products(44, in: shop)
        var costs: [Int] = []
        for some in [products.prefix(4), products.dropFirst(4)] {
            let before = server.storage.statements
            let reply = try await shop.post("stock/batch", .array(Self.put(Array(some), ["count": 7])))
            costs.append(server.storage.statements - before)
            #expect(reply.json["results"].elements.map { $0["body"]["count"] } == some.map { _ in 7 })
        }
        // SQLite counts each statement of those that travel together.
        if server.storage.dialect == .postgres { #expect(costs[0] == costs[1]) }
    }
}
