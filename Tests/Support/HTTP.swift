package import Basics
package import NIOCore
package import NIOHTTP1
import NIOPosix
import Resources

/// What came back.
package struct Reply: Sendable {
    package let status: Int
    package let headers: [(name: String, value: String)]
    package let body: [UInt8]

    package var text: String { String(decoding: body, as: UTF8.self) }

    /// The body as JSON; null where it is none.
    package var json: JSON { (try? JSONParser.parse(body)) ?? .null }

    /// The `code` of a problem.
    package var code: String { json["code"].text }

    /// The pointers of a problem's errors.
    package var pointers: [String] { json["errors"].elements.map { $0["pointer"].text } }

    package subscript(header name: String) -> String? {
        headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }
}

/// A small HTTP/1.1 client over a socket of its own per request, so that every answer came over the wire.
package enum HTTP {
    /// A connection, for whoever reads as it comes.
    package static func connect(
        port: Int
    ) async throws -> NIOAsyncChannel<HTTPClientResponsePart, HTTPClientRequestPart> {
        try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connectTimeout(.seconds(10))
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHTTPClientHandlers()
                    return try NIOAsyncChannel(wrappingChannelSynchronously: channel)
                }
            }
    }

    package static func send(
        _ method: String, _ path: String, body: [UInt8] = [], headers: [String: String] = [:], port: Int
    ) async throws -> Reply {
        try await connect(port: port).executeThenClose { inbound, outbound in
            var fields = HTTPHeaders(headers.map { ($0.key, $0.value) })
            if !fields.contains(name: "Host") { fields.add(name: "Host", value: "127.0.0.1:\(port)") }
            fields.add(name: "Connection", value: "close")
            if !body.isEmpty || method != "GET" && method != "HEAD" && method != "OPTIONS" {
                fields.add(name: "Content-Length", value: String(body.count))
            }
            let head = HTTPRequestHead(version: .http1_1, method: .init(rawValue: method), uri: path, headers: fields)
            let content = body.isEmpty ? [] : [HTTPClientRequestPart.body(.byteBuffer(ByteBuffer(bytes: body)))]
            // In one go: a server that has the whole body may answer and close before a late end is written.
            try await outbound.write(contentsOf: [.head(head)] + content + [.end(nil)])
            return try await read(inbound)
        }
    }

    private static func read(_ inbound: NIOAsyncChannelInboundStream<HTTPClientResponsePart>) async throws -> Reply {
        var status = 0
        var headers: [(name: String, value: String)] = []
        var body: [UInt8] = []
        loop: for try await part in inbound {
            switch part {
            case .head(let head):
                status = Int(head.status.code)
                headers = head.headers.map { ($0.name, $0.value) }
            case .body(let bytes): body.append(contentsOf: bytes.readableBytesView)
            case .end: break loop
            }
        }
        return Reply(status: status, headers: headers, body: body)
    }
}
