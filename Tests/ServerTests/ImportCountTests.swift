import Basics
import Commerce
import Exchange
import Resources
import Support
import Testing

/// What an import answers of its records, and the ways a file may come (CONTRACT 8, "Import counts").
@Suite struct ImportCountTests {
    private static func job(_ shop: TestShop, _ text: String, _ query: String = "format=butik-csv") async throws -> JSON
    {
        let sent = try await shop.bytes("POST", "/REST/import?\(query)", Array(text.utf8))
        try await shop.importWaiting()
        return try await shop.get("import/\(sent.json["import_id"].integer)").json
    }

    private static func counts(_ job: JSON) -> [Int64] {
        ["created_count", "updated_count", "unchanged_count", "refused_count"].map { job[$0].integer }
    }

    @Test func `every record was created, updated, unchanged or refused, however many faults it has`() async throws {
        let shop = try await TestShop.open(on: try await TestServer())
        let lines = [
            "own_id,name,price,weight,stock", "A,Lamp,5,1,2", "B,Chair,6,1,1", "C,,dear,heavy,1", ",Nameless,1,1,1",
            "D,Shelf,7,1,-4", "A,Lamp,8,1,2",
        ]
        let first = try await Self.job(shop, lines.joined(separator: "\n"))
        // D is taken without its stock, which is below zero: a fault, and no refusal.
        #expect(Self.counts(first) == [3, 1, 0, 2], "\(first.serialized)")
        #expect(first["failed_count"].integer >= 3)
        #expect(first["done"].integer == Self.counts(first).reduce(0, +))
        let again = try await Self.job(shop, (lines[0...2] + ["A,Lamp,8,1,2"]).joined(separator: "\n"))
        #expect(again["done"].integer == Self.counts(again).reduce(0, +), "\(again.serialized)")
        let dry = try await Self.job(shop, lines.joined(separator: "\n"), "format=butik-csv&dry_run=1")
        #expect(dry["done"].integer == Self.counts(dry).reduce(0, +), "\(dry.serialized)")
        #expect(Self.counts(dry)[3] == 2)
        await shop.server.stop()
    }

    @Test func `a dry run counts what the import then does`() async throws {
        let shop = try await TestShop.open(on: try await TestServer())
        let lines = ["own_id,name,price", "A,Lamp,5", "B,,dear", "C,Chair,6"].joined(separator: "\n")
        let dry = try await Self.job(shop, lines, "format=butik-csv&dry_run=1")
        #expect(Self.counts(dry) == [2, 0, 0, 1])
        let real = try await Self.job(shop, lines)
        #expect(Self.counts(real) == Self.counts(dry))
        #expect(real["failed_count"] == dry["failed_count"])
        await shop.server.stop()
    }

    @Test func `a strict import counts nothing behind the record it stopped at`() async throws {
        let shop = try await TestShop.open(on: try await TestServer())
        let lines = ["own_id,name,price", "A,Lamp,5", "B,,dear", "C,Chair,6", "D,,", ",Nameless,1"]
        let job = try await Self.job(shop, lines.joined(separator: "\n"), "format=butik-csv&strict=1")
        #expect(job["status"] == "failed" && job["error"].text.hasPrefix("stopped at record 2"))
        #expect(Self.counts(job) == [0, 0, 0, 2] && job["done"] == 2, "\(job.serialized)")
        let errors = try await shop.get("import/\(job["import_id"].integer)/errors").text.split(separator: "\n")
        #expect(errors.count - 1 == job["failed_count"].integer)
        #expect(errors.dropFirst().allSatisfy { $0.hasPrefix("2,") }, "\(errors)")
        #expect(try await shop.total("product") == 0)
        await shop.server.stop()
    }

    @Test func `rows of variants of one product are records too`() async throws {
        let shop = try await TestShop.open(on: try await TestServer())
        let made = try await Self.job(
            shop,
            """
            type,parent,own_id,name,price,option1_name,option1_value
            product,,S,Shirt,5,,
            variant,S,S-1,,,Size,S
            variant,S,S-2,,,Size,M
            """)
        #expect(Self.counts(made) == [1, 0, 0, 0], "\(made.serialized)")
        let prices = try await Self.job(shop, "own_id,price\nS-1,6\nS-2,7\nX,1\n")
        #expect(Self.counts(prices) == [0, 2, 0, 1], "\(prices.serialized)")
        #expect(prices["done"] == 3)
        await shop.server.stop()
    }

