import Basics
import Foundation
import Persistence
import Resources
import Support
import Testing

/// A file that takes its server down is not begun for ever: two deaths at one place are enough.
@Suite struct ImportCrashTests {
    private static let products: Int64 = 20

    /// One page. Its first product takes a server long enough to be killed at it: it has as many variants as one may have.
    private static let file: [UInt8] = {
        let sizes = (1...50).map { "S\($0)" }
        let colours = (1...40).map { "C\($0)" }
        func attribute(_ name: String, _ values: [String]) -> JSON {
            ["name": .string(name), "is_variant": 1, "values": .array(values.map { ["val": .string($0)] })]
        }
        let settings = sizes.flatMap { size in
            colours.map { colour in
                [
                    "own_id": .string("WIDE-\(size)-\(colour)"), "stock": 1,
                    "options": ["Size": .string(size), "Colour": .string(colour)],
                ] as JSON
            }
        }
        let wide: JSON = [
            "own_id": "WIDE", "name": "Wide", "price": 1, "stock_settings": .array(settings),
            "profile": ["name": "Wide", "attributes": [attribute("Size", sizes), attribute("Colour", colours)]],
        ]
        let others = (2...products).map { ["own_id": .string("P\($0)"), "name": "P", "price": 1] as JSON }
        return Array(([wide] + others).map(\.serialized).joined(separator: "\n").utf8)
    }()

    private static func send(_ client: Client) async throws -> Int64 {
        let reply = try await HTTP.send(
            "POST", "/REST/import?format=butik-jsonl", body: file,
            headers: ["Authorization": "Bearer \(client.token)"], port: client.port)
        return reply.json["import_id"].integer
    }

    /// Kills a server as soon as it is seen to write the first record, and answers the state it leaves behind.
    /// - Parameter before: the state that the server found; where it is another now, the job was begun anew.
    private static func kill(
        _ serving: Serving, at id: Int64, _ client: Client, after before: String? = nil
    ) async throws -> String? {
        let client = Client(token: client.token, port: serving.port)
        var state: String?
        try await eventually("a job that is under way") {
            let reply = try await client.get("import/\(id)")
            state = reply[header: "ETag"]
            return reply.json["status"] == "running" && !reply.json["total"].isNull && state != before
        }
        try await serving.kill()
        return state
    }

    /// On Postgres another server might still be at the job, until the lease of the dead one has run out. Nobody waits
    /// half a minute for that here.
    private static func endLease(_ binary: Binary) async throws {
        guard Engine.current == .postgres else { return }
        let storage = try await Engine.open(binary.database)
        _ = try await storage.write { db in
            try db.run("UPDATE queue SET due = 0 WHERE kind = 'import' AND worker IS NOT NULL")
        }
        await storage.close()
    }

    @Test func `an import that was killed twice at one record is told of, and begun again by a person only`()
        async throws
    {
        let binary = try await Binary.fresh()
        let (first, client, _) = try await binary.openShop { try await binary.serve() }
        let id = try await Self.send(client)
        let state = try await Self.kill(first, at: id, client)
        try await Self.endLease(binary)
        _ = try await Self.kill(try await binary.serve(), at: id, client, after: state)
        try await Self.endLease(binary)

        let third = try await binary.serve()
        let again = Client(token: client.token, port: third.port)
        try await eventually("the end of the job") { try await again.get("import/\(id)").json["status"] == "failed" }
        let job = try await again.get("import/\(id)").json
        #expect((job["done"], job["created_count"]) == (0, 0))
        let reason = "brought its server down behind the first 0 products of its file"
        #expect(job["error"].text.hasPrefix(reason), "\(job["error"])")
        try await eventually("a line in the log") { third.program.error.contains("import \(id) of shop 1 \(reason)") }
        let found = try await binary.run("doctor")
        #expect(found.status == 1)
        #expect(found.output.contains("shop 1, import \(id): stored failed, and \(reason)"), "\(found.output)")
        #expect(try await again.get("product?limit=0").json["paging"]["total"] == 1)

        // The server goes on with what else there is.
        let other = try await HTTP.send(
            "POST", "/REST/import?format=butik-csv", body: Array("own_id,name,price\nA,Lamp,5\n".utf8),
            headers: ["Authorization": "Bearer \(client.token)"], port: third.port)
        let path = "import/\(other.json["import_id"].integer)"
        try await eventually("the end of another job") { try await again.get(path).json["status"] == "done" }
        #expect(try await again.get("import/\(id)").json == job)

        #expect(try await again.post("import/\(id)/retry", [:]).json["status"] == "queued")
        try await eventually("the end of the job", seconds: 120) {
            try await again.get("import/\(id)").json["status"] == "done"
        }
        let done = try await again.get("import/\(id)").json
        #expect((done["created_count"].integer, done["failed_count"], done["error"]) == (Self.products, 0, nil))
        #expect(try await again.get("product/own_id:WIDE").json["stock_settings"].elements.count == 2000)
        #expect(try await again.get("product?limit=0").json["paging"]["total"].integer == Self.products + 2)
        #expect(try await third.stop() == 0)
        #expect(try await binary.succeed("doctor").hasPrefix("All "))
    }
}
