import Basics
import NIOCore
import NIOHTTP1
import Support

/// A client of server-sent events, as browsers have one: it reads when it is asked to, and hangs up when it is done.
struct EventSource {
    /// What stands between two empty lines.
    struct Sent {
        var id = ""
        var type = ""
        var data: JSON = .null
        var isComment = false
        var retry = ""
    }

    private typealias Parts = NIOAsyncChannelInboundStream<HTTPClientResponsePart>

    private var parts: Parts.AsyncIterator
    private var text = ""
    private(set) var status = 0
    private(set) var headers: [(name: String, value: String)] = []

    private init(_ parts: Parts) async throws {
        self.parts = parts.makeAsyncIterator()
        guard case .head(let head) = try await self.parts.next() else { return }
        status = Int(head.status.code)
        headers = head.headers.map { ($0.name, $0.value) }
    }

    subscript(header name: String) -> String? { headers.first { $0.name.lowercased() == name }?.value }

    /// Asks for a stream, and hangs up when `body` has seen enough of it.
    static func listen<T: Sendable>(
        to query: String = "", of shop: TestShop, with token: String? = nil, headers: [String: String] = [:],
        _ body: @Sendable (inout EventSource) async throws -> T
    ) async throws -> T {
        return try await HTTP.connect(port: shop.server.port).executeThenClose { inbound, outbound in
            var fields = HTTPHeaders(headers.map { ($0.key, $0.value) })
            fields.add(name: "Host", value: "127.0.0.1")
            fields.add(name: "Accept", value: "text/event-stream")
            fields.add(name: "Accept-Encoding", value: "gzip")
            fields.add(name: "Authorization", value: "Bearer \(token ?? shop.token(.all))")
            let head = HTTPRequestHead(version: .http1_1, method: .GET, uri: "/REST/event\(query)", headers: fields)
            try await outbound.write(contentsOf: [.head(head), .end(nil)])
            var source = try await EventSource(inbound)
            return try await body(&source)
        }
    }

    /// The next that is sent; nil where the server has ended it.
    mutating func next() async throws -> Sent? {
        while true {
            if let end = text.range(of: "\n\n") {
                defer { text.removeSubrange(..<end.upperBound) }
                return Self.sent(text[..<end.lowerBound])
            }
            guard case .body(let bytes) = try await parts.next() else { return nil }
            text += String(buffer: bytes)
        }
    }

    private static func sent(_ text: Substring) -> Sent {
        var sent = Sent()
        for line in text.split(separator: "\n") {
            let field = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            let value = field.count == 2 ? String(field[1].drop { $0 == " " }) : ""
            switch field[0] {
            case "": sent.isComment = true
            case "id": sent.id = value
            case "event": sent.type = value
            case "data": sent.data = (try? JSONParser.parse(Array(value.utf8))) ?? .null
            case "retry": sent.retry = value
            default: break
            }
        }
        return sent
    }

    /// The next events, without what only keeps the connection alive.
    mutating func events(_ count: Int) async throws -> [Sent] {
        var events: [Sent] = []
        while events.count < count, let sent = try await next() {
            if !sent.id.isEmpty { events.append(sent) }
        }
        return events
    }
}

extension TestServer {
    /// Clients that wait for events.
    var listeners: Int {
        get async throws {
            let text = try await HTTP.send("GET", "/metrics", port: port).text
            let line = text.split(separator: "\n").first { $0.hasPrefix("butik_feed_listeners ") }
            return line.flatMap { Int($0.split(separator: " ")[1]) } ?? -1
        }
    }

    func listeners(_ count: Int) async throws {
        try await eventually("\(count) listeners") { try await listeners == count }
    }
}
