import Areas
import Basics
import Commerce
import Persistence
import Resources
import Support
import Testing

/// The audit of a shop is a chain (I17): who changes what was written is found by the doctor.
@Suite struct AuditChainTests {
    /// A shop with six rows in its chain, on a server of its own.
    private static func chained() async throws -> TestShop {
        let shop = try await TestShop.open(on: try await TestServer())
        for number in 1...2 { try await shop.put("shop", ["name": .string("Shop \(number)")]) }
        try await AuditChain.extend(in: shop.server.storage)
        return shop
    }

    private static func ids(_ shop: TestShop) async throws -> [Int64] {
        try await shop.get("audit?limit=100&sort=audit_id").json["audit"].elements.map { $0["audit_id"].integer }
    }

    @Test func `a row has no hash until it is placed, and each hash is of its row and the one before`() async throws {
        let shop = try await TestShop.open(on: try await TestServer())
        let other = try await TestShop.open(on: shop.server)
        #expect(try await shop.get("audit?limit=10").json["audit"].elements.allSatisfy { $0["hash"].isNull })
        try await AuditChain.extend(in: shop.server.storage)
        let hashes = try await shop.get("audit?limit=10&sort=audit_id").json["audit"].elements.map { $0["hash"].text }
        #expect(hashes.count == 4 && Set(hashes).count == 4 && hashes.allSatisfy { $0.count == 64 })
        let rows = try await shop.server.storage.fetch(
            """
            SELECT place, webshop_id, audit_id, actor, action, resource, resource_id, before, after, request_id, version,
            created, last_modified, removed_on, hash FROM audit WHERE webshop_id = \(shop.id) ORDER BY place
            """)
        var previous = ""
        for (index, row) in rows.enumerated() {
            let cells = row.values.dropLast().map { value -> JSON in
                switch value {
                case .integer(let number): .number(JSONNumber(number))
                case .text(let text): .string(text)
                case .null: .null
                }
            }
            let hash = Fingerprint.sha256(JSON.array([.string(previous)] + cells).bytes)
            #expect(hash == hashes[index] && cells[0].integer == Int64(index) + 1)
            previous = hash
        }
        // Of each shop its own.
        try await other.put("shop", ["name": "Other"])
        try await AuditChain.extend(in: shop.server.storage)
        let places = try await shop.server.storage.fetch(
            "SELECT webshop_id, place FROM audit_heads ORDER BY webshop_id")
        let ends = try places.integers("place")
        #expect(ends == [4, 5])
        for one in [shop, other] { #expect(try await one.findings() == []) }
        await shop.server.stop()
    }

    @Test func `the database itself keeps rows as they were written`() async throws {
        let shop = try await Self.chained()
        try await shop.put("shop", ["name": "Not chained yet"])
        let statements = [
            "UPDATE audit SET after = '{}' WHERE place = 2", "UPDATE audit SET hash = 'x' WHERE place = 2",
            "UPDATE audit SET place = 100 WHERE place = 2", "UPDATE audit SET hash = NULL WHERE place = 2",
            "UPDATE audit SET after = '{}' WHERE place IS NULL", "UPDATE audit SET removed_on = 1 WHERE place IS NULL",
            "UPDATE audit SET created = 1, place = 7, hash = 'x' WHERE place IS NULL",
            "DELETE FROM audit WHERE place = 6", "DELETE FROM audit WHERE place IS NULL", "DELETE FROM audit_heads",
            "UPDATE audit_heads SET place = place - 1",
        ]
        let ofEngine = Engine.current == .postgres ? ["TRUNCATE audit", "TRUNCATE audit_heads"] : []
        for statement in statements + ofEngine {
            await #expect(throws: StorageError.self, "\(statement)") {
                try await shop.server.storage.write { db in try db.script(statement + ";") }
            }
        }
        try await AuditChain.extend(in: shop.server.storage)
        #expect(try await shop.findings() == [])
        #expect(try await Self.ids(shop).count == 7)
        await shop.server.stop()
    }

    @Test func `those who write side by side and those who chain side by side make one chain`() async throws {
        let server = try await TestServer()
        let shops = [try await TestShop.open(on: server), try await TestShop.open(on: server)]
        // On SQLite there is no other process while one writes.
        let isShared = Engine.current == .postgres
        let other = isShared ? try await Engine.open(server.databaseURL) : server.storage
        let tenants = [try await shops[0].tenant, try await shops[1].tenant]
        _ = try await together(12) { number in
            for turn in 0..<20 {
                let storage = turn.isMultiple(of: 2) ? server.storage : other
                guard number < 8 else {
                    try await AuditChain.extend(in: storage)
                    continue
                }
                try await storage.transact(in: tenants[number % 2], at: server.clock.now, as: "storm") { tx in
                    for step in 0..<3 { Audit.note("tried", "thing", Int64(number * 100 + turn * 3 + step), in: tx) }
                }
            }
        }
        try await AuditChain.extend(in: other)
        for shop in shops {
            let rows = try await server.storage.fetch(
                "SELECT place FROM audit WHERE webshop_id = \(shop.id) ORDER BY place")
            let places = try rows.integers("place")
            #expect(places == Array(1...(4 + 4 * 20 * 3)))
            #expect(try await shop.findings() == [])
        }
        if isShared { await other.close() }
        await server.stop()
    }
}
