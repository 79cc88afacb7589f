import Basics
import Commerce
import Foundation
import Persistence
import Resources
import Support
import Synchronization
import Testing

/// Who polls by `last_modified=` and remembers the highest stamp ends with exactly the server's state (CONTRACT 4, Filters).
@Suite struct PollingTests {
    private static func brand(_ shop: TestShop, _ name: String) async throws -> Int64 {
        try await shop.post("brand", ["name": .string(name)]).json["brand_id"].integer
    }

    private final class Over: Sendable {
        let value = Atomic(false)
    }

    /// The same database as another process sees it; where only one may write, this one.
    private static func otherProcess(_ server: TestServer) async throws -> any Storage {
        Engine.current == .postgres ? try await Engine.open(server.databaseURL) : server.storage
    }

    @Test func `a change that waits for a lock is shown to a poller that has seen a later one`() async throws {
        let server = try await TestServer()
        let shop = try await TestShop.open(on: server)
        let (slow, quick) = (try await Self.brand(shop, "A"), try await Self.brand(shop, "B"))
        var poller = try Poller(shop, "brand")
        try await poller.poll()
        server.clock.advance(seconds: 10)
        // Somebody at a console, who stamps nothing.
        let holder = try await Held.begin(in: shop, on: server.storage, at: server.clock.now.adding(seconds: 1000)) {
            tx in
            _ = try tx.take(Brand.self, slow)
        }
        let began = server.clock.now
        let waiting = Task { try await shop.put("brand/\(slow)", ["description": "A changed"]) }
        let overtakes = !server.storage.dialect.commitsInOrder
        if overtakes {
            try await eventually("a write that waits") {
                try await server.storage.horizon(ofShop: shop.id, at: began.adding(seconds: 60)) == began
            }
        }
        server.clock.advance(seconds: 2)
        let quickly = Task { try await shop.put("brand/\(quick)", ["description": "B changed"]) }
        if overtakes { #expect(try await quickly.value.status == 200) }
        #expect(try await poller.poll().allSatisfy { poller.copy[$0]?["last_modified"] == "2026-03-01 13:00:00" })
        try await holder.end()
        _ = try await (waiting.value, quickly.value)
        try await poller.poll()
        #expect(try await poller.isRight())
        #expect(poller.copy[slow]?["description"] == "A changed" && poller.copy[quick]?["description"] == "B changed")
        await server.stop()
    }

    @Test func `what another process has stamped and not committed holds back what is stamped later`() async throws {
        let server = try await TestServer()
        let shop = try await TestShop.open(on: server)
        let (slow, quick) = (try await Self.brand(shop, "A"), try await Self.brand(shop, "B"))
        var poller = try Poller(shop, "brand")
        try await poller.poll()
        let other = try await Self.otherProcess(server)
        server.clock.advance(seconds: 10)
        let held = try await Held.begin(in: shop, on: other, at: server.clock.now) { tx in
            let stored = try tx.take(Brand.self, slow)
            _ = try ResourceEndpoints<Brand>.write(
                JSONObject([.init("description", "A changed")]), over: stored, isStrict: false, tx)
        }
        server.clock.advance(seconds: 2)
        let quickly = Task { try await shop.put("brand/\(quick)", ["description": "B changed"]) }
        if Engine.current == .postgres { #expect(try await quickly.value.status == 200) }
        try await poller.poll()
        #expect(poller.copy[quick]?["description"] == "")
        try await held.end()
        _ = try await quickly.value
        try await poller.poll()
        #expect(try await poller.isRight())
        if Engine.current == .postgres { await other.close() }
        await server.stop()
    }

    @Test func `another shop's transactions hold nothing back, and a write of one's own shows at once`() async throws {
        let server = try await TestServer()
        let shop = try await TestShop.open(on: server)
        let other = try await TestShop.open(on: server)
        let id = try await Self.brand(shop, "A")
        let began = server.clock.now
        server.clock.advance(seconds: 5)
        try await shop.put("brand/\(id)", ["name": "A changed"])
        let held = try await Held.begin(in: other, on: server.storage, at: began) {
            _ = try $0.find(Shop.self, other.id)
        }
        #expect(try await shop.get("brand?last_modified=2026-03-01T13:00:05").json["paging"]["total"] == 1)
        try await held.end()
        await server.stop()
    }

    @Test(arguments: [410 << 32 - 5, 410 << 32 + 5, 410 << 32 + 1 << 31] as [Int64])
    func `the horizon is the earliest stamp under way, whatever its bits`(_ floor: Int64) async throws {
        let server = try await TestServer()
        let shop = try await TestShop.open(on: server)
        let (began, later) = (Instant(milliseconds: floor), Instant(milliseconds: floor + 10))
        let storage = server.storage
        let held = try await Held.begin(in: shop, on: storage, at: began) { _ = $0.now }
        #expect(try await storage.horizon(ofShop: shop.id, at: later) == began)
        #expect(try await storage.horizon(ofShop: shop.id + 1, at: later) == later)
        let before = Instant(milliseconds: floor - 10)
        #expect(try await storage.horizon(ofShop: shop.id, at: before) == before)
        try await held.end()
        #expect(try await storage.horizon(ofShop: shop.id, at: later) == later)
        await server.stop()
    }

    @Test func `a walk ends where it began, however long it takes, and since leads on from there`() async throws {
        let server = try await TestServer()
        let shop = try await TestShop.open(on: server)
        var ids: [Int64] = []
        for number in 1...6 { ids.append(try await Self.brand(shop, "Brand \(number)")) }
        var poller = try Poller(shop, "brand", query: "limit=2&sort=brand_id")
        let first = try await poller.page(after: "")
        poller.take(first)
        #expect(first["paging"]["since"] == "2026-03-01T12:00:00.000Z")
        server.clock.advance(seconds: 1)
        try await shop.put("brand/\(ids[0])", ["name": "Behind the walk"])
        server.clock.advance(seconds: 1)
        try await shop.put("brand/\(ids[5])", ["name": "Before the walk"])
        var (after, seen) = (first["paging"]["next"].text, [Int64]())
        while !after.isEmpty {
            let page = try await poller.page(after: after)
            #expect(page["paging"]["since"] == first["paging"]["since"])
            seen += poller.take(page)
            after = page["paging"].names.contains("next") ? page["paging"]["next"].text : ""
        }
        #expect(seen == Array(ids[2...4]))
        poller.remember()
        try await poller.poll()
        #expect(try await poller.isRight())
        let since = try await shop.get("brand?last_modified=2026-03-01T13:00:01&limit=9").json["paging"]["since"].text
        #expect(since == "2026-03-01T12:00:02.000Z")
        let next = try await shop.get("brand?last_modified=\(since.escaped)").json["brands"].elements
        #expect(next.map { $0["name"] } == ["Before the walk"])
        await server.stop()
    }

    @Test func `a poll that finds nothing new keeps its tag`() async throws {
        let server = try await TestServer()
        let shop = try await TestShop.open(on: server)
        let id = try await Self.brand(shop, "A")
        server.clock.advance(seconds: 10)
        for since in ["2026-03-01T13:00:00", "2026-03-01T13:00:01"] {
            let path = "brand?limit=9&last_modified=\(since)"
            let first = try await shop.get(path)
            let tag = try #require(first[header: "ETag"])
            server.clock.advance(seconds: 10)
            #expect(try await shop.get(path, headers: ["If-None-Match": tag]).status == 304)
        }
        let since = try await shop.get("brand?limit=9&last_modified=2026-03-01T13:00:00").json["paging"]["since"].text
        #expect(since == "2026-03-01T12:00:00.001Z")
        #expect(try await shop.get("brand?limit=9&last_modified=\(since)").json["paging"]["since"].text == since)
        try await shop.put("brand/\(id)", ["name": "B"])
        #expect(try await shop.get("brand?last_modified=\(since)").json["paging"]["total"] == 1)
        await server.stop()
    }

    @Test func `an export ends before what is not committed, and its header leads on`() async throws {
        let server = try await TestServer()
        let shop = try await TestShop.open(on: server)
        let (slow, quick) = (try await shop.product("A"), try await shop.product("B"))
        let info = try ResourceInfo.at("product")
        server.clock.advance(seconds: 10)
        let held = try await Held.begin(in: shop, on: server.storage, at: server.clock.now) { try $0.stamp(info, slow) }
        server.clock.advance(seconds: 2)
        let quickly = Task { try await shop.put("product/\(quick)", ["name": "B changed"]) }
        if Engine.current == .postgres { _ = try await quickly.value }
        let file = "export/products.jsonl?last_modified="
        let first = try await shop.get(file + "2026-03-01T13:00:05")
        #expect(first.text == "")
        let since = try #require(first[header: "Butik-Since"])
        #expect(since == "2026-03-01T12:00:10.000Z")
        try await held.end()
        _ = try await quickly.value
        #expect(try await shop.get(file + since).text.split(separator: "\n").count == 2)
        await server.stop()
    }

    @Test func `a list that is asked for changes costs one query more at most, and any other none`() async throws {
        let server = try await TestServer()
        let shop = try await TestShop.open(on: server)
        _ = try await Self.brand(shop, "A")
        _ = try await shop.get("shop")
        let most = Engine.current == .postgres ? 3 : 2
        for (query, cost) in [("brand?limit=9", 2), ("brand?limit=9&last_modified=2026-01-01", most)] {
            let before = server.storage.statements
            #expect(try await shop.get(query).json["brands"].elements.count == 1)
            #expect(server.storage.statements - before == cost, "\(query)")
        }
        await server.stop()
    }

    @Test func `a poller beside batches of a thousand and quick changes ends with the server's state`() async throws {
        let server = try await TestServer {
            $0.clock = { Instant(milliseconds: Int64(Date().timeIntervalSince1970 * 1000)) }
        }
        let shop = try await TestShop.open(on: server)
        let quick = try await shop.product("Quick")
        let created = try await shop.post(
            "product/batch",
            .array((1...999).map { ["method": "POST", "body": ["name": .string("P\($0)"), "price": 1]] }))
        let ids = created.json["results"].elements.map { $0["body"]["product_id"] }
        try #require(ids.count == 999)
        var poller = try Poller(shop, "product", query: "limit=400&fields=product_id,price,last_modified")
        for round in 2...3 {
            let isOver = Over()
            let batch = Task {
                try await shop.post(
                    "product/batch",
                    .array(ids.map { ["method": "PUT", "id": $0, "body": ["price": .number(Int64(round))]] }))
            }
            let changes = Task {
                var price: Int64 = 1
                while !isOver.value.load(ordering: .relaxed) {
                    try await shop.put("product/\(quick)", ["price": .number(price)])
                    price += 1
                }
            }
            for _ in 1...4 { try await poller.poll() }
            #expect(try await batch.value.status == 200)
            try await poller.poll()
            isOver.value.store(true, ordering: .relaxed)
            try await changes.value
            try await poller.poll()
            let prices = ids.map { poller.copy[$0.integer]?["price"].integer }
            #expect(prices.allSatisfy { $0 == Int64(round) })
            #expect(
                poller.copy[quick]
                    == (try await shop.get("product/\(quick)?fields=product_id,price,last_modified").json))
        }
        await server.stop()
    }
}
