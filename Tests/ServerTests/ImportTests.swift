import Commerce
import Exchange
import Resources
import Support
import Testing

/// Import over HTTP: a file becomes a job that any server may do, once (CONTRACT 4, "Import").
@Suite struct ImportTests {
    /// A server of its own: the jobs that wait are all shops'.
    private static func shop() async throws -> TestShop { try await TestShop.open(on: try await TestServer()) }

    private static func lines(_ count: Int) -> String {
        (1...count).map { #"{"own_id":"P\#($0)","name":"Product \#($0)","price":1}"# }.joined(separator: "\n")
    }

    @discardableResult
    private static func send(_ text: String, _ query: String = "format=butik-jsonl", to shop: TestShop) async throws
        -> Reply
    {
        try await shop.bytes("POST", "/REST/import?\(query)", Array(text.utf8), headers: ["Content-Type": "text/plain"])
    }

    @Test func `a file is put in line, done, and answered for`() async throws {
        let shop = try await Self.shop()
        let text = Self.lines(3) + "\n{\"own_id\":\"P4\",\"price\":\"dear, \\\"very\\\"\"}\n"
        let reply = try await Self.send(text, to: shop)
        #expect(reply.status == 200)
        let id = reply.json["import_id"].integer
        #expect((reply.json["status"], reply.json["done"], reply.json["total"]) == ("queued", 0, nil))
        #expect(reply.json["bytes"].integer == Int64(text.utf8.count))
        #expect(try await shop.total("product") == 0)

        #expect(try await shop.importWaiting() == 1)
        let job = try await shop.get("import/\(id)").json
        #expect((job["status"], job["done"], job["total"]) == ("done", 4, 4))
        #expect((job["created_count"], job["updated_count"], job["failed_count"]) == (3, 0, 1))
        #expect((job["unchanged_count"], job["refused_count"]) == (0, 1))
        #expect(!job["started"].isNull && !job["ended"].isNull && job["error"].isNull)
        let errors = try await shop.get("import/\(id)/errors")
        #expect(errors[header: "Content-Type"] == "text/csv; charset=utf-8")
        #expect(
            errors.text == """
                record,line,column,own_id,reason
                4,4,name,P4,is required (and 1 more)

                """)
        #expect(try await shop.total("product") == 3)
        #expect(try await shop.importWaiting() == 0)
        let feed = try await shop.get("event?limit=1000&resource=import").json["events"].elements
        #expect(feed.first?["type"] == "import.created")
        #expect(feed.last?["data"]["status"] == "done")

        try await Self.send(text, to: shop)
        #expect(try await shop.importWaiting() == 1)
        let again = try await shop.get("import/\(id + 1)").json
        #expect((again["created_count"], again["unchanged_count"], again["failed_count"]) == (0, 3, 1))
        await shop.server.stop()
    }

    @Test func `what is no import is refused before it is stored`() async throws {
        let shop = try await Self.shop()
        for query in ["", "format=", "format=excel"] {
            let reply = try await Self.send("x", query, to: shop)
            #expect(reply.status == 422)
            #expect(reply.pointers == ["?format"])
        }
        for (query, pointer) in [
            ("dry_run=yes", "?dry_run"), ("dry_run=on", "?dry_run"), ("dry_run=", "?dry_run"),
            ("strict=maybe", "?strict"), ("dry_run=0&strict=2", "?strict"),
        ] {
            let reply = try await Self.send("{}", "format=butik-jsonl&" + query, to: shop)
            #expect((reply.status, reply.pointers) == (422, [pointer]))
        }
        #expect(try await Self.send("", to: shop).code == "body_missing")
        let bytes = try await shop.bytes("POST", "/REST/import?format=butik-csv", [0x61, 0xFF])
        #expect((bytes.status, bytes.code) == (400, "body_not_text"))
        let nul = try await shop.bytes("POST", "/REST/import?format=butik-csv", [0x61, 0])
        #expect((nul.status, nul.code) == (400, "body_not_text"))
        let large = [UInt8](repeating: 0x61, count: BatchWrite.bodyMax + 1)
        #expect(try await shop.bytes("POST", "/REST/import?format=butik-csv", large).status == 413)
        #expect(try await shop.total("import") == 0)
        let header = try await Self.send("a,b\n1,2\n", "format=shopify-csv", to: shop)
        #expect(try await shop.importWaiting() == 1)
        let job = try await shop.get("import/\(header.json["import_id"].integer)").json
        #expect((job["status"], job["error"]) == ("failed", "line 1: the header has no column Handle"))
        await shop.server.stop()
    }

