import Basics
import ButikFiles
import Persistence
import Resources
import Support
import Testing

/// CONTRACT 4, "Idempotency": a write is done once per key, and its answer can be asked for again.
@Suite struct IdempotencyTests {
    private static func key(_ key: String = "key-1") -> [String: String] { ["Idempotency-Key": key] }

    private static func total(_ shop: TestShop, _ path: String = "product") async throws -> Int64 {
        try await shop.get(path + "?limit=1").json["paging"]["total"].integer
    }

    private static func expectReplay(_ second: Reply, of first: Reply) {
        #expect(second.status == first.status)
        #expect(second.body == first.body)
        #expect(second[header: "Content-Type"] == first[header: "Content-Type"])
        #expect(second[header: "ETag"] == first[header: "ETag"])
        #expect(first[header: "Idempotent-Replayed"] == nil)
        #expect(second[header: "Idempotent-Replayed"] == "true")
    }

    @Test func `a repeated write gets the first answer, byte for byte, and is done once`() async throws {
        let shop = try await TestShop.open()
        let first = try await shop.post("product", ["name": "Shirt"], headers: Self.key())
        let second = try await shop.post("product", ["name": "Shirt"], headers: Self.key())
        #expect(first.status == 200)
        Self.expectReplay(second, of: first)
        #expect(try await Self.total(shop) == 1)
        #expect(try await shop.get("event?type=product.created").json["events"].elements.count == 1)
    }

    @Test func `the first answer stands even when the object has changed since`() async throws {
        let shop = try await TestShop.open()
        let first = try await shop.post("product", ["name": "Shirt"], headers: Self.key())
        try await shop.put("product/\(first.json["product_id"].integer)", ["name": "Blouse"])
        let second = try await shop.post("product", ["name": "Shirt"], headers: Self.key())
        Self.expectReplay(second, of: first)
    }

    @Test func `changes, deletions, stock and orders are done once too`() async throws {
        let shop = try await TestShop.open()
        let id = try await shop.product("Shirt", stock: 10)
        let line: JSON = ["products": [["product_id": .number(id), "amount": 1]]]
        for (index, (method, path, body)) in [
            ("PUT", "stock/\(id)", ["adjust": 5]), ("POST", "stock", ["product_id": .number(id), "adjust": -1]),
            ("POST", "stock-entry", ["product_id": .number(id), "change": 2, "reason": "found"]),
            ("POST", "order", line), ("PUT", "product/\(id)", ["name": "Blouse"]), ("DELETE", "product/\(id)", nil),
        ].enumerated() as EnumeratedSequence<[(String, String, JSON?)]> {
            let first = try await shop.send(method, "/REST/" + path, body, headers: Self.key("k\(index)"))
            let second = try await shop.send(method, "/REST/" + path, body, headers: Self.key("k\(index)"))
            #expect(first.status == 200, "\(method) \(path): \(first.text)")
            Self.expectReplay(second, of: first)
        }
        #expect(try await shop.ledger(id) == 10 + 5 - 1 + 2 - 1)
        #expect(try await Self.total(shop, "order") == 1)
    }

    @Test func `a key used for another request is 422`() async throws {
        let shop = try await TestShop.open()
        let id = try await shop.product("Shirt")
        try await shop.post("product", ["name": "A"], headers: Self.key())
        for (method, path, body) in [
            ("POST", "product", ["name": "B"]), ("POST", "product?x=1", ["name": "A"]),
            ("POST", "brand", ["name": "A"]),
            ("PUT", "product/\(id)", ["name": "A"]), ("DELETE", "product/\(id)", nil),
        ] as [(String, String, JSON?)] {
            let reply = try await shop.send(method, "/REST/" + path, body, headers: Self.key())
            #expect(reply.status == 422, "\(method) \(path)")
            #expect(reply.json["errors"][0]["code"] == "idempotency_key_reused", "\(method) \(path)")
        }
        #expect(try await Self.total(shop) == 2)
        #expect(try await shop.get("product/\(id)").json["name"] == "Shirt")
    }

