import Basics
import Commerce
import Resources
import Support
import Testing

/// What every write has in common, whoever asks for it.
@Suite struct OneDoorTests {
    @Test func `A token that a command gives out or revokes is known at once to the server beside it`() async throws {
        let server = try await TestServer()
        let shop = try await TestShop.open(on: server)
        let now = server.clock.now
        let text = try await server.storage.transact(inShop: shop.id, publicURL: TestServer.publicURL, at: now) { tx in
            try Token.issue("till", level: .read, in: tx).text
        }
        func asks() async throws -> Reply {
            try await HTTP.send(
                "GET", "/REST/self", headers: ["Authorization": "Bearer \(text)"], port: server.port)
        }
        let known = try await asks()
        #expect(known.status == 200)
        let id = known.json["token_id"].integer
        try await server.storage.transact(inShop: shop.id, publicURL: TestServer.publicURL, at: now) { tx in
            try Token.revoke(id, in: tx)
        }
        #expect(try await asks().status == 401)
        await server.stop()
    }

    @Test func `What a transaction that was undone had changed is forgotten by nobody`() async throws {
        struct Undone: Error {}
        let server = try await TestServer()
        let shop = try await TestShop.open(on: server)
        let (told, tell) = AsyncStream<Void>.makeStream()
        server.storage.memory.follow(["brands"]) { tell.yield() }
        let (tenant, now) = (try await shop.tenant, server.clock.now)
        let isUndone = [true, false]
        for isUndone in isUndone {
            let outcome: Void? = try? await server.storage.transact(in: tenant, at: now, as: "test") { tx in
                var brand = try Brand.starting(tx.newID(Brand.self))
                brand.name = "Nordlys"
                try tx.insert(brand)
                if isUndone { throw Undone() }
            }
            #expect((outcome == nil) == isUndone)
        }
        tell.finish()
        #expect(await told.reduce(0) { count, _ in count + 1 } == 1)
        await server.stop()
    }

    @Test func `A movement that the ledger refuses is an error, and nothing has moved`() async throws {
        let shop = try await TestShop.open()
        let (one, other) = (try await shop.product("Shirt", stock: 4), try await shop.product("Cap", stock: 4))
        let (tenant, now) = (try await shop.tenant, shop.server.clock.now)
        let problem = await #expect(throws: Problem.self) {
            try await shop.server.storage.transact(in: tenant, at: now, as: "test") { tx in
                try StockLedger.post(
                    [.init(StockUnit(one), by: -4, .adjust), .init(StockUnit(other), by: -5, .adjust)], in: tx)
            }
        }
        #expect(problem?.code == "stock_refused")
        #expect(problem?.kind == .conflict)
        #expect(try await shop.stock(one) == 4)
        #expect(try await shop.ledger(one) == 4)
        #expect(try await shop.ledger(other) == 4)
    }

    @Test func `An order whose goods cannot be put back is not cancelled`() async throws {
        let shop = try await TestShop.open()
        let product = try await shop.product(stock: 3)
        let order = try await shop.order(product, 2).json["order_id"].integer
        // A balance that no more fits into, put there behind the program's back.
        let changed = try await shop.server.storage.write { db in
            try db.run(
                """
                UPDATE stock_levels SET count = \(StockLedger.countMax - 1)
                WHERE webshop_id = \(shop.id) AND product_id = \(product)
                """)
        }
        #expect(changed == 1)
        let refused = try await shop.post("order/\(order)/cancel", [:])
        #expect(refused.status == 409)
        #expect(refused.code == "stock_refused")
        #expect(try await shop.get("order/\(order)").json["status"] != "cancelled")
        #expect(try await shop.get("stock-entry?product_id=\(product)&kind=cancel").json["paging"]["total"] == 0)
    }

    @Test func `A column whose value does not fit its field is named with its table`() async throws {
        let server = try await TestServer()
        let shop = try await TestShop.open(on: server)
        let id = try await shop.post("shipping", ["name": "Post", "price": 49]).json["shipping_id"].integer
        let (tenant, now) = (try await shop.tenant, server.clock.now)
        let found = try await server.storage.transact(in: tenant, at: now, as: "test") { tx in
            var record = try tx.find(ShippingMethod.self, id).record
            let place = try #require(ShippingMethod.info.fields.firstIndex { $0.column == "name" })
            record[place] = .integer(7)
            return #expect(throws: UnreadableValue.self) { try ShippingMethod.schema.value(record) }
        }
        #expect(found?.description.hasPrefix("column shippings.name holds") == true)
        await server.stop()
    }
}
