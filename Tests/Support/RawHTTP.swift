import NIOCore
import NIOPosix

extension HTTP {
    /// Sends bytes as they are, for requests that no client library would send, and reads until the server hangs up.
    /// The request must say `Connection: close`.
    package static func raw(_ request: [UInt8], port: Int) async throws -> Reply {
        let channel = try await bootstrap.connect(host: "127.0.0.1", port: port) { pipeline(of: $0) }
        return try await answer(to: request, channel)
    }

    /// The same through a Unix socket.
    package static func raw(_ request: [UInt8], socket path: String) async throws -> Reply {
        let channel = try await bootstrap.connect(unixDomainSocketPath: path) { pipeline(of: $0) }
        return try await answer(to: request, channel)
    }

    private typealias Bytes = NIOAsyncChannel<ByteBuffer, ByteBuffer>

    private static var bootstrap: ClientBootstrap {
        ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton).connectTimeout(.seconds(10))
    }

    private static func pipeline(of channel: any Channel) -> EventLoopFuture<Bytes> {
        channel.eventLoop.makeCompletedFuture { try Bytes(wrappingChannelSynchronously: channel) }
    }

    private static func answer(to request: [UInt8], _ channel: Bytes) async throws -> Reply {
        try await channel.executeThenClose { inbound, outbound in
            if !request.isEmpty { try await outbound.write(ByteBuffer(bytes: request)) }
            var bytes: [UInt8] = []
            for try await part in inbound { bytes.append(contentsOf: part.readableBytesView) }
            return reply(bytes)
        }
    }

    /// The same with a head in lines and a body.
    package static func raw(_ lines: [String], body: [UInt8] = [], port: Int) async throws -> Reply {
        let head = (lines + ["Host: 127.0.0.1", "Connection: close", "Content-Length: \(body.count)"])
            .joined(separator: "\r\n")
        return try await raw(Array((head + "\r\n\r\n").utf8) + body, port: port)
    }

    private static func reply(_ bytes: [UInt8]) -> Reply {
        let end = bytes.indices.first { bytes[$0...].starts(with: [13, 10, 13, 10]) } ?? bytes.count
        let lines = String(decoding: bytes[..<end], as: UTF8.self).split(separator: "\r\n")
        let status = lines.first.flatMap { $0.split(separator: " ").dropFirst().first }.flatMap { Int($0) } ?? 0
        let headers = lines.dropFirst().map { line in
            let parts = line.split(separator: ":", maxSplits: 1)
            return (name: String(parts[0]), value: String(parts.last?.drop { $0 == " " } ?? ""))
        }
        return Reply(status: status, headers: headers, body: Array(bytes[min(end + 4, bytes.count)...]))
    }
}
