import Basics
import Commerce
import Dispatch
import Persistence
import Resources
import Support
import Testing

/// CONTRACT 6: the change feed is complete, in one order, and a cursor never skips a row that commits later.
@Suite struct EventFeedTests {
    /// Everything behind a cursor, and the cursor to go on from.
    private static func poll(
        _ shop: TestShop, after: String = "", _ query: String = "limit=1000"
    ) async throws -> (events: [JSON], next: String) {
        var events: [JSON] = []
        var next = after
        while true {
            let page = try await shop.get("event?\(query)&after=\(next.escaped)").json
            next = page["paging"]["next"].text
            let rows = page["events"].elements
            guard !rows.isEmpty else { return (events, next) }
            events += rows
        }
    }

    private static func types(_ events: [JSON]) -> [String] { events.map { $0["type"].text } }

    // MARK: Order and cursor

    @Test func `the feed is oldest first, and next leads on from every page`() async throws {
        let shop = try await TestShop.open()
        for number in 1...7 { try await shop.post("brand", ["name": .string("Brand \(number)")]) }
        let all = try await Self.poll(shop, "limit=1000&resource=brand")
        #expect(all.events.map { $0["data"]["name"].text } == (1...7).map { "Brand \($0)" })
        for limit in [1, 2, 7, 8] {
            #expect(try await Self.poll(shop, "limit=\(limit)&resource=brand").events == all.events, "limit \(limit)")
        }
        let first = try await shop.get("event?resource=brand").json
        #expect(first["paging"].names == ["offset", "limit", "count", "total", "next"])
        #expect(first["paging"]["limit"] == 5 && first["paging"]["count"] == 5 && first["paging"]["total"] == 7)
        #expect(
            first["events"][0].names
                == [
                    "event_id", "type", "resource", "resource_id", "sequence", "created", "request_id", "actor", "data",
                ])
    }

    @Test func `the last page has a next too, from which a poller hears what is new`() async throws {
        let shop = try await TestShop.open()
        try await shop.post("brand", ["name": "First"])
        let (_, next) = try await Self.poll(shop)
        #expect(!next.isEmpty)
        let nothing = try await shop.get("event?after=\(next)").json
        #expect(nothing["events"] == [])
        #expect(nothing["paging"]["next"].text == next)
        try await shop.post("brand", ["name": "Second"])
        let (news, _) = try await Self.poll(shop, after: next)
        #expect(Self.types(news) == ["brand.created"])
        #expect(news[0]["data"]["name"] == "Second")
    }

    @Test func `a filtered poller goes on from its own last event`() async throws {
        let shop = try await TestShop.open()
        let brand = try await shop.post("brand", ["name": "A"]).json["brand_id"].integer
        try await shop.post("customer", ["name": "Ann"])
        try await shop.put("brand/\(brand)", ["name": "B"])
        let (events, next) = try await Self.poll(shop, "limit=1&type=brand.created,brand.updated")
        #expect(Self.types(events) == ["brand.created", "brand.updated"])
        #expect(try await Self.poll(shop, after: next, "limit=10&type=customer.created").events.isEmpty)
        #expect(Self.types(try await Self.poll(shop, "limit=10&type=customer.created").events) == ["customer.created"])
        #expect(try await Self.poll(shop, "limit=10&type=nothing").events.isEmpty)
        #expect(try await Self.poll(shop, "limit=10&type=brand.created&resource=customer").events.isEmpty)
    }

    @Test func `a limit is clamped, and a cursor that is none is refused`() async throws {
        let shop = try await TestShop.open()
        #expect(try await shop.get("event?limit=5000").json["paging"]["limit"] == 1000)
        for query in ["after=x", "after=-1", "after=9223372036854775808", "limit=-1", "limit=x"] {
            let reply = try await shop.get("event?\(query)")
            #expect(reply.status == 422, "\(query)")
            #expect(reply.pointers == ["?" + query.prefix { $0 != "=" }], "\(query)")
        }
    }

    @Test func `one event is shown as the list shows it`() async throws {
        let shop = try await TestShop.open()
        _ = try await shop.product("Shirt", stock: 3)
        for event in try await Self.poll(shop).events {
            #expect(try await shop.get("event/\(event["event_id"].integer)").json == event)
        }
    }

    // MARK: What is in it

    @Test func `a deletion leaves a tombstone, and a change that changes nothing leaves nothing`() async throws {
        let shop = try await TestShop.open()
        let id = try await shop.post("brand", ["name": "A"]).json["brand_id"].integer
        try await shop.put("brand/\(id)", ["name": "A"])
        try await shop.put("brand/\(id)", ["name": "B"])
        try await shop.delete("brand/\(id)")
        try await shop.delete("brand/\(id)")
        let events = try await Self.poll(shop, "limit=100&resource=brand").events
        #expect(Self.types(events) == ["brand.created", "brand.updated", "brand.deleted"])
        #expect(events.map { $0["data"]["name"].text } == ["A", "B", ""])
        #expect(events[2]["data"].isNull)
    }

    @Test func `topics stand beside the changes they belong to`() async throws {
        let shop = try await TestShop.open()
        let id = try await shop.product("Shirt", stock: 5)
        #expect(
            Self.types(try await Self.poll(shop, "limit=100&resource=product").events) == [
                "product.created", "product",
            ])
        #expect(
            Self.types(try await Self.poll(shop, "limit=100&resource=stock").events)
                == ["stock.created", "stock.updated", "stock"])
        try await shop.post("category", ["name": "Shirts"])
        #expect(
            Self.types(try await Self.poll(shop, "limit=100&resource=category").events) == [
                "category.created", "category",
            ])
        try await shop.post("customer", ["name": "Ann"])
        #expect(
            Self.types(try await Self.poll(shop, "limit=100&resource=customer").events)
                == ["customer.created", "customer_created"])
        let order = try await shop.post("order", ["products": [["product_id": .number(id), "amount": 1]]]).json
        try await shop.put("order/\(order["order_id"].integer)", ["status": "sent"])
        try await shop.put("order/\(order["order_id"].integer)", ["paid": 1])
        let orders = try await Self.poll(shop, "limit=100&resource=order").events
        #expect(
            Self.types(orders) == [
                "order.created", "order_created", "order.updated", "new_status", "order.updated", "paid",
            ])
        #expect(orders[0]["data"] == order && orders[1]["data"] == order)
        #expect(orders[3]["data"] == orders[2]["data"] && orders[3]["data"]["status"] == "sent")
    }

    @Test func `what was refused, rolled back or tried dry is not in it`() async throws {
        let shop = try await TestShop.open()
        let id = try await shop.product("Scarce", stock: 1)
        let (_, next) = try await Self.poll(shop)
        let order: JSON = ["products": [["product_id": .number(id), "amount": 2]]]
        #expect(try await shop.post("order", order).status == 409)
        #expect(try await shop.post("brand", ["name": ""]).status == 422)
        try await shop.post("brand", ["name": "A"], headers: ["Prefer": "dry-run"])
        let rows: JSON = [["method": "POST", "body": ["name": "A"]], ["method": "POST", "body": [:]]]
        #expect(try await shop.post("brand/batch", rows).status == 422)
        #expect(try await Self.poll(shop, after: next).events.isEmpty)
    }

    // MARK: Commits out of order

    /// Makes a brand in a transaction of its own, and waits inside it until it may commit.
    private static func brand(
        _ name: String, in shop: TestShop, onWritten: @escaping @Sendable () -> Void = {},
        mayCommit: DispatchSemaphore? = nil
    ) async throws {
        let tenant = try await shop.tenant
        let now = shop.server.clock.now
        try await shop.server.storage.transact(in: tenant, at: now, as: "held") { tx in
            var brand = try Brand.starting(tx.newID(Brand.self))
            brand.name = name
            try tx.insert(brand)
            try tx.flushEvents()
            onWritten()
            mayCommit?.wait()
        }
    }

    @Test func `a transaction held open while others commit is never skipped`() async throws {
        let server = try await TestServer()
        let shop = try await TestShop.open(on: server)
        let mayCommit = DispatchSemaphore(value: 0)
        let (written, hasWritten) = AsyncStream<Void>.makeStream()
        let slow = Task {
            try await Self.brand("Slow", in: shop, onWritten: { hasWritten.yield() }, mayCommit: mayCommit)
        }
        _ = await written.first { _ in true }
        let fast = Task { try await Self.brand("Fast", in: shop) }
        // The single writer lets nobody past; elsewhere the later transaction commits first.
        let overtakes = !server.storage.dialect.commitsInOrder
        if overtakes { try await fast.value }
        let before = try await Self.poll(shop, "limit=1000&resource=brand")
        #expect(before.events.map { $0["data"]["name"].text } == (overtakes ? ["Fast"] : []))
        mayCommit.signal()
        try await slow.value
        try await fast.value
        let after = try await Self.poll(shop, after: before.next, "limit=1000&resource=brand")
        let names = (before.events + after.events).map { $0["data"]["name"].text }
        #expect(names == (overtakes ? ["Fast", "Slow"] : ["Slow", "Fast"]))
        #expect(try await Self.poll(shop, "limit=1000&resource=brand").events == before.events + after.events)
        await server.stop()
    }

    @Test func `pollers among forty writers hear everything once and in the same order`() async throws {
        let shop = try await TestShop.open()
        let heard = try await withThrowingTaskGroup(of: [JSON].self) { group in
            for number in 1...40 {
                group.addTask {
                    try await shop.post("brand", ["name": .string("Brand \(number)")])
                    return []
                }
            }
            for _ in 1...3 {
                group.addTask {
                    var events: [JSON] = []
                    var next = ""
                    while events.count < 40 {
                        let news = try await Self.poll(shop, after: next, "limit=7&type=brand.created")
                        events += news.events
                        next = news.next
                    }
                    return events
                }
            }
            return try await group.reduce(into: [[JSON]]()) { if !$1.isEmpty { $0.append($1) } }
        }
        #expect(heard.count == 3)
        let names = Set(heard[0].map { $0["data"]["name"].text })
        #expect(names.count == 40)
        #expect(heard.allSatisfy { $0 == heard[0] })
        #expect(try await Self.poll(shop, "limit=1000&type=brand.created").events == heard[0])
    }

    @Test func `changes of one object stand in the order in which they were made`() async throws {
        let shop = try await TestShop.open()
        let id = try await shop.product("Shirt", stock: 0)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 1...20 { group.addTask { try await shop.put("stock/\(id)", ["adjust": 1]) } }
            try await group.waitForAll()
        }
        let counts = try await Self.poll(shop, "limit=1000&type=stock.updated").events
        #expect(counts.map { $0["data"]["count"].integer } == Array(1...20))
        let sequences = counts.map { $0["sequence"].integer }
        #expect(sequences == sequences.sorted())
        #expect(Set(sequences).count == 20)
    }
}