    @Test func `answers that will not change are kept`() async throws {
        let shop = try await TestShop.open()
        let gone = try await shop.product("Gone")
        try await shop.delete("product/\(gone)")
        try await shop.post("product", ["name": "First", "own_id": "SKU"])
        let scarce = try await shop.product("Scarce", stock: 1)
        for (path, body, status) in [
            ("product", ["name": ""], 422), ("product", ["name": "Second", "own_id": "SKU"], 409),
            ("product/\(gone)", ["name": "x"], 410), ("product/9007199254740991", ["name": "x"], 404),
            ("order", ["products": [["product_id": .number(scarce), "amount": 2]]], 409),
        ] as [(String, JSON, Int)] {
            let method = path.contains("/") ? "PUT" : "POST"
            let key = Self.key("kept-\(path)-\(status)")
            let first = try await shop.send(method, "/REST/" + path, body, headers: key)
            let second = try await shop.send(method, "/REST/" + path, body, headers: key)
            #expect(first.status == status, "\(path)")
            Self.expectReplay(second, of: first)
        }
    }

    @Test func `a refused order is answered from the key even when there is stock again`() async throws {
        let shop = try await TestShop.open()
        let id = try await shop.product("Scarce", stock: 1)
        let body: JSON = ["products": [["product_id": .number(id), "amount": 2]]]
        let first = try await shop.post("order", body, headers: Self.key())
        try await shop.put("stock/\(id)", ["count": 9])
        Self.expectReplay(try await shop.post("order", body, headers: Self.key()), of: first)
        #expect(try await shop.stock(id) == 9)
        #expect(try await shop.post("order", body, headers: Self.key("another")).status == 200)
    }

    @Test func `answers that say try again are not kept`() async throws {
        let shop = try await TestShop.open()
        let id = try await shop.product("Shirt")
        #expect(try await shop.bytes("POST", "/REST/brand", Array("{".utf8), headers: Self.key("a")).status == 400)
        #expect(try await shop.post("brand", ["name": "A"], headers: Self.key("a")).status == 200)
        let forbidden = try await shop.send(
            "POST", "/REST/brand", ["name": "A"], as: .read, headers: Self.key("b"))
        #expect(forbidden.status == 403)
        #expect(try await shop.post("brand", ["name": "A"], headers: Self.key("b")).status == 200)
        let stale = Self.key("c").merging(["If-Match": "\"0-x\""]) { $1 }
        #expect(try await shop.put("product/\(id)", ["name": "B"], headers: stale).status == 412)
        #expect(try await shop.put("product/\(id)", ["name": "B"], headers: Self.key("c")).status == 200)
    }

    @Test func `thirty requests with one key at once make one row`() async throws {
        let shop = try await TestShop.open()
        let replies = try await withThrowingTaskGroup(of: Reply.self) { group in
            for _ in 1...30 {
                group.addTask { try await shop.post("product", ["name": "Shirt"], headers: Self.key()) }
            }
            return try await group.reduce(into: [Reply]()) { $0.append($1) }
        }
        let done = replies.filter { $0.status == 200 }
        let waiting = replies.filter { $0.status == 409 }
        #expect(done.count >= 1)
        #expect(done.count + waiting.count == 30)
        #expect(Set(done.map(\.text)).count == 1)
        #expect(done.filter { $0[header: "Idempotent-Replayed"] == nil }.count == 1)
        #expect(waiting.allSatisfy { $0[header: "Retry-After"] != nil && $0.code == "idempotency_in_flight" })
        #expect(try await Self.total(shop) == 1)
        let last = try await shop.post("product", ["name": "Shirt"], headers: Self.key())
        #expect(last.text == done.first?.text)
    }

    @Test func `keys of two tokens and of two shops are not the same key`() async throws {
        let shop = try await TestShop.open()
        let other = try await TestShop.open()
        let body: JSON = ["name": "Shirt"]
        let replies = [
            try await shop.send("POST", "/REST/product", body, as: .all, headers: Self.key()),
            try await shop.send("POST", "/REST/product", body, as: .write, headers: Self.key()),
            try await other.send("POST", "/REST/product", body, as: .all, headers: Self.key()),
        ]
        #expect(replies.allSatisfy { $0.status == 200 && $0[header: "Idempotent-Replayed"] == nil })
        #expect(Set(replies.map { $0.json["product_id"].integer }).count == 3)
        #expect(try await Self.total(shop) == 2)
    }

    @Test func `a key is one to 255 characters, and means nothing on a read`() async throws {
        let shop = try await TestShop.open()
        for key in ["", String(repeating: "k", count: 256)] {
            let reply = try await shop.post("product", ["name": "A"], headers: Self.key(key))
            #expect(reply.status == 400, "\(key.count)")
            #expect(reply.code == "idempotency_key", "\(key.count)")
        }
        let longest = Self.key(String(repeating: "k", count: 255))
        #expect(try await shop.post("product", ["name": "A"], headers: longest).status == 200)
        for _ in 1...2 {
            #expect(try await shop.get("product", headers: Self.key())[header: "Idempotent-Replayed"] == nil)
        }
        #expect(try await Self.total(shop) == 1)
    }

