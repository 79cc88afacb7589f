import Resources
import Support
import Testing

/// A client that sends or takes nothing, or a byte now and then, holds no connection for long.
@Suite struct DeadlineTests {
    private static let server = Task {
        try await TestServer {
            $0.limits.headSeconds = 1
            $0.limits.bodySeconds = 1
            $0.limits.idleSeconds = 6
            $0.limits.stallSeconds = 1
        }
    }

    /// Sends `start`, then a letter whenever it looks, until the server hangs up. Answers how long that took.
    private static func drip(_ start: String, _ letter: String) async throws -> Duration {
        let socket = try Socket(port: try await server.value.port)
        let began = ContinuousClock.now
        try socket.write(Array(start.utf8))
        try await eventually("the end of the connection", seconds: 20) {
            if socket.read() == nil { return true }
            do { try socket.write(Array(letter.utf8)) } catch is Socket.Failed { return true }
            return false
        }
        return began.duration(to: .now)
    }

    @Test func `a head that drips in is cut off`() async throws {
        let time = try await Self.drip("GET /livez HTTP/1.1\r\nX-Slow: ", "a")
        #expect(time > .milliseconds(900))
        #expect(time < .seconds(8))
    }

    @Test func `a body that drips in is cut off`() async throws {
        let shop = try await TestShop.open(on: try await Self.server.value)
        let head = """
            POST /REST/product HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer \(shop.token(.write))\r
            Content-Type: application/json\r\nContent-Length: 1000000\r\n\r\n{
            """
        let time = try await Self.drip(head, " ")
        #expect(time > .milliseconds(900))
        #expect(time < .seconds(8))
    }

    @Test func `a second head on a kept connection has the same time as the first`() async throws {
        let first = "GET /livez HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
        let time = try await Self.drip(first + "GET /livez HTTP/1.1\r\nX-Slow: ", "a")
        #expect(time < .seconds(8))
    }

    /// How long it takes until the server hangs up on a client that says no more than this.
    private static func silence(after start: String) async throws -> Duration {
        let socket = try Socket(port: try await server.value.port)
        let began = ContinuousClock.now
        try socket.write(start)
        try await eventually("the end of the connection", seconds: 20) { socket.read() == nil }
        return began.duration(to: .now)
    }

    @Test func `a new connection has the time of one head and no more`() async throws {
        for start in ["", "G", "GET /livez HTTP/1.1\r\nHost: a\r\n"] {
            let time = try await Self.silence(after: start)
            #expect(time > .milliseconds(900) && time < .seconds(5), "\(start): \(time)")
        }
    }

    @Test(arguments: ["", "POST"])
    func `a connection that was answered may be silent for longer`(_ method: String) async throws {
        let shop = try await TestShop.open(on: try await Self.server.value)
        let body = #"{"name":"GET"}"#
        let post = """
            POST /REST/brand HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer \(shop.token(.write))\r
            Content-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)
            """
        let time = try await Self.silence(
            after: method.isEmpty ? "GET /livez HTTP/1.1\r\nHost: a\r\n\r\n" : post)
        #expect(time > .milliseconds(5900) && time < .seconds(12), "\(time)")
    }

    @Test(arguments: ["G", "GET /livez HTTP/1.1\r\nHost: a\r\n"])
    func `the first bytes of a next head begin its time, also where they came with the last request`(
        _ more: String
    ) async throws {
        let shop = try await TestShop.open(on: try await Self.server.value)
        let body = #"{"name":"A"}"#
        let firsts = [
            "GET /livez HTTP/1.1\r\nHost: a\r\n\r\n",
            """
            POST /REST/brand HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer \(shop.token(.write))\r
            Content-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)
            """,
            """
            POST /REST/brand HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer \(shop.token(.write))\r
            Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nc\r\n\(body)\r\n0\r\n\r\n
            """,
        ]
        for first in firsts {
            let time = try await Self.silence(after: first + more)
            #expect(time > .milliseconds(900) && time < .seconds(5), "\(first): \(time)")
        }
    }