    @Test func `a dry run and a strict one leave nothing, and say why`() async throws {
        let shop = try await Self.shop()
        let text = Self.lines(2) + "\n{}"
        let dry = try await Self.send(text, "format=butik-jsonl&dry_run=1", to: shop).json["import_id"].integer
        let strict = try await Self.send(text, "format=butik-jsonl&strict=1", to: shop).json["import_id"].integer
        try await shop.importWaiting()
        let one = try await shop.get("import/\(dry)").json
        #expect((one["status"], one["created_count"], one["failed_count"], one["done"]) == ("done", 2, 1, 3))
        let two = try await shop.get("import/\(strict)").json
        #expect((two["status"], two["created_count"], two["failed_count"]) == ("failed", 0, 1))
        #expect(two["error"].text.hasPrefix("stopped at record 3, column own_id"))
        #expect(try await shop.get("import/\(strict)/errors").text.split(separator: "\n").count == 2)
        #expect(try await shop.total("product") == 0)
        await shop.server.stop()
    }

    @Test func `a job is cancelled once, and not after its end`() async throws {
        let shop = try await Self.shop()
        let id = try await Self.send(Self.lines(3), to: shop).json["import_id"].integer
        let cancelled = try await shop.delete("import/\(id)")
        #expect((cancelled.status, cancelled.json["status"]) == (200, "cancelled"))
        #expect(try await shop.delete("import/\(id)").code == "ended")
        #expect(try await shop.importWaiting() == 0)
        #expect(try await shop.total("product") == 0)
        await shop.server.stop()
    }

