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

    /// Nobody takes connections there.
    struct NobodyThere: Error, CustomStringConvertible {
        let description: String
    }

    private enum Place {
        case port(String, Int)
        case socket(String)
    }

    private let place: Place
    private let path: String

    var address: String {
        switch place {
        case .port(let host, let port): "http://\(host):\(port)"
        case .socket(let path): path
        }
    }

    init(_ url: String) throws {
        guard let parts = URLComponents(string: url), parts.scheme == "http", let host = parts.host else {
            throw Settings.Fault(description: "\(url): give the server's own address, such as http://127.0.0.1:8080")
        }
        place = .port(host, parts.port ?? 80)
        path = parts.path.hasSuffix("/") ? String(parts.path.dropLast()) : parts.path
    }

    init(socket: String) {
        (place, path) = (.socket(socket), "")
    }

    func send(
        _ method: String, _ target: String, _ headers: [(String, String)], _ body: [UInt8] = []
    ) async throws -> Answer {
        var answer: [UInt8] = []
        let status = try await stream(method, target, headers, body) { answer += $0 }
        return Answer(status: status, body: answer)
    }

    /// Sends a request and hands on its answer's body as it comes.
    /// - Returns: the answer's status.
    func stream(
        _ method: String, _ target: String, _ headers: [(String, String)], _ body: [UInt8] = [],
        _ take: ([UInt8]) throws -> Void
    ) async throws -> Int {
        var fields = HTTPHeaders(headers)
        fields.add(name: "Host", value: host)
        fields.add(name: "Connection", value: "close")
        if method != "GET" { fields.add(name: "Content-Length", value: String(body.count)) }
        let head = HTTPRequestHead(
            version: .http1_1, method: .init(rawValue: method), uri: path + target, headers: fields)
        let parts =
            [HTTPClientRequestPart.head(head)] + (body.isEmpty ? [] : [.body(.byteBuffer(ByteBuffer(bytes: body)))])
        return try await connected().executeThenClose { inbound, outbound in
            try await outbound.write(contentsOf: parts + [.end(nil)])
            var status = 0
            loop: for try await part in inbound {
                switch part {
                case .head(let head): status = Int(head.status.code)
                case .body(let bytes): try take(Array(bytes.readableBytesView))
                case .end: break loop
                }
            }
            return status
        }
    }

    private var host: String {
        switch place {
        case .port(let host, let port): "\(host):\(port)"
        case .socket: "localhost"
        }
    }

    private typealias Channel = NIOAsyncChannel<HTTPClientResponsePart, HTTPClientRequestPart>

    private func connected() async throws -> Channel {
        let bootstrap = ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton).connectTimeout(.seconds(10))
        do {
            switch place {
            case .port(let host, let port):
                return try await bootstrap.connect(host: host, port: port) { Self.pipeline(of: $0) }
            case .socket(let path):
                return try await bootstrap.connect(unixDomainSocketPath: path) { Self.pipeline(of: $0) }
            }
        } catch {
            throw NobodyThere(description: "there is no server at \(address); --url says where it is")
        }
    }

    private static func pipeline(of channel: any NIOCore.Channel) -> EventLoopFuture<Channel> {
        channel.eventLoop.makeCompletedFuture {
            try channel.pipeline.syncOperations.addHTTPClientHandlers()
            return try Channel(wrappingChannelSynchronously: channel)
        }
    }
}
