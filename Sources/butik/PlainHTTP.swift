import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix

/// A small HTTP/1.1 client for the server beside us: one request a connection, without TLS.
struct PlainHTTP {
    struct Answer {
        let status: Int
        let body: [UInt8]
    }

    private let host: String
    private let port: Int
    private let path: String

    var address: String { "http://\(host):\(port)" }

    init(_ url: String) throws {
        guard let parts = URLComponents(string: url), parts.scheme == "http", let host = parts.host else {
            throw Settings.Fault(description: "\(url): give the server's own address, such as http://127.0.0.1:8080")
        }
        self.host = host
        port = parts.port ?? 80
        path = parts.path.hasSuffix("/") ? String(parts.path.dropLast()) : parts.path
    }

    func send(
        _ method: String, _ target: String, _ headers: [(String, String)], _ body: [UInt8] = []
    ) async throws -> Answer {
        let channel: NIOAsyncChannel<HTTPClientResponsePart, HTTPClientRequestPart>
        do {
            channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .connectTimeout(.seconds(10))
                .connect(host: host, port: port) { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHTTPClientHandlers()
                        return try NIOAsyncChannel(wrappingChannelSynchronously: channel)
                    }
                }
        } catch {
            throw Settings.Fault(description: "there is no server at \(address); --url says where it is")
        }
        var fields = HTTPHeaders(headers)
        fields.add(name: "Host", value: "\(host):\(port)")
        fields.add(name: "Connection", value: "close")
        if method != "GET" { fields.add(name: "Content-Length", value: String(body.count)) }
        let head = HTTPRequestHead(
            version: .http1_1, method: .init(rawValue: method), uri: path + target, headers: fields)
        let parts =
            [HTTPClientRequestPart.head(head)] + (body.isEmpty ? [] : [.body(.byteBuffer(ByteBuffer(bytes: body)))])
        return try await channel.executeThenClose { inbound, outbound in
            try await outbound.write(contentsOf: parts + [.end(nil)])
            var status = 0
            var answer: [UInt8] = []
            loop: for try await part in inbound {
                switch part {
                case .head(let head): status = Int(head.status.code)
                case .body(let bytes): answer.append(contentsOf: bytes.readableBytesView)
                case .end: break loop
                }
            }
            return Answer(status: status, body: answer)
        }
    }
}