    @Test func `an answer that held a secret is not kept, and what it made is not made again`() async throws {
        let shop = try await TestShop.open()
        let body: JSON = ["name": "till", "access_level": "read"]
        let before = try await Self.total(shop, "token")
        let first = try await shop.post("token", body, headers: Self.key())
        let second = try await shop.post("token", body, headers: Self.key())
        #expect(first.status == 200)
        #expect(second.status == 409)
        #expect(second.code == "answered_once")
        #expect(second[header: "Idempotent-Replayed"] == "true")
        #expect(try await Self.total(shop, "token") == before + 1)
        let secret = first.json["token"].text
        let kept = try await shop.server.storage.fetch(
            "SELECT body FROM idempotency_keys WHERE webshop_id = \(shop.id)")
        #expect(kept.count == 1)
        #expect(kept.allSatisfy { $0.text(at: 0)?.contains(secret) == false })
    }

    @Test func `keys from before callers had names are replayed after the upgrade`() async throws {
        let storage = try await Engine.emptyDatabase().storage
        let files = try ButikFiles.migrationFiles()
        let before = files.filter { $0.name < "0024" }
        _ = try await Migrator(files: before, dialect: storage.dialect).migrate(storage)
        _ = try await storage.write { db in
            try db.run(
                """
                INSERT INTO idempotency_keys
                (webshop_id, token_id, idempotency_key, request_hash, status, content_type, version, body, created)
                VALUES (1, 5, 'old', 'hash', 200, 'application/json', 3, '{"brand_id":8}', 1),
                (1, 7, 'old', 'other', 404, 'application/problem+json', NULL, '{}', 2)
                """)
        }
        _ = try await Migrator(files: files, dialect: storage.dialect).migrate(storage)
        let replayed = try await Self.write(asToken: 5, key: "old", hash: "hash", in: storage)
        #expect(replayed.body == Array(#"{"brand_id":8}"#.utf8))
        #expect(replayed.version == 3)
        #expect(replayed.headers.contains { $0 == ("Idempotent-Replayed", "true") })
        // Another token's key is another key.
        #expect(try await Self.write(asToken: 6, key: "old", hash: "hash", in: storage).body == Array("new".utf8))
        #expect(try await Self.write(asToken: 7, key: "old", hash: "other", in: storage).status == 404)
        await storage.close()
    }

    private static func write(
        asToken id: Int64, key: String, hash: String, in storage: any Storage
    ) async throws -> Answer {
        let tenant = Tenant(
            webshopID: 1, name: "", currency: .danishKrone, zone: .utc, url: "", vatRate: 0, pricesIncludeVAT: true,
            countryID: 0, sellsUnderOSS: false, domains: [], origins: [])
        let caller = Caller.token(Principal(tenant: tenant, tokenID: id, tokenName: "till", level: .write))
        let endpoint = Endpoint(
            .post, "/REST/test", .token(.write), "test", "", Documentation(),
            .write { _, _ in Answer(contentType: "text/plain", body: Array("new".utf8)) })
        let call = Call(
            endpoint: endpoint, caller: caller, requestID: "test", now: Instant(milliseconds: 3),
            idempotency: IdempotencyKey(caller: caller.key ?? "", key: key, requestHash: hash))
        return try await WriteDoor.perform(call, on: storage) { _, _ in
            Answer(contentType: "text/plain", body: Array("new".utf8))
        }
    }

    @Test func `a key whose time is over is forgotten, and a younger one is not`() async throws {
        let server = try await TestServer()
        let shop = try await TestShop.open(on: server)
        try await shop.post("brand", ["name": "A"], headers: Self.key("old"))
        server.clock.advance(seconds: 3600)
        try await shop.post("brand", ["name": "A"], headers: Self.key("new"))
        try await WriteDoor.expireKeys(in: server.storage, before: server.clock.now.adding(seconds: -1800))
        let again = try await shop.post("brand", ["name": "A"], headers: Self.key("old"))
        #expect(again[header: "Idempotent-Replayed"] == nil)
        let replay = try await shop.post("brand", ["name": "A"], headers: Self.key("new"))
        #expect(replay[header: "Idempotent-Replayed"] == "true")
        await server.stop()
    }
}