    // MARK: In a form

    private static func form(_ parts: [(head: String, content: String)], boundary: String = "XyZ") -> [UInt8] {
        let body = parts.map { part in
            "--\(boundary)\r\nContent-Disposition: form-data; \(part.head)\r\n\r\n\(part.content)\r\n"
        }
        return Array((body.joined() + "--\(boundary)--\r\n").utf8)
    }

    private static func send(
        _ shop: TestShop, _ bytes: [UInt8], _ query: String = "", boundary: String = "XyZ",
        headers: [String: String] = [:]
    ) async throws -> Reply {
        let type = ["Content-Type": "multipart/form-data; boundary=\(boundary)"]
        return try await shop.bytes(
            "POST", "/REST/import\(query)", bytes, headers: type.merging(headers) { $1 })
    }

    private static let file = (head: "name=\"f\"; filename=\"products.csv\"", content: "own_id,name,price\nA,Lamp,5\n")

    @Test func `a file may come in a form, with its parameters there or in the address`() async throws {
        let shop = try await TestShop.open()
        let format = (head: "name=\"format\"", content: "butik-csv")
        let strict = ["Prefer": "handling=strict"]
        for (bytes, query) in [
            (Self.form([Self.file]), "?format=butik-csv"), (Self.form([format, Self.file]), ""),
            (Self.form([Self.file, format, (head: "name=\"dry_run\"", content: "1")]), ""),
        ] {
            let reply = try await Self.send(shop, bytes, query, headers: strict)
            #expect(reply.status == 200, "\(reply.text)")
            #expect(reply.json["bytes"].integer == Int64(Self.file.content.utf8.count))
            #expect(reply.json["format"] == "butik-csv")
        }
        let jobs = try await shop.get("import").json["imports"].elements
        #expect(jobs.map { $0["is_dry_run"].integer } == [1, 0, 0])
    }

    @Test func `a form that is repeated with another boundary is the same request`() async throws {
        let shop = try await TestShop.open()
        let key = ["Idempotency-Key": "import-1"]
        let first = try await Self.send(shop, Self.form([Self.file]), "?format=butik-csv", headers: key)
        let again = try await Self.send(
            shop, Self.form([Self.file], boundary: "Other"), "?format=butik-csv", boundary: "Other", headers: key)
        #expect((again.body, again[header: "Idempotent-Replayed"]) == (first.body, "true"))
        let other = (head: Self.file.head, content: "own_id,name,price\nB,Lamp,5\n")
        #expect(try await Self.send(shop, Self.form([other]), "?format=butik-csv", headers: key).status == 422)
    }

    @Test func `a form without a file, or none at all, is refused`() async throws {
        let shop = try await TestShop.open()
        for bytes in [Self.form([(head: "name=\"format\"", content: "butik-csv")]), Array("own_id,name\n".utf8)] {
            let reply = try await Self.send(shop, bytes, "?format=butik-csv")
            #expect((reply.status, reply.code) == (400, "multipart"))
        }
        let field = (head: "name=\"format\"", content: "excel")
        #expect(try await Self.send(shop, Self.form([field, Self.file])).pointers == ["?format"])
    }

    @Test func `a form that says another than the address is refused, and the same is fine`() async throws {
        let shop = try await TestShop.open()
        let field = (head: "name=\"format\"", content: "butik-csv")
        let other = try await Self.send(shop, Self.form([field, Self.file]), "?format=butik-jsonl")
        #expect((other.status, other.pointers) == (422, ["?format"]), "\(other.text)")
        #expect(other.text.contains("butik-jsonl in the address and butik-csv in the form"))
        #expect(try await Self.send(shop, Self.form([field, Self.file]), "?format=butik-csv").status == 200)
    }
}
