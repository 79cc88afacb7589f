package import Basics
import NIOCore
import NIOHTTP1
import NIOPosix
package import NIOSSL
package import Outbound
import Synchronization

/// Calls addresses that others gave us, by the rules of CONTRACT 6: the name is looked up once, every address it has must be
/// allowed, the connection goes to one of those very addresses, and nothing is followed from there.
package final class OutboundClient: Sendable {
    package struct Request: Sendable {
        package let method: String
        package let url: OutboundURL
        package var headers: [(name: String, value: String)] = []
        package var body: [UInt8] = []
        /// Bytes of the answer's body that are read; one that is longer is a failure.
        package var answerMax = 65_536

        package init(_ method: String, _ url: OutboundURL) {
            self.method = method
            self.url = url
        }
    }

    package struct Reply: Sendable {
        package let status: Int
        package let headers: [(name: String, value: String)]
        package let body: [UInt8]
    }

    /// Why there is no answer.
    package enum Failure: Error, Equatable, CustomStringConvertible {
        case refused(String)
        case unreachable
        case insecure
        case timeout
        case tooLarge
        case brokenOff

        package var description: String {
            switch self {
            case .refused(let reason): "the address \(reason)"
            case .unreachable: "the host could not be reached"
            case .insecure: "the host could not prove who it is (TLS)"
            case .timeout: "the answer took too long"
            case .tooLarge: "the answer is too large"
            case .brokenOff: "the connection ended before the answer was whole"
            }
        }
    }

    /// Times a call may take (CONTRACT 6).
    package struct Limits: Sendable {
        package var connect = Duration.seconds(3)
        package var whole = Duration.seconds(15)

        package init() {}
    }

    private let policy: OutboundPolicy
    private let limits: Limits
    private let trustRoots: NIOSSLTrustRoots
    private let lookUp: @Sendable (String) async -> [NetworkAddress]
    /// Made when first needed: reading the machine's certificates takes a while.
    private let tls = Mutex<NIOSSLContext?>(nil)

    /// - Parameter lookUp: the addresses of a name; the system's resolver where nothing else is given.
    package init(
        _ policy: OutboundPolicy, limits: Limits = Limits(), trustRoots: NIOSSLTrustRoots = .default,
        lookUp: @escaping @Sendable (String) async -> [NetworkAddress] = Resolver.addresses
    ) {
        self.policy = policy
        self.limits = limits
        self.trustRoots = trustRoots
        self.lookUp = lookUp
    }

    /// Sends a request and reads its answer, whatever status that has.
    package func send(_ request: Request) async throws -> Reply {
        try await withThrowingTaskGroup(of: Reply.self) { group in
            group.addTask { try await self.exchange(request) }
            group.addTask {
                try await Task.sleep(for: self.limits.whole)
                throw Failure.timeout
            }
            defer { group.cancelAll() }
            guard let reply = try await group.next() else { throw Failure.timeout }
            return reply
        }
    }

    private func exchange(_ request: Request) async throws -> Reply {
        let addresses = try await allowedAddresses(of: request.url)
        let channel = try await connect(request.url, addresses)
        do {
            return try await channel.executeThenClose { inbound, outbound in
                // A write that fails knows only that the connection is gone; reading tells why, or has an early answer.
                do { try await outbound.write(contentsOf: parts(of: request)) } catch { try Task.checkCancellation() }
                return try await read(inbound, atMost: request.answerMax)
            }
        } catch let failure as Failure {
            throw failure
        } catch is CancellationError {
            throw Failure.timeout
        } catch is NIOSSLError {
            throw Failure.insecure
        } catch is NIOSSLExtraError {
            throw Failure.insecure
        } catch {
            throw Failure.brokenOff
        }
    }

    private func allowedAddresses(of url: OutboundURL) async throws -> [NetworkAddress] {
        do throws(OutboundURL.Refused) {
            try policy.check(url)
        } catch {
            throw Failure.refused(error.description)
        }
        let literal = NetworkAddress(url.host)
        let addresses = if let literal { [literal] } else { try await found(url.host) }
        guard !addresses.isEmpty else { throw Failure.unreachable }
        do throws(OutboundURL.Refused) {
            try policy.check(url, at: addresses)
        } catch {
            throw Failure.refused(error.description)
        }
        return addresses
    }

    /// The addresses of a name. A resolver cannot be cancelled; whoever asked it can go away.
    private func found(_ name: String) async throws -> [NetworkAddress] {
        let (answers, answered) = AsyncStream<[NetworkAddress]>.makeStream()
        Task { [lookUp] in answered.yield(await lookUp(name)) }
        for await addresses in answers { return addresses }
        throw Failure.timeout
    }

    // MARK: Connecting

    private typealias Connection = NIOAsyncChannel<HTTPClientResponsePart, HTTPClientRequestPart>

    private func connect(_ url: OutboundURL, _ addresses: [NetworkAddress]) async throws -> Connection {
        let context = url.scheme == .https ? try tlsContext() : nil
        for address in addresses.prefix(3) {
            do {
                return try await connect(to: socketAddress(address, port: url.port), url, context)
            } catch is NIOSSLExtraError {
                throw Failure.insecure
            } catch {
                try Task.checkCancellation()
            }
        }
        throw Failure.unreachable
    }

    private func connect(
        to address: SocketAddress, _ url: OutboundURL, _ context: NIOSSLContext?
    ) async throws -> Connection {
        let time = limits.connect.components
        return try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connectTimeout(.nanoseconds(time.seconds * 1_000_000_000 + time.attoseconds / 1_000_000_000))
            .connect(to: address) { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    if let context {
                        // An address is proved as an address: the handler takes no such name.
                        let name = NetworkAddress(url.host) == nil ? url.host : nil
                        try pipeline.addHandler(NIOSSLClientHandler(context: context, serverHostname: name))
                    }
                    try pipeline.addHTTPClientHandlers()
                    return try Connection(wrappingChannelSynchronously: channel)
                }
            }
    }

    private func tlsContext() throws -> NIOSSLContext {
        try tls.withLock { context in
            if let context { return context }
            var configuration = TLSConfiguration.makeClientConfiguration()
            configuration.minimumTLSVersion = .tlsv12
            configuration.trustRoots = trustRoots
            configuration.applicationProtocols = ["http/1.1"]
            let made = try NIOSSLContext(configuration: configuration)
            context = made
            return made
        }
    }

    private func socketAddress(_ address: NetworkAddress, port: Int) throws -> SocketAddress {
        try SocketAddress(packedIPAddress: ByteBuffer(bytes: address.bytes), port: port)
    }

    // MARK: Talking

    private func parts(of request: Request) -> [HTTPClientRequestPart] {
        let url = request.url
        let isUsual = url.port == (url.scheme == .https ? 443 : 80)
        let host = url.host.contains(":") ? "[\(url.host)]" : url.host
        var headers = HTTPHeaders([
            ("Host", isUsual ? host : url.authority), ("User-Agent", "Butik/1.0"), ("Accept-Encoding", "identity"),
            ("Connection", "close"),
        ])
        for (name, value) in request.headers { headers.add(name: name, value: value) }
        if !request.body.isEmpty || request.method != "GET" {
            headers.add(name: "Content-Length", value: String(request.body.count))
        }
        let head = HTTPRequestHead(
            version: .http1_1, method: HTTPMethod(rawValue: request.method), uri: url.target, headers: headers)
        let body =
            request.body.isEmpty ? [] : [HTTPClientRequestPart.body(.byteBuffer(ByteBuffer(bytes: request.body)))]
        return [.head(head)] + body + [.end(nil)]
    }

    private func read(
        _ inbound: NIOAsyncChannelInboundStream<HTTPClientResponsePart>, atMost bytesMax: Int
    ) async throws -> Reply {
        var head: HTTPResponseHead?
        var body: [UInt8] = []
        for try await part in inbound {
            switch part {
            case .head(let response):
                let length = response.headers.first(name: "Content-Length").flatMap { Int($0) } ?? 0
                guard length <= bytesMax else { throw Failure.tooLarge }
                // What comes before the real answer (RFC 9110, 15.2) is not the answer.
                if response.status.code >= 200 { head = response }
            case .body(let bytes):
                guard body.count + bytes.readableBytes <= bytesMax else { throw Failure.tooLarge }
                body.append(contentsOf: bytes.readableBytesView)
            case .end:
                guard let head else { continue }
                return Reply(
                    status: Int(head.status.code), headers: head.headers.map { ($0.name, $0.value) }, body: body)
            }
        }
        try Task.checkCancellation()
        throw Failure.brokenOff
    }
}
