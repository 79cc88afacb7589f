import Basics
import Commerce
import Persistence
import Resources
import Support
import Testing

/// Where a poller of the feed may begin, and what is found by kind (CONTRACT 8, Feed).
@Suite struct FeedCursorTests {
    private static func brand(_ shop: TestShop, _ name: String) async throws {
        try await shop.post("brand", ["name": .string(name)])
    }

    private static func names(_ page: JSON) -> [String] {
        page["events"].elements.map { $0["data"]["name"].text }
    }

    @Test func `the feed is walked by its cursor, so an offset is refused and not passed over`() async throws {
        let shop = try await TestShop.open()
        try await Self.brand(shop, "One")
        for offset in ["1", "x", "-1"] {
            let refused = try await shop.get("event?offset=\(offset)")
            #expect((refused.status, refused.pointers) == (422, ["?offset"]), "\(offset)")
        }
        for offset in ["0", ""] {
            #expect(try await Self.names(shop.get("event?offset=\(offset)&resource=brand").json) == ["One"])
        }
    }

    @Test func `now starts behind the newest event`() async throws {
        let shop = try await TestShop.open()
        try await Self.brand(shop, "Old")
        let page = try await shop.get("event?after=now&resource=brand").json
        #expect(page["events"] == [] && page["paging"]["total"] == 0)
        try await Self.brand(shop, "New")
        let next = page["paging"]["next"].text
        #expect(Self.names(try await shop.get("event?after=\(next)&resource=brand").json) == ["New"])
        #expect(Self.names(try await shop.get("event?after=\(next)").json) == ["New"])
    }

    @Test func `a cursor that the feed never gave is refused, as after a restore`() async throws {
        let shop = try await TestShop.open()
        try await Self.brand(shop, "A")
        let next = try #require(Int64(try await shop.get("event?limit=1000").json["paging"]["next"].text))
        #expect(try await shop.get("event?after=\(next)").status == 200)
        for query in ["after=\(next + 1)", "after=\(next + 1_000_000)&resource=brand", "after=9007199254740991"] {
            let reply = try await shop.get("event?\(query)")
            #expect(reply.status == 422, "\(query)")
            #expect(reply.json["code"] == "cursor_ahead" && reply.pointers == ["?after"])
            #expect(reply.json["errors"][0]["code"] == "cursor_ahead")
        }
    }

    @Test func `a poller of a shop where nothing has happened for long keeps its cursor`() async throws {
        let server = try await TestServer()
        let shop = try await TestShop.open(on: server)
        try await Self.brand(shop, "Old")
        let next = try await shop.get("event?limit=1000").json["paging"]["next"].text
        server.clock.advance(seconds: 91 * 86_400)
        try await EventFeed.expire(in: server.storage, at: server.clock.now)
        #expect(try await shop.get("event?limit=1000").json["events"] == [])
        let idle = try await shop.get("event?after=\(next)")
        #expect(idle.status == 200 && idle.json["paging"]["next"].text == next)
        try await Self.brand(shop, "New")
        #expect(Self.names(try await shop.get("event?after=\(next)").json) == ["New"])
        await server.stop()
    }

    /// Writes events as they would stand there, one behind the other.
    private static func write(_ count: Int, _ shop: TestShop, created: Instant, resource: String = "brand") async throws
    {
        let id = shop.id
        try await shop.server.storage.write { db in
            let ids = try db.orderedIDs("events_seq", count)
            let rows = ids.map { event -> [SQLValue] in
                [
                    .integer(id), .integer(event), db.dialect.commitsInOrder ? .integer(event) : .null,
                    .text(resource + ".updated"), .text(resource), .integer(1), .integer(1), .text("r"),
                    created.sqlValue,
                ]
            }
            try db.run(
                SQL.insertions(
                    """
                    INSERT INTO events (webshop_id, event_id, position, type, resource, resource_id, sequence, request_id,
                    created) VALUES
                    """, rows))
        }
        try await EventFeed.place(in: shop.server.storage)
    }

