package import Basics
import CCurl
package import Outbound

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
        /// Whether one that is longer is taken as far as it is read.
        package var takesPart = false

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

    /// Times a call may take (CONTRACT 6).
    package struct Limits: Sendable {
        package var connect = Duration.seconds(3)
        package var whole = Duration.seconds(15)

        package init() {}
    }

    private let policy: OutboundPolicy
    private let loop: TransferLoop
    private let limits: Limits
    private let caFile: String?
    private let lookUp: @Sendable (String) async -> [NetworkAddress]

    /// - Parameters:
    ///   - caFile: certificates (PEM) that are trusted in the place of the system's.
    ///   - lookUp: the addresses of a name; the system's resolver where nothing else is given.
    package init(
        _ policy: OutboundPolicy, by loop: TransferLoop, limits: Limits = Limits(), caFile: String? = nil,
        lookUp: @escaping @Sendable (String) async -> [NetworkAddress] = Resolver.addresses
    ) {
        (self.policy, self.loop, self.limits, self.caFile, self.lookUp) = (policy, loop, limits, caFile, lookUp)
    }

    /// Sends a request and reads its answer, whatever status that has.
    /// - Throws: `Failure`; `CancellationError`.
    package func send(_ request: Request) async throws -> Reply {
        try await withThrowingTaskGroup(of: Reply.self) { group in
            group.addTask {
                let addresses = try await self.allowedAddresses(of: request.url)
                return try await self.exchange(request, at: addresses)
            }
            group.addTask {
                try await Task.sleep(for: self.limits.whole)
                throw Failure.timeout
            }
            defer { group.cancelAll() }
            guard let reply = try await group.next() else { throw Failure.timeout }
            return reply
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

    private func exchange(_ request: Request, at addresses: [NetworkAddress]) async throws -> Reply {
        let outcome = try await loop.run(transfer(request, at: Array(addresses.prefix(3))))
        let isPart = request.takesPart && outcome.code == CURLE_WRITE_ERROR && outcome.body.count == request.answerMax
        if !isPart, let failure = Failure(outcome) { throw failure }
        return Reply(status: outcome.status, headers: outcome.headers, body: outcome.body)
    }

    /// What libcurl is told: this address and no other, no redirects (its default), certificates proved.
    private func transfer(_ request: Request, at addresses: [NetworkAddress]) -> Transfer {
        let url = request.url
        let times = TransferLimits(connect: limits.connect.milliseconds, inAll: limits.whole.milliseconds)
        var transfer = Transfer(
            "\(url.scheme.rawValue)://\(url.authority)\(url.target)", schemes: "http,https", limits: times,
            upload: request.body, answerMax: request.answerMax)
        transfer.allowed = addresses
        let given = addresses.map { $0.bytes.count == 4 ? $0.text : "[\($0.text)]" }.joined(separator: ",")
        transfer.options += [
            .texts(CURLOPT_RESOLVE, NetworkAddress(url.host) == nil ? ["\(url.host):\(url.port):\(given)"] : []),
            .number(CURLOPT_PATH_AS_IS, 1), .number(CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1),
            .number(CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2),
            .number(CURLOPT_SSL_VERIFYPEER, 1), .number(CURLOPT_SSL_VERIFYHOST, 2),
            // Each call asks again where its name leads.
            .number(CURLOPT_FORBID_REUSE, 1), .number(CURLOPT_FRESH_CONNECT, 1),
            .text(CURLOPT_CUSTOMREQUEST, request.method),
            .texts(CURLOPT_HTTPHEADER, headers(of: request)),
        ]
        if !request.body.isEmpty || request.method != "GET" { transfer.options.append(.number(CURLOPT_UPLOAD, 1)) }
        if !request.takesPart { transfer.options.append(.number(CURLOPT_MAXFILESIZE, request.answerMax)) }
        if let caFile { transfer.options.append(.text(CURLOPT_CAINFO, caFile)) }
        return transfer
    }

    private func headers(of request: Request) -> [String] {
        let url = request.url
        let isUsual = url.port == (url.scheme == .https ? 443 : 80)
        let host = url.host.contains(":") ? "[\(url.host)]" : url.host
        let own = [
            "Host: \(isUsual ? host : url.authority)", "User-Agent: Butik/1.0", "Accept-Encoding: identity",
            "Connection: close",
            // libcurl would wait a second for a host's leave to send a body.
            "Expect:",
        ]
        // A header without a value ends with a semicolon there.
        return own + request.headers.map { $0.value.isEmpty ? $0.name + ";" : "\($0.name): \($0.value)" }
    }
}

extension Duration {
    /// Whole milliseconds, one at least.
    fileprivate var milliseconds: Int {
        max(1, Int(components.seconds) * 1000 + Int(components.attoseconds / 1_000_000_000_000_000))
    }
}
