import Basics
import Commerce
import Persistence
import Resources
import Support
import Testing

/// CONTRACT 8, "Access", "Audit": who did what to the shop and to what opens it.
@Suite struct AuditTests {
    private static func rows(_ shop: TestShop, _ query: String = "") async throws -> [JSON] {
        try await shop.get("audit?limit=1000&\(query)").json["audit"].elements
    }

    private static func count(_ shop: TestShop) async throws -> Int { try await rows(shop).count }

    /// What a write adds, the oldest first.
    private static func added(_ shop: TestShop, by write: () async throws -> Void) async throws -> [JSON] {
        let before = try await count(shop)
        try await write()
        return try await rows(shop).dropLast(before).reversed()
    }

    // MARK: What is written

    @Test func `a change of the shop names who made it, with what was there before and after`() async throws {
        let shop = try await TestShop.open()
        let this = try await shop.get("self").json
        let rows = try await Self.added(shop) {
            try await shop.put(
                "shop", ["name": "Ny butik", "vat_rate": "12.5"], headers: ["X-Request-Id": "req-audit-1"])
        }
        #expect(rows.count == 1)
        let row = rows[0]
        #expect(
            row.names == [
                "audit_id", "created", "actor", "action", "resource", "resource_id", "before", "after", "request_id",
                "hash", "last_modified",
            ])
        #expect(row["action"] == "updated" && row["resource"] == "shop" && row["resource_id"].integer == shop.id)
        #expect(row["actor"] == ["type": "token", "id": this["token_id"], "name": this["token_name"]])
        #expect(row["request_id"] == "req-audit-1" && row["created"] == "2026-03-01 13:00:00")
        #expect(row["before"]["name"] == "Test shop" && row["after"]["name"] == "Ny butik")
        #expect(row["before"]["vat_rate"].digits == "25" && row["after"]["vat_rate"].digits == "12.5")
        #expect(row["after"].names == Shop.info.fields.filter { !$0.isHidden }.map(\.name))
        #expect(try await shop.get("audit/\(row["audit_id"].integer)").json == row)
    }

    @Test func `a token is followed from its making to its end, and its text is nowhere`() async throws {
        let shop = try await TestShop.open()
        var texts = Array(shop.tokens.values)
        let rows = try await Self.added(shop) {
            let made = try await shop.post("token", ["name": "till", "access_level": "read"]).json
            let path = "token/\(made["token_id"].integer)"
            try await shop.put(path, ["burst": 7])
            let rotated = try await shop.post(path + "/rotate", ["overlap_seconds": 60]).json
            try await shop.delete(path)
            texts += [made["token"].text, rotated["token"].text]
        }
        #expect(rows.map { $0["action"].text } == ["created", "updated", "rotated", "deleted"])
        #expect(rows.map { $0["before"]["burst"] } == [.null, 40, 7, 7])
        #expect(rows.map { $0["after"]["burst"] } == [40, 7, 7, .null])
        #expect(rows[0]["before"].isNull && rows[3]["after"].isNull)
        #expect(rows[2]["before"]["last_four"] != rows[2]["after"]["last_four"])
        let stored = try await shop.server.storage.fetch("SELECT * FROM audit WHERE webshop_id = \(shop.id)")
            .map { "\($0.values)" }.joined()
        #expect(texts.count == 5)
        for text in texts { #expect(!stored.contains(text) && !stored.contains(TokenText.hash(text))) }
    }

    @Test func `a shop's audit begins with its opening, and a gateway is in it`() async throws {
        let shop = try await TestShop.open()
        let first = try await Self.rows(shop, "sort=audit_id")
        #expect(first.map { $0["resource"].text } == ["shop", "token", "token", "token"])
        #expect(first.allSatisfy { $0["actor"] == ["type": "job", "id": .null, "name": "command"] })
        #expect(first[0]["action"] == "created" && first[0]["after"]["name"] == "Test shop")
        let rows = try await Self.added(shop) {
            let id = try await shop.post("payment-gateway", ["name": "Card", "type": "sandbox"]).json[
                "payment_gateway_id"]
            try await shop.delete("payment-gateway/\(id.integer)")
        }
        #expect(rows.map { $0["resource"].text } == ["payment-gateway", "payment-gateway"])
        #expect(rows.map { $0["action"].text } == ["created", "deleted"])
    }

    @Test func `a user is in the platform's audit, and in that of each shop`() async throws {
        let server = try await TestServer()
        let shop = try await TestShop.open(on: server)
        let other = try await TestShop.open(on: server)
        let now = server.clock.now
        let id = try await server.storage.write(changing: User.tables) { db in
            try User.add(
                "Ann@Butik.test", name: "Ann", hash: "scrypt-of-hemmelig", shops: [shop.id],
                by: .command(at: now), in: db)
        }
        let row = try await Self.rows(shop, "resource=user")[0]
        #expect(row["action"] == "added" && row["resource_id"].integer == id && row["before"].isNull)
        #expect(row["after"] == ["email": "ann@butik.test", "name": "Ann", "role": "owner"])
        #expect(try await Self.rows(other, "resource=user").isEmpty)
        let platform = try await server.storage.fetch("SELECT action, after FROM audit WHERE webshop_id = 0")
        #expect(platform.count == 1)
        let action: String = try platform[0]["action"]
        #expect(action == "created")
        #expect(
            try await server.storage.fetch("SELECT * FROM audit").allSatisfy { !"\($0.values)".contains("hemmelig") })
        await server.stop()
    }

    // MARK: What is not

    @Test func `what changes nothing, is refused, tried or answered again leaves no row`() async throws {
        let shop = try await TestShop.open()
        let key = ["Idempotency-Key": "audit-1"]
        let body: JSON = ["name": "Renamed"]
        let rows = try await Self.added(shop) { () async throws in
            for _ in 1...2 { #expect(try await shop.put("shop", body, headers: key).status == 200) }
            #expect(try await shop.put("shop", body).status == 200)
            #expect(try await shop.put("shop", ["name": "Tried"], headers: ["Prefer": "dry-run"]).status == 200)
            #expect(try await shop.put("shop", ["vat_rate": 500, "name": "Refused"]).status == 422)
            #expect(
                try await shop.post("token", ["name": "x", "access_level": "read"], headers: ["Prefer": "dry-run"])
                    .status == 200)
        }
        #expect(rows.map { $0["after"]["name"].text } == ["Renamed"])
    }

    @Test func `a batch leaves one row for each of its rows, and none for those that failed`() async throws {
        let shop = try await TestShop.open()
        let good: JSON = ["method": "POST", "body": ["name": "A", "type": "manual"]]
        let bad: JSON = ["method": "POST", "body": ["name": "A", "type": "none"]]
        let together = try await Self.added(shop) {
            try await shop.post("payment-gateway/batch", [good, good, good])
        }
        #expect(together.map { $0["action"].text } == ["created", "created", "created"])
        #expect(Set(together.map { $0["resource_id"].integer }).count == 3)
        let partial = try await Self.added(shop) {
            try await shop.post("payment-gateway/batch?mode=partial", [good, bad, good])
        }
        #expect(partial.count == 2)
        let whole = try await Self.added(shop) { try await shop.post("payment-gateway/batch", [good, bad]) }
        #expect(whole.isEmpty)
    }

    @Test func `goods and orders are not audited, and an audited write costs one statement`() async throws {
        let shop = try await TestShop.open()
        let rows = try await Self.added(shop) { () async throws in
            let product = try await shop.product(stock: 5)
            #expect(try await shop.order([TestShop.line(product)]).status == 200)
            try await shop.post("brand", ["name": "B"])
        }
        #expect(rows.isEmpty)
        let server = try await TestServer()
        let quiet = try await TestShop.open(on: server)
        let gateway = try await quiet.post("payment-gateway", ["name": "A", "type": "manual"]).json[
            "payment_gateway_id"
        ]
        .integer
        let path = "payment-gateway/\(gateway)"
        try await quiet.put(path, ["name": "B"])
        let before = server.storage.statements
        #expect(try await quiet.put(path, ["name": "C"]).status == 200)
        // Taken, changed, and one statement each for the event and the audit; and where commits come in order, for the feed's proof.
        let proof = server.storage.dialect.commitsInOrder ? 1 : 0
        #expect(server.storage.statements - before == 4 + proof)
        await server.stop()
    }

    // MARK: Reading

    @Test func `the audit is found by what, by whom and when, a page at a time, the newest first`() async throws {
        let server = try await TestServer()
        let shop = try await TestShop.open(on: server)
        let me = try await shop.get("self").json["token_id"].integer
        server.clock.advance(seconds: 3600)
        let gateway = try await shop.post("payment-gateway", ["name": "Card", "type": "sandbox"]).json[
            "payment_gateway_id"
        ]
        .integer
        try await shop.put("payment-gateway/\(gateway)", ["name": "Kort"])
        for (query, count) in [
            ("", 6), ("resource=token", 3), ("resource=payment-gateway&resource_id=\(gateway)", 2),
            ("action=updated", 1), ("actor=token:\(me)", 2), ("actor=token", 2), ("actor=token:\(me + 1)", 0),
            ("actor=job:command", 4), ("actor=job", 4), ("actor=job:comma", 0), ("actor=user", 0),
            ("created[gte]=2026-03-01%2014:00:00", 2), ("created[lt]=2026-03-01%2014:00:00", 4),
        ] {
            #expect(try await Self.rows(shop, query).count == count, "\(query)")
        }
        let now = server.clock.now
        try await server.storage.transact(in: try await shop.tenant, at: now, as: "test") { tx in
            Audit.note("tried", "thing", "a/b \"c\"", after: ["x": 1], in: tx)
        }
        let named = try await Self.rows(shop, "resource_id=\("a/b \"c\"".escaped)")
        #expect(named.map { $0["resource_id"] } == ["a/b \"c\""])
        #expect(named[0]["after"] == ["x": 1] && named[0]["before"].isNull)
        for actor in ["token:x", "robot", "token:", "user:1:2"] {
            #expect(try await shop.get("audit?actor=\(actor)").pointers == ["?actor"], "\(actor)")
        }
        let ids = try await Self.rows(shop).map { $0["audit_id"].integer }
        #expect(ids == ids.sorted(by: >))
        var walked: [Int64] = []
        var after: String? = ""
        while let place = after {
            let page = try await shop.get("audit?limit=2&after=\(place.escaped)").json
            walked += page["audit"].elements.map { $0["audit_id"].integer }
            after = page["paging"]["next"].isNull ? nil : page["paging"]["next"].text
        }
        #expect(walked == ids)
        await server.stop()
    }

    @Test func `a shop reads its own audit, and nobody writes in it`() async throws {
        let shop = try await TestShop.open()
        let other = try await TestShop.open()
        let id = try await Self.rows(shop)[0]["audit_id"].integer
        #expect(try await other.get("audit/\(id)").status == 404)
        #expect(try await other.get("audit?audit_id=\(id)").json["audit"] == [])
        #expect(try await shop.send("GET", "/REST/audit", as: .write).status == 403)
        for method in ["PUT", "PATCH", "DELETE"] {
            #expect(try await shop.send(method, "/REST/audit/\(id)", [:]).status == 405)
        }
        for path in ["audit", "audit/batch"] {
            #expect(try await shop.send("POST", "/REST/\(path)", [:]).status >= 404)
        }
    }

    @Test func `what is written while another is still writing is chained, and so is that when it ends`() async throws {
        // On SQLite there is one writer, and nobody is still writing.
        guard Engine.current == .postgres else { return }
        let server = try await TestServer()
        let shop = try await TestShop.open(on: server)
        let held = try await Held.begin(in: shop, on: server.storage, at: server.clock.now) { tx in
            Audit.note("slow", "thing", 1, in: tx)
            try tx.flushEvents()
        }
        try await held.during {
            try await shop.put("shop", ["name": "Fast"])
            try await AuditChain.extend(in: server.storage)
            let rows = try await Self.rows(shop)
            #expect(rows.map { $0["action"].text } == ["updated", "created", "created", "created", "created"])
            #expect(rows.allSatisfy { !$0["hash"].isNull })
        }
        try await AuditChain.extend(in: server.storage)
        let rows = try await Self.rows(shop, "action=slow")
        #expect(rows.count == 1 && !rows[0]["hash"].isNull)
        #expect(try await shop.findings() == [])
        await server.stop()
    }
}
