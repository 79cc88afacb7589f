import Support
import Testing

/// A client that sends a byte now and then holds no connection for long.
@Suite struct DeadlineTests {
    private static let server = Task {
        try await TestServer {
            $0.limits.headSeconds = 1
            $0.limits.bodySeconds = 1
            $0.limits.idleSeconds = 2
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

    @Test func `a connection that says nothing is let go`() async throws {
        let socket = try Socket(port: try await Self.server.value.port)
        let began = ContinuousClock.now
        try await eventually("the end of the connection", seconds: 20) { socket.read() == nil }
        #expect(began.duration(to: .now) < .seconds(8))
    }
}