    @Test func `events written while a clock was wrong do not keep those behind them for ever`() async throws {
        let server = try await TestServer()
        let shop = try await TestShop.open(on: server)
        let (now, day) = (server.clock.now, Int64(86_400))
        try await EventFeed.expire(in: server.storage, at: now.adding(seconds: 1000 * day))
        try await Self.write(10_001, shop, created: now.adding(seconds: 400 * day))
        try await Self.write(10, shop, created: now.adding(seconds: -91 * day), resource: "old")
        try await Self.write(10, shop, created: now, resource: "new")
        try await EventFeed.expire(in: server.storage, at: now)
        for (resource, left) in [("brand", 10_000), ("old", 0), ("new", 10)] {
            #expect(try await shop.get("event?resource=\(resource)").json["paging"]["total"] == .number(Int64(left)))
        }
        await server.stop()
    }

    @Test func `by resource and type the feed has what the whole feed has of them, on pages of any length`()
        async throws
    {
        let shop = try await FurnishedShop.open(marker: "kinds").shop
        let all = try await shop.get("event?limit=1000").json["events"].elements
        let resources = Set(all.map { $0["resource"].text })
        #expect(resources.count > 10)
        func walk(_ query: String, limit: Int) async throws -> [JSON] {
            var (events, next) = ([JSON](), "")
            while true {
                let page = try await shop.get("event?limit=\(limit)&after=\(next)&\(query)").json
                next = page["paging"]["next"].text
                guard page["events"] != [] else { return events }
                #expect(page["paging"]["total"].integer >= page["paging"]["count"].integer)
                events += page["events"].elements
            }
        }
        for resource in resources.sorted() + ["nothing"] {
            let theirs = all.filter { $0["resource"].text == resource }
            #expect(try await walk("resource=\(resource)", limit: 3) == theirs, "\(resource)")
            #expect(
                try await shop.get("event?limit=0&resource=\(resource)").json["paging"]["total"].integer
                    == Int64(theirs.count))
        }
        let types = "product.created,stock,brand.created,category"
        let some = all.filter { types.split(separator: ",").contains(Substring($0["type"].text)) }
        #expect(some.count >= 4)
        for limit in [1, 2, 1000] { #expect(try await walk("type=\(types)", limit: limit) == some) }
        #expect(try await walk("type=\(types)&resource=stock", limit: 2) == some.filter { $0["resource"] == "stock" })
    }

    @Test func `who may not read a resource is not shown its events by kind either`() async throws {
        let shop = try await TestShop.open()
        try await shop.post("token", ["name": "A", "access_level": "read"])
        for query in ["resource=token", "type=token.created", "resource=token&type=token.created"] {
            let reply = try await shop.send("GET", "/REST/event?limit=9&" + query, as: .write)
            #expect(reply.json["events"] == [] && reply.json["paging"]["total"] == 0, "\(query)")
            #expect(try await shop.get("event?limit=9&" + query).json["events"] != [], "\(query)")
        }
    }

    @Test func `a page by kind reads the index of kinds and scans nothing`() async throws {
        let server = try await TestServer()
        let shop = try await TestShop.open(on: server)
        try await Self.write(300, shop, created: server.clock.now)
        let kinds = EventKinds(shop: shop.id, types: [], resource: "brand", hidden: [])
        let (dialect, storage) = (server.storage.dialect, server.storage)
        let found = try await storage.fetch(kinds.first(dialect))
        let range = EventKinds.Range(after: 0, newest: try #require(found[0][0].integer(at: 0)))
        let statements =
            try kinds.first(dialect) + kinds.page("SELECT e.event_id FROM events e", found[1], range, atMost: 5)
        for statement in statements {
            let plan = try await storage.write { db -> [String] in
                if db.dialect == .postgres { try db.script("SET LOCAL enable_seqscan = off") }
                let explain: SQL = db.dialect == .postgres ? "EXPLAIN " : "EXPLAIN QUERY PLAN "
                return try db.rows(explain + statement).map { $0.text(at: dialect == .postgres ? 0 : 3) ?? "" }
            }
            #expect(plan.contains { $0.contains("events_kind_idx") || $0.contains("events_position_key") }, "\(plan)")
            #expect(!plan.contains { $0.contains("SCAN e") || $0.contains("Seq Scan on events") }, "\(plan)")
        }
        await server.stop()
    }
}
