import Basics
import Server
import Support
import Testing

/// So many connections of one address, and so many in all.
@Suite struct CrowdTests {
    private static let request = "GET /livez HTTP/1.1\r\nHost: a\r\n\r\n"

    private static func open(_ count: Int, to port: Int, from last: UInt8) throws -> [Holder] {
        try (0..<count).map { _ in Holder(try Socket(port: port, from: last)) }
    }

    /// Sockets cannot be copied, and lists want what can.
    private final class Holder {
        let socket: Socket

        init(_ socket: consuming Socket) {
            self.socket = socket
        }
    }

    /// Connections that the server is known to have taken in, for it has answered on them.
    private static func openAnswered(_ count: Int, to port: Int, from last: UInt8) async throws -> [Holder] {
        let held = try open(count, to: port, from: last)
        for holder in held { try holder.socket.write(request) }
        for holder in held {
            try await eventually("an answer") { holder.socket.read()?.isEmpty == false }
        }
        return held
    }

    /// Whether a client of that address is answered.
    private static func isAnswered(_ port: Int, from last: UInt8) async throws -> Bool {
        let socket = try Socket(port: port, from: last)
        do { try socket.write(request) } catch is Socket.Failed { return false }
        var isAnswered = false
        try await eventually("an answer or the end") {
            guard let bytes = socket.read() else { return true }
            isAnswered = !bytes.isEmpty
            return isAnswered
        }
        return isAnswered
    }

    @Test func `one address has 64 connections, and another its own`() async throws {
        let server = try await TestServer()
        let held = try await Self.openAnswered(64, to: server.port, from: 2)
        #expect(try await Self.isAnswered(server.port, from: 2) == false)
        #expect(try await Self.isAnswered(server.port, from: 3))
        withExtendedLifetime(held) {}
        await server.stop()
    }

    @Test func `a place is free again when its connection ends`() async throws {
        let server = try await TestServer { $0.limits.connectionsPerAddress = 2 }
        var held = try await Self.openAnswered(2, to: server.port, from: 2)
        #expect(try await Self.isAnswered(server.port, from: 2) == false)
        held.removeLast()
        try await eventually("a free place") { try await Self.isAnswered(server.port, from: 2) }
        await server.stop()
    }

    @Test func `the machine itself and trusted proxies have as many as they like`() async throws {
        let server = try await TestServer {
            $0.limits.connectionsPerAddress = 2
            $0.trustedProxies = [AddressRange("127.0.0.8/31")].compactMap { $0 }
        }
        for last: UInt8 in [1, 8, 9] {
            let held = try Self.open(5, to: server.port, from: last)
            #expect(try await Self.isAnswered(server.port, from: last), "\(last)")
            withExtendedLifetime(held) {}
        }
        await server.stop()
    }

    @Test func `where all places are taken a newcomer gets that of whoever was silent longest`() async throws {
        let server = try await TestServer { $0.limits.connections = 8 }
        var newcomers: [Holder] = []
        let early = try Self.open(4, to: server.port, from: 2)
        for holder in early {
            try holder.socket.write(Self.request)
            try await eventually("an answer") { holder.socket.read()?.isEmpty == false }
        }
        let late = try Self.open(4, to: server.port, from: 2)
        for last: UInt8 in 3...5 {
            let newcomer = try Self.open(1, to: server.port, from: last)[0]
            try newcomer.socket.write(Self.request)
            try await eventually("an answer") { newcomer.socket.read()?.isEmpty == false }
            newcomers.append(newcomer)
        }
        try await eventually("the end of those that had to go") {
            early.filter { $0.socket.read() == nil }.count == 3
        }
        for holder in late + newcomers { #expect(holder.socket.read()?.isEmpty == true) }
        await server.stop()
    }

    @Test func `who stood still once and reads on does not count as one that lets the server wait`() async throws {
        let server = try await TestServer {
            $0.limits.connections = 6
            $0.limits.stallSeconds = 6
        }
        let shop = try await TestShop.open(on: server)
        try await shop.post("product/batch", .longProducts)
        let reader = try Socket(port: server.port, from: 2, receiveBytes: 8192)
        try reader.write("GET /REST/export/products.jsonl HTTP/1.1\r\nHost: a\r\n")
        try reader.write("Authorization: Bearer \(shop.token(.read))\r\n\r\n")
        // It is looked after five times a second.
        var start = ContinuousClock.now
        try await eventually("a reader that stands still") { start.duration(to: .now) > .milliseconds(900) }
        let silent = try await Self.openAnswered(5, to: server.port, from: 3)
        start = .now
        try await eventually("a reader that reads on") {
            _ = reader.read()
            return start.duration(to: .now) > .milliseconds(900)
        }
        let newcomer = try await Self.openAnswered(1, to: server.port, from: 4)
        try await eventually("the end of a silent one") { silent.contains { $0.socket.read() == nil } }
        var (more, isOpen) = (0, true)
        try await eventually("more of the answer") {
            let bytes = reader.read()
            more += bytes?.count ?? 0
            isOpen = bytes != nil
            return !isOpen || more > 500_000
        }
        #expect(isOpen)
        withExtendedLifetime(newcomer) {}
        await server.stop()
    }

    @Test func `connections that come while the server stops are closed, and nothing else ends`() async throws {
        let server = try await TestServer { $0.limits.headSeconds = 1 }
        let held = try Self.open(300, to: server.port, from: 1)
        await server.stop()
        try await eventually("the end of all connections") { held.allSatisfy { $0.socket.read() == nil } }
    }
}
