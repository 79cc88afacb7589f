import Basics
import Compression
import Resources
import Server
import Support
import Testing

/// Large bodies: bounded as they are read, worked on beside the event loops, their memory counted.
@Suite struct LargeBodyTests {
    private static let megabyte = 1_048_576

    /// `[0,0,0,…]`, as large as a batch may be.
    private static let zeros = Array(("[" + String(repeating: "0,", count: 8_300_000) + "0]").utf8)

    @Test func `eight million rows are refused at the one that is too many`() async throws {
        let shop = try await TestShop.open()
        for path in ["brand/batch", "stock", "product/batch?mode=partial"] {
            let reply = try await shop.bytes("POST", "/REST/" + path, Self.zeros)
            #expect(reply.status == 422)
            #expect(reply.json["errors"][0]["code"] == "too_long")
            #expect(reply.json["detail"].text.contains("has more than 1000 rows"))
        }
    }

    @Test func `a body of more values than anybody means is 413`() async throws {
        let shop = try await TestShop.open()
        let padding = Array(repeating: "0", count: 1_000_000).joined(separator: ",")
        let rows = #"[{"method":"POST","body":{"name":"A","padding":[\#(padding)]}}]"#
        let reply = try await shop.bytes("POST", "/REST/brand/batch", Array(rows.utf8))
        #expect(reply.status == 413)
        #expect(reply.code == "too_many_values")
    }

    @Test func `a large body has the same answer as a small one`() async throws {
        let shop = try await TestShop.open()
        let text = String(repeating: "\\u00e6", count: 16_000)
        let row = #"{"method":"POST","body":{"name":"A","description":"\#(text)"}}"#
        let rows = Array(("[" + Array(repeating: row, count: 100).joined(separator: ",") + "]").utf8)
        #expect(rows.count > 9 * Self.megabyte)
        let key = ["Idempotency-Key": "large-\(shop.id)", "Content-Type": "application/json"]
        let reply = try await shop.bytes("POST", "/REST/brand/batch", rows, headers: key)
        #expect(reply.status == 200)
        #expect(reply.json["results"].elements.count == 100)
        let again = try await shop.bytes("POST", "/REST/brand/batch", rows, headers: key)
        #expect(again.body == reply.body)
        #expect(again[header: "Idempotent-Replayed"] == "true")
        let other = try await shop.bytes("POST", "/REST/brand/batch", rows + [32], headers: key)
        #expect(other.status == 422)
        #expect(try await shop.get("brand").json["paging"]["total"] == 100)
    }

    @Test func `a long page is the same, packed or not`() async throws {
        let shop = try await TestShop.open()
        let rows = (1...400).map { ["method": "POST", "body": ["name": .string("Brand \($0)")]] as JSON }
        try await shop.post("brand/batch", .array(rows))
        let plain = try await shop.get("brand?limit=1000")
        let packed = try await shop.get("brand?limit=1000", headers: ["Accept-Encoding": "gzip"])
        #expect(plain.json["brands"].elements.count == 400)
        #expect(packed[header: "Content-Encoding"] == "gzip")
        #expect(Gzip.decompress(packed.body, atMost: Self.megabyte) == plain.body)
    }

    // MARK: Memory

    /// A client that has sent a head and some of a large body, and is in no hurry.
    private static func begin(_ shop: TestShop, _ sent: Int, of length: Int) async throws -> Task<Reply, any Error> {
        let head = [
            "POST /REST/brand/batch HTTP/1.1", "Host: a", "Authorization: Bearer \(shop.token(.write))",
            "Content-Type: application/json", "Content-Length: \(length)", "Connection: close",
        ].joined(separator: "\r\n")
        let port = shop.server.port
        let bytes = Array((head + "\r\n\r\n[").utf8) + [UInt8](repeating: 32, count: sent)
        return Task { try await HTTP.raw(bytes, port: port) }
    }

    private static let tight: @Sendable (inout RequestHandler.Settings) -> Void = {
        $0.limits.largeBodyBytes = 2_000_000
        $0.limits.largeBodySeconds = 1
        $0.limits.bodySeconds = 3
    }

    @Test func `when memory is taken a large body waits, and is asked to come back; others go on`() async throws {
        let server = try await TestServer(change: Self.tight)
        let shop = try await TestShop.open(on: server)
        let slow = try await Self.begin(shop, 550_000, of: 600_000)
        let row = JSON.string(String(repeating: "x", count: 16_000))
        let rows = JSON.array((0..<40).map { _ in ["method": "POST", "body": ["name": "A", "description": row]] })
        // Half of the memory is one shop's, and this one has most of its half.
        var refused = try await shop.post("brand/batch", rows)
        while refused.status == 200 { refused = try await shop.post("brand/batch", rows) }
        #expect((refused.status, refused.code) == (503, "large_bodies"))
        #expect(refused[header: "Retry-After"] == "1")
        #expect(try await shop.post("brand", ["name": "small"]).status == 200)
        let other = try await TestShop.open(on: server)
        #expect(try await other.post("brand/batch", rows).status == 200)
        // The body that never came is given up, and its memory is free.
        _ = try? await slow.value
        #expect(try await shop.post("brand/batch", rows).status == 200)
        await server.stop()
    }

    @Test func `who only says that large bodies will come, or packs small ones, keeps nobody out`() async throws {
        let server = try await TestServer {
            $0.limits.largeBodySeconds = 1
            $0.limits.bodySeconds = 3
        }
        let (one, two) = (try await TestShop.open(on: server), try await TestShop.open(on: server))
        var silent: [Task<Reply, any Error>] = []
        for shop in [one, two, one, two] { silent.append(try await Self.begin(shop, 0, of: 16 * Self.megabyte)) }
        try await eventually("four bodies that have begun") {
            server.handler.metrics.text.contains(/in_flight[^\n]* 4\n/)
        }
        let text = JSON.string(String(repeating: "x", count: 16_000))
        let rows = JSON.array((0..<8).map { _ in ["method": "POST", "body": ["name": "A", "description": text]] })
        #expect(try await one.post("brand/batch", rows).status == 200)
        let packed = try #require(Gzip.compress(rows.bytes))
        let replies = try await together(6) { _ in
            try await one.bytes(
                "POST", "/REST/brand/batch", packed,
                headers: ["Content-Type": "application/json", "Content-Encoding": "gzip"])
        }
        #expect(replies.map(\.status) == Array(repeating: 200, count: 6))
        for task in silent { _ = try? await task.value }
        await server.stop()
    }
}
