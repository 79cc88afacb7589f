import Glibc
import Resources
import Support
import Testing

/// What was answered arrives, however the connection ends.
@Suite struct WholeAnswerTests {
    private static func page(_ token: String, _ more: String = "") -> String {
        "GET /REST/product?limit=1000 HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer \(token)\r\n\(more)\r\n"
    }

    /// Whether an answer has the length that its head tells.
    private static func isWhole(_ answer: String) throws -> Bool {
        let head = try #require(answer.firstRange(of: "\r\n\r\n"))
        let length = try #require(answer.firstMatch(of: /Content-Length: (\d+)/.ignoresCase()))
        return answer[head.upperBound...].utf8.count == Int(length.1)
    }

    @Test func `a server that is told to stop sends all of what it has answered`() async throws {
        let binary = try await Binary.fresh()
        let (serving, client, _) = try await binary.openShop { try await binary.serve() }
        #expect(try await client.post("product/batch", .longProducts).status == 200)
        let socket = try Socket(port: serving.port, receiveBytes: 8192)
        try socket.write(Self.page(client.token))
        var start: [UInt8] = []
        try await eventually("the beginning of the answer") {
            start += socket.read() ?? []
            return !start.isEmpty
        }
        // It has been answered when nothing else is under way but this question.
        try await eventually("an answer that is written") {
            try await HTTP.send("GET", "/metrics", port: serving.port).text.contains(/in_flight[^\n]* 1\n/)
        }
        serving.program.signal(SIGTERM)
        try await eventually("a closed door") {
            (try? await HTTP.send("GET", "/livez", port: serving.port)) == nil
        }
        let rest = try await socket.readToEnd()
        #expect(try Self.isWhole(String(decoding: start, as: UTF8.self) + rest))
        try await eventually("the end of the server") { !serving.program.isRunning }
        #expect(serving.program.status == 0)
    }

    @Test(arguments: ["", "Connection: close\r\n"])
    func `a client that has ended its side gets all of its answer`(_ header: String) async throws {
        let shop = try await TestShop.open()
        try await shop.post("product/batch", .longProducts)
        let socket = try Socket(port: shop.server.port, receiveBytes: 8192)
        try socket.write(Self.page(shop.token(.read), header))
        socket.endWriting()
        #expect(try Self.isWhole(try await socket.readToEnd()))
    }

    @Test func `a client that left before it was told to go on is no fault of the server's`() async throws {
        let (waiting, begin) = AsyncStream<Void>.makeStream()
        let (gone, leave) = AsyncStream<Void>.makeStream()
        let server = try await TestServer(rateLimit: true) {
            $0.limits.connectionsPerAddress = 1
            $0.sleep = { _ in
                begin.yield()
                for await _ in gone {}
            }
        }
        let shop = try await TestShop.open(on: server)
        for _ in 1...40 { try await shop.get("self") }
        let socket = try Socket(port: server.port, from: 2)
        try socket.write(
            """
            POST /REST/brand HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer \(shop.token(.all))\r
            Content-Type: application/json\r\nContent-Length: 12\r\nExpect: 100-continue\r\n\r\n
            """)
        _ = await waiting.first { true }
        socket.breakOff()
        // Its place is free once the server knows.
        try await eventually("a server that has seen it") {
            let next = try Socket(port: server.port, from: 2)
            do { try next.write("GET /livez HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n") } catch { return false }
            return try await next.readToEnd().hasPrefix("HTTP/1.1 200")
        }
        leave.finish()
        try await eventually("the end of the call") {
            try await HTTP.send("GET", "/metrics", port: server.port).text
                .contains(#"route="POST /REST/brand",status="408"} 1"#)
        }
        await server.stop()
    }
}
