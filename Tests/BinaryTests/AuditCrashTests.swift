import Basics
import Persistence
import Resources
import Support
import Testing

/// What was audited before a kill is chained after it.
@Suite struct AuditCrashTests {
    /// How many rows have no place in a chain yet, and how many have.
    private static func rows(_ binary: Binary) async throws -> (waiting: Int64, chained: Int64) {
        let storage = try await Engine.open(binary.database)
        let rows = try await storage.fetch(
            "SELECT count(*) - count(hash) AS waiting, count(hash) AS chained FROM audit")
        await storage.close()
        let row = try #require(rows.first)
        return (try row["waiting"], try row["chained"])
    }

    private static func waitForChain(_ client: Client) async throws {
        try await eventually("a whole chain", seconds: 10) {
            let rows = try await client.get("audit?limit=1000").json["audit"].elements
            return !rows.isEmpty && rows.allSatisfy { !$0["hash"].isNull }
        }
    }

    @Test func `what a killed server wrote and did not chain is chained by the next one`() async throws {
        let binary = try await Binary.fresh()
        let (serving, client, _) = try await binary.openShop { try await binary.serve() }
        let killer = Task {
            try await eventually("some dozen tokens") {
                try await client.get("token?limit=1").json["paging"]["total"].integer >= 60
            }
            try await serving.kill()
        }
        let answered = try await together(8) { number in
            for turn in 0..<100 {
                let body: JSON = ["name": .string("\(number)-\(turn)"), "access_level": "read"]
                guard let reply = try? await client.post("token", body), reply.status == 200 else { return turn }
            }
            return 100
        }.reduce(0, +)
        try await killer.value
        #expect(answered < 800)
        let left = try await Self.rows(binary)
        // The shop, its first token, and what was answered or was on its way to be.
        let written = left.waiting + left.chained - 2
        #expect(written >= Int64(answered) && written <= Int64(answered) + 8)
        let next = try await binary.serve()
        try await Self.waitForChain(Client(token: client.token, port: next.port))
        #expect(try await next.stop() == 0)
        let end = try await Self.rows(binary)
        #expect(end.waiting == 0 && end.chained == written + 2)
        #expect(try await binary.succeed("doctor").hasPrefix("All "))
    }

    @Test func `what a command wrote waits for the next server, and the doctor says what was changed since`()
        async throws
    {
        let binary = try await Binary.fresh()
        try await binary.succeed("shop", "create", "Shop")
        let token = try await binary.succeed("token", "create", "--shop", "1", "--level", "all")
        let user = try await binary.run(
            ["user", "create", "ann@butik.test", "--shop", "1", "--password-stdin"], input: "a long password\n")
        #expect(user.status == 0, "\(user.error)")
        // The shop, its token and its user, and the user of the platform.
        #expect(try await Self.rows(binary).waiting == 4)
        #expect(try await binary.succeed("doctor").hasPrefix("All "))
        let serving = try await binary.serve()
        try await Self.waitForChain(Client(token: token, port: serving.port))
        #expect(try await serving.stop() == 0)
        let storage = try await Engine.open(binary.database)
        try await storage.write { db in
            try db.script("DROP TRIGGER audit_unchanged\(db.dialect == .postgres ? " ON audit" : "");")
            try db.script("UPDATE audit SET after = '{}' WHERE webshop_id = 1 AND place = 2;")
        }
        let id: Int64? = try await storage.fetch("SELECT audit_id FROM audit WHERE webshop_id = 1 AND place = 2").first
            .map { try $0["audit_id"] }
        await storage.close()
        let ended = try await binary.run("doctor")
        #expect(ended.status == 1)
        let row = "shop 1, audit \(id ?? 0): row 2 of the chain is not as it was written"
        #expect(ended.output.contains("the audit is as it was written: \(row)"), "\(ended.output)")
    }
}
