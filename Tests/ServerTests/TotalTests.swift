import Basics
import Commerce
import Exchange
import Persistence
import Resources
import Support
import Testing

/// `paging.total` is remembered, and never shown from before a change (CONTRACT 8, "Everywhere"; `RowCounts`).
@Suite struct TotalTests {
    /// The totals of lists, asked twice so that the second comes from memory where it can.
    private static func totals(_ shop: TestShop, _ paths: [String]) async throws -> [Int64] {
        var totals: [Int64] = []
        for path in paths {
            for _ in 1...2 {
                let list = try await shop.get("\(path)\(path.contains("?") ? "&" : "?")limit=1000&envelope=1").json
                totals.append(list["paging"]["total"].integer)
                #expect(list["paging"]["count"].integer == totals.last, "\(path)")
            }
        }
        return totals
    }

    @Test func `an import job's totals are right in the server that did it`() async throws {
        let shop = try await TestShop.open(on: try await TestServer())
        let lists = [
            "product", "brand", "stock", "stock-entry", "import?status=queued", "import?status=done",
            "product?brand_id=1",
        ]
        let line = #"{"own_id":"P","name":"Shirt","price":1,"brand":"Acme","stock":4}"#
        #expect(try await Self.totals(shop, lists).allSatisfy { $0 == 0 })
        try await shop.bytes("POST", "/REST/import?format=butik-jsonl", Array(line.utf8))
        #expect(try await Self.totals(shop, lists) == [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0])
        #expect(try await shop.importWaiting() == 1)
        #expect(try await Self.totals(shop, Array(lists.dropLast())) == [1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 1, 1])
        try await shop.bytes("POST", "/REST/import?format=butik-jsonl&dry_run=1", Array(line.utf8))
        #expect(try await Self.totals(shop, ["import?last_modified[lte]=2026-03-01%2013:00:00"]) == [2, 2])
        shop.server.clock.advance(seconds: 5)
        #expect(try await shop.importWaiting() == 1)
        #expect(try await Self.totals(shop, ["import?last_modified[lte]=2026-03-01%2013:00:00"]) == [1, 1])
        await shop.server.stop()
    }

    @Test func `jobs that are forgotten are not counted any more`() async throws {
        let shop = try await TestShop.open(on: try await TestServer())
        try await shop.bytes("POST", "/REST/import?format=butik-jsonl", Array("{}".utf8))
        #expect(try await shop.importWaiting() == 1)
        #expect(try await Self.totals(shop, ["import"]) == [1, 1])
        shop.server.clock.advance(seconds: 91 * 86_400)
        try await shop.forgetImports()
        #expect(try await Self.totals(shop, ["import"]) == [0, 0])
        await shop.server.stop()
    }

    /// Between a commit and its answer anybody may look.
    @Test(.timeLimit(.minutes(1)))
    func `nobody is shown a new row beside a total from before it`() async throws {
        let shop = try await TestShop.open()
        #expect(try await Self.totals(shop, ["brand"]) == [0, 0])
        let (storage, tenant, now) = (
            PausedStorage(shop.server.storage, at: nil), try await shop.tenant, shop.server.clock.now
        )
        async let written: Void = storage.transact(in: tenant, at: now, as: "test") { tx in
            _ = try ResourceEndpoints<Brand>.write(JSONObject([.init("name", "Acme")]), isStrict: true, tx)
        }
        try await storage.whilePaused { () async throws in
            #expect(try await Self.totals(shop, ["brand"]) == [1, 1])
        }
        try await written
        #expect(try await Self.totals(shop, ["brand"]) == [1, 1])
    }

    @Test func `a count that took longer than counts are believed is not believed`() async throws {
        let counts = RowCounts(keptFor: .milliseconds(20))
        let key = RowCounts.Key(shop: 1, table: "brands", "SELECT count(*) FROM brands")
        let begun = counts.known(key).now
        let end = ContinuousClock.now + .milliseconds(21)
        try await eventually("the end of a long count") { ContinuousClock.now > end }
        counts.remember(7, for: key, since: begun)
        #expect(counts.known(key).count == nil)
        counts.remember(8, for: key, since: counts.known(key).now)
        let known = RowCounts(keptFor: nil)
        known.remember(9, for: key, since: known.known(key).now)
        #expect(known.known(key).count == 9)
        known.changed(["brands"], shop: 2)
        #expect(known.known(key).count == 9)
        known.changed(["brands"], shop: 1)
        #expect(known.known(key).count == nil)
    }
}