    @Test func `a body that must wait for the answer before it has its time when that has gone out`() async throws {
        let shop = try await TestShop.open(on: try await Self.server.value)
        try await shop.post("product/batch", .longProducts)
        let body = #"{"name":"Behind"}"#
        let socket = try Socket(port: shop.server.port, receiveBytes: 8192)
        try socket.write(
            """
            GET /REST/export/products.jsonl HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer \(shop.token(.read))\r\n\r
            POST /REST/brand HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer \(shop.token(.write))\r\nConnection: close\r
            Content-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n\r\n
            """)
        // The export is read slowly: for longer than a body may take.
        let began = ContinuousClock.now
        var isOpen = true
        try await eventually("the time of a body") {
            isOpen = isOpen && socket.read() != nil
            return !isOpen || began.duration(to: .now) > .milliseconds(1500)
        }
        try #require(isOpen)
        try socket.write(body)
        #expect(try await socket.readToEnd().contains(#""name":"Behind""#))
    }

    @Test func `each megabyte of a body has the time of a body, also in chunks`() async throws {
        let server = try await TestServer { $0.limits.bodySeconds = 3 }
        let shop = try await TestShop.open(on: server)
        let socket = try Socket(port: server.port)
        try socket.write(
            """
            POST /REST/brand/batch HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer \(shop.token(.write))\r
            Content-Type: application/json\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n
            """)
        let blanks = String(repeating: " ", count: 1_100_000)
        let began = ContinuousClock.now
        for part in 1...3 {
            let piece = (part == 1 ? "[" : "") + blanks
            try socket.write(String(piece.utf8.count, radix: 16) + "\r\n" + piece + "\r\n")
            try await eventually("the next part") { began.duration(to: .now) > .milliseconds(1800 * part) }
        }
        let row = #"{"method":"POST","body":{"name":"Slow"}}]"#
        try socket.write(String(row.utf8.count, radix: 16) + "\r\n" + row + "\r\n0\r\n\r\n")
        #expect(try await socket.readToEnd().hasPrefix("HTTP/1.1 200"))
        await server.stop()
    }

    // MARK: Answers that nobody reads

    /// Asks for something large and does not read it; answers how long the server held out.
    private static func stall(_ target: String, _ token: String = "") async throws -> Duration {
        let socket = try Socket(port: try await server.value.port, receiveBytes: 4096)
        let began = ContinuousClock.now
        try socket.write("GET \(target) HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer \(token)\r\n\r\n")
        try await eventually("the end of the connection", seconds: 20) { socket.isBroken }
        return began.duration(to: .now)
    }

    @Test func `a page, an export and a file that nobody reads are broken off`() async throws {
        let shop = try await TestShop.open(on: try await Self.server.value)
        try await shop.post("product/batch", .longProducts)
        let product = try await shop.product()
        let document = Array("%PDF-1.4\n".utf8) + [UInt8](repeating: 32, count: 10_000_000) + Array("%%EOF\n".utf8)
        let headers = ["Authorization": "Bearer \(shop.token(.write))", "Content-Type": "application/pdf"]
        let kept = try await HTTP.send(
            "POST", "/REST/product/\(product)/file?filename=m.pdf", body: document, headers: headers,
            port: shop.server.port)
        #expect(kept.status == 200)
        for target in [
            "/REST/product?limit=1000", "/REST/export/products.jsonl", "/download-pdf?file=m.pdf&p=\(product)",
        ] {
            let time = try await Self.stall(target, shop.token(.read))
            #expect(time > .milliseconds(900) && time < .seconds(8), "\(target): \(time)")
        }
    }

    @Test func `whoever takes an answer slowly gets all of it`() async throws {
        let shop = try await TestShop.open(on: try await Self.server.value)
        try await shop.post("product/batch", .longProducts)
        let socket = try Socket(port: shop.server.port, receiveBytes: 8192)
        try socket.write(
            """
            GET /REST/export/products.jsonl HTTP/1.1\r\nHost: a\r\nConnection: close\r
            Authorization: Bearer \(shop.token(.read))\r\n\r\n
            """)
        // A small piece each time it looks: more than a second in all, and never a second without one.
        #expect(try await socket.readToEnd().hasSuffix("\r\n0\r\n\r\n"))
    }
}