    @Test func `many workers do every job once`() async throws {
        let shop = try await Self.shop()
        for number in 1...6 {
            try await Self.send(#"{"own_id":"J\#(number)","name":"P","price":1,"stock":1}"#, to: shop)
        }
        _ = try await together(4) { _ in try await shop.importWaiting() }
        let jobs = try await shop.get("import?limit=10").json["imports"].elements
        #expect(jobs.map { $0["created_count"].integer } == [1, 1, 1, 1, 1, 1])
        #expect(jobs.allSatisfy { $0["status"] == "done" })
        #expect(try await shop.total("product") == 6)
        #expect(try await shop.total("stock-entry") == 6)
        #expect(try await shop.findings() == [])
        await shop.server.stop()
    }

    @Test func `a job whose worker died is gone on with from its last page, and the dead one writes no more`()
        async throws
    {
        let shop = try await Self.shop()
        let id = try await Self.send(Self.lines(1200), to: shop).json["import_id"].integer
        // The server stops between two pages.
        let stopped = Task {
            while try await shop.total("product") == 0 { await Task.yield() }
        }
        let first = Task { try await shop.importWaiting() }
        _ = try await stopped.value
        first.cancel()
        _ = await first.result
        let left = try await shop.get("import/\(id)").json
        #expect(left["status"] == "queued" || left["status"] == "done")
        // Taken, and never heard of again: nobody else has it while the lease holds.
        let storage = shop.server.storage
        let until = shop.server.clock.now.adding(seconds: Claim.leaseSeconds)
        try await storage.write { db in
            try db.run("UPDATE import_jobs SET status = 'running', ended = NULL")
            try db.run(
                """
                INSERT INTO queue (webshop_id, kind, subject, lane, due, attempts, worker)
                VALUES (\(shop.id), 'import', \(id), '', \(until), 1, 'dead')
                ON CONFLICT (webshop_id, kind, subject) DO UPDATE SET worker = 'dead', due = excluded.due, attempts = 1
                """)
        }
        #expect(try await shop.importWaiting() == 0)
        shop.server.clock.advance(seconds: Claim.leaseSeconds)
        #expect(try await shop.importWaiting() == 1)
        let job = try await shop.get("import/\(id)").json
        #expect((job["status"], job["done"]) == ("done", 1200))
        #expect(try await shop.total("product") == 1200)
        #expect(job["created_count"].integer + job["unchanged_count"].integer == 1200)
        await shop.server.stop()
    }

    /// What a process leaves behind that died after it had begun the next records.
    private static func die(_ shop: TestShop, begun: Int64) async throws {
        try await shop.server.storage.write { db in
            try db.run("UPDATE import_jobs SET status = 'running' WHERE ended IS NULL")
            try db.run("UPDATE queue SET worker = 'dead', due = 0, attempts = \(begun) WHERE kind = 'import'")
        }
    }

    @Test func `a job that took two servers down at one place waits for a person, who begins or ends it`() async throws
    {
        let shop = try await Self.shop()
        let id = try await Self.send(Self.lines(3), to: shop).json["import_id"].integer
        for _ in 1...2 {
            try await Self.die(shop, begun: 2)
            #expect(try await shop.importWaiting() == 1)
            let job = try await shop.get("import/\(id)").json
            #expect(job["status"] == "failed")
            #expect(job["error"].text.hasPrefix("brought its server down behind the first 0 products"))
            #expect(try await shop.importWaiting() == 0)
            let findings = try await shop.findings()
            #expect(findings.count == 1 && findings[0].contains("import \(id)"))
            #expect(try await shop.post("import/\(id)/retry", [:]).json["status"] == "queued")
            #expect(try await shop.findings() == [])
        }
        #expect(try await shop.importWaiting() == 1)
        let job = try await shop.get("import/\(id)").json
        #expect((job["status"], job["created_count"], job["error"]) == ("done", 3, nil))
        #expect(try await shop.post("import/\(id)/retry", [:]).code == "not_set_aside")
        let other = try await Self.send(Self.lines(1), to: shop).json["import_id"].integer
        try await Self.die(shop, begun: 2)
        #expect(try await shop.importWaiting() == 1)
        #expect(try await shop.delete("import/\(other)").json["status"] == "cancelled")
        #expect(try await shop.findings() == [])
        await shop.server.stop()
    }

    @Test func `behind a death the records are taken one by one, so that each that is done is done for good`()
        async throws
    {
        let shop = try await Self.shop()
        let id = try await Self.send(Self.lines(600), to: shop).json["import_id"].integer
        try await Self.die(shop, begun: 1)
        #expect(try await shop.importWaiting() == 1)
        let job = try await shop.get("import/\(id)").json
        #expect((job["status"], job["done"], job["created_count"]) == ("done", 600, 600))
        // Each page is a version of the job: 500 of one record, and one of the rest.
        let version = try await shop.server.storage.fetch("SELECT version FROM import_jobs").first?.integer(at: 0) ?? 0
        #expect(version > 501)
        await shop.server.stop()
    }

    @Test func `a server that stops gives its claim back, however often`() async throws {
        let shop = try await Self.shop()
        let id = try await Self.send(Self.lines(600), to: shop).json["import_id"].integer
        for _ in 1...5 {
            let work = Task { try await shop.importWaiting() }
            work.cancel()
            _ = await work.result
            let status = try await shop.get("import/\(id)").json["status"]
            #expect(status == "queued" || status == "done")
        }
        try await shop.importWaiting()
        #expect(try await shop.get("import/\(id)").json["status"] == "done")
        await shop.server.stop()
    }

    @Test(.timeLimit(.minutes(1)))
    func `a list of running jobs has a job as soon as it is taken`() async throws {
        let shop = try await Self.shop()
        try await Self.send(Self.lines(1), to: shop)
        #expect(try await shop.get("import?status=running").json["paging"]["total"] == 0)
        #expect(try await shop.get("import?status=queued").json["paging"]["total"] == 1)
        let storage = PausedStorage(shop.server.storage, at: "FROM import_files")
        let running = Task { try await shop.importWaiting(on: storage) }
        try await storage.whilePaused { () async throws in
            #expect(try await shop.get("import?status=running").json["paging"]["total"] == 1)
            #expect(try await shop.get("import?status=queued").json["paging"]["total"] == 0)
        }
        #expect(try await running.value == 1)
        #expect(try await shop.get("import?status=running").json["paging"]["total"] == 0)
        await shop.server.stop()
    }

    @Test func `ended jobs are forgotten after ninety days`() async throws {
        let shop = try await Self.shop()
        try await Self.send("{}", to: shop)
        #expect(try await shop.importWaiting() == 1)
        try await Self.send("{}", to: shop)
        shop.server.clock.advance(seconds: 91 * 86_400)
        try await shop.forgetImports()
        #expect(try await shop.get("import").json["imports"].elements.map { $0["status"] } == ["queued"])
        await shop.server.stop()
    }
}
