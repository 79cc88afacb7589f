import Areas
import Commerce
import Persistence
import Resources
import Support
import Testing

/// Whoever changes the audit behind the server's back, past the triggers that keep it, is found by the doctor, who names the
/// first row that is not right.
@Suite struct AuditTamperTests {
    /// A shop with six rows in its chain, on a server of its own, and their ids.
    private static func chained() async throws -> (shop: TestShop, ids: [Int64]) {
        let shop = try await TestShop.open(on: try await TestServer())
        for number in 1...2 { try await shop.put("shop", ["name": .string("Shop \(number)")]) }
        try await AuditChain.extend(in: shop.server.storage)
        let rows = try await shop.get("audit?limit=100&sort=audit_id").json["audit"].elements
        return (shop, rows.map { $0["audit_id"].integer })
    }

    /// Does what no trigger lets through.
    private static func tamper(_ shop: TestShop, _ statements: [String]) async throws {
        try await shop.server.storage.write { db in
            for (trigger, table) in [
                ("audit_unchanged", "audit"), ("audit_kept", "audit"), ("audit_heads_forward", "audit_heads"),
                ("audit_heads_kept", "audit_heads"),
            ] {
                try db.script("DROP TRIGGER \(trigger)\(db.dialect == .postgres ? " ON \(table)" : "");")
            }
            for statement in statements { try db.script(statement + ";") }
        }
    }

    /// What is done, the place of the row that is named, and what is said of it.
    struct Attack: Sendable, CustomStringConvertible {
        let description: String
        let statements: [String]
        let row: Int?
        let words: String

        init(_ description: String, _ statements: [String], row: Int?, _ words: String) {
            (self.description, self.statements, self.row, self.words) = (description, statements, row, words)
        }
    }

    private static let attacks = [
        Attack("a changed value", ["UPDATE audit SET after = '{}' WHERE place = 3"], row: 3, "row 3 of the chain"),
        Attack("another actor", ["UPDATE audit SET actor = NULL WHERE place = 5"], row: 5, "row 5 of the chain"),
        Attack(
            "another time", ["UPDATE audit SET created = created + 1 WHERE place = 1"], row: 1, "row 1 of the chain"),
        Attack("a hidden row", ["UPDATE audit SET removed_on = 1 WHERE place = 6"], row: 6, "row 6 of the chain"),
        Attack("another hash", ["UPDATE audit SET hash = 'x' WHERE place = 4"], row: 4, "row 4 of the chain"),
        Attack("a removed row", ["DELETE FROM audit WHERE place = 3"], row: 4, "the row before it, 3 of the chain"),
        Attack(
            "the first one removed", ["DELETE FROM audit WHERE place = 1"], row: 2, "the row before it, 1 of the chain"),
        Attack(
            "two swapped rows",
            [
                "UPDATE audit SET place = 10 WHERE place = 2", "UPDATE audit SET place = 2 WHERE place = 4",
                "UPDATE audit SET place = 4 WHERE place = 10",
            ], row: 4, "row 2 of the chain"),
        Attack(
            "the values of two rows swapped",
            [
                "UPDATE audit SET request_id = 'a' WHERE place = 4",
                "UPDATE audit SET request_id = 'b' WHERE place = 2",
            ], row: 2, "row 2 of the chain"),
        Attack(
            "a tail that was cut off", ["DELETE FROM audit WHERE place > 4"], row: nil, "row 5 of the chain is missing"),
        Attack("everything removed", ["DELETE FROM audit"], row: nil, "row 1 of the chain is missing"),
        Attack("no end", ["DELETE FROM audit_heads"], row: nil, "its end was written for 0"),
        Attack("an end put back", ["UPDATE audit_heads SET place = 5"], row: nil, "its end was written for 5"),
        Attack("another end", ["UPDATE audit_heads SET hash = 'x'"], row: nil, "row 6 of the chain is not the one"),
    ]

    @Test(arguments: attacks)
    func `the doctor names the first row that is not right`(_ attack: Attack) async throws {
        let (shop, ids) = try await Self.chained()
        #expect(try await shop.findings() == [])
        #expect(ids.count == 6)
        try await Self.tamper(shop, attack.statements)
        let found = try await shop.findings()
        #expect(found.count == 1, "\(found)")
        let start = "the audit is as it was written: shop \(shop.id), audit"
        let named = attack.row.map { "\(start) \(ids[$0 - 1]): " } ?? start + ": "
        #expect(found.first?.hasPrefix(named) == true && found.first?.contains(attack.words) == true, "\(found)")
        await shop.server.stop()
    }

    @Test func `a chain that was cut stays wrong, however much is written behind it`() async throws {
        let (shop, _) = try await Self.chained()
        try await Self.tamper(shop, ["DELETE FROM audit WHERE place > 4"])
        try await shop.put("shop", ["name": "Later"])
        try await AuditChain.extend(in: shop.server.storage)
        let found = try await shop.findings()
        #expect(found.count == 1 && found[0].contains("the row before it, 5 of the chain, is missing"), "\(found)")
        await shop.server.stop()
    }

    @Test func `the platform's chain is looked at as a shop's is`() async throws {
        let (shop, _) = try await Self.chained()
        let (server, now) = (shop.server, shop.server.clock.now)
        try await server.storage.write(changing: Audit.tables) { db in
            for id in 1...3 {
                try Audit.note("created", "user", Int64(id), by: .job("command"), requestID: "command", in: db, at: now)
            }
        }
        try await AuditChain.extend(in: server.storage)
        try await Self.tamper(shop, ["UPDATE audit SET resource_id = '9' WHERE webshop_id = 0 AND place = 2"])
        let found = try await House.doctor.examine(server.storage).map(\.row)
        #expect(found.count == 1 && found[0].hasPrefix("shop 0, audit ") && found[0].contains("row 2"), "\(found)")
        await server.stop()
    }
}
