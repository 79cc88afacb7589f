package import Basics
package import Commerce
import Exchange
import HTTPTypes
import HummingbirdCore
import Logging
package import Media
import NIOCore
package import Outbound
package import Persistence
package import Resources

/// Takes a request from the wire to its endpoint and back: limits, route, token, rate, body, work, answer.
package final class RequestHandler: Sendable {
    package struct Settings: Sendable {
        package var limits = Limits()
        package var rateLimit = true
        package var logsRequests = true
        package var logFormat = LogFormat.json
        /// Networks whose `X-Forwarded-For` is believed.
        package var trustedProxies: [AddressRange] = []
        /// Where files are.
        package var media = MediaLibrary(folder: "butik-data/media")
        /// Where calls to addresses that clients give may go.
        package var outbound = OutboundPolicy()
        package var clock: @Sendable () -> Instant
        /// What bursts are measured by: it never goes back, whatever is done to the other clock.
        package var monotonic: @Sendable () -> ContinuousClock.Instant = { .now }
        /// How a call over the burst waits for its turn.
        package var sleep: @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }

        package init(clock: @escaping @Sendable () -> Instant) {
            self.clock = clock
        }
    }

    package let authenticator: Authenticator
    package let limiter: Limiter
    package let metrics: Metrics
    private let router: Router
    private let storage: any Storage
    private let settings: Settings
    private let sink: LogSink
    private let requestIDs = RequestIDs()
    private let dates = HTTPDate()
    private let keys = InFlightKeys()
    private let admission: Admission
    private let calls: CallReader

    package init(
        _ endpoints: [Endpoint], _ storage: any Storage, _ authenticator: Authenticator, _ metrics: Metrics,
        _ settings: Settings, sink: LogSink
    ) {
        router = Router(endpoints)
        self.storage = storage
        self.authenticator = authenticator
        self.metrics = metrics
        self.settings = settings
        self.sink = sink
        limiter = Limiter(isOn: settings.rateLimit)
        admission = Admission(authenticator: authenticator, limiter: limiter, settings: settings)
        calls = CallReader(settings)
    }

    /// Answers one request. Nothing a client sends makes this throw; only a broken connection does.
    func respond(to request: Request, _ writer: consuming ResponseWriter, _ channel: any Channel) async throws {
        let start = ContinuousClock.now
        metrics.begin()
        var context = RequestContext(
            request, channel, id: requestIDs.id(from: request.headers[.requestID]), at: settings.clock())
        context.address = address(of: request, channel)
        context.date = dates.text(at: context.now)
        let answer = await answer(&context)
        let known = context
        let response = await Lane.run(if: known.isLong(answer)) { known.response(answer) }
        let elapsed = start.duration(to: .now).components
        let microseconds = Int(elapsed.seconds) * 1_000_000 + Int(elapsed.attoseconds / 1_000_000_000_000)
        metrics.end(context.route, status: response.head.status.code, microseconds: microseconds)
        log(context, response.head.status.code, response.length, microseconds)
        if context.isHead {
            try await writer.writeResponse(response.head)
        } else if let stream = answer.stream, response.head.status.code == 200 {
            let body = ResponseBody { writer in
                try await Lane.run(if: true) {
                    try await stream { bytes in try await writer.write(ByteBuffer(bytes: bytes)) }
                    try await writer.finish(nil)
                }
            }
            try await writer.write(response: response.head, body: body)
        } else {
            try await writer.write(response: response.head, body: response.body)
        }
    }

    // MARK: From request to answer

    private func answer(_ context: inout RequestContext) async -> Answer {
        do {
            return try await attempt(&context)
        } catch {
            let problem = Fault.problem(for: error)
            if problem.kind == .internal { report(error, context) }
            return problem.answer(requestID: context.id)
        }
    }

    private func attempt(_ context: inout RequestContext) async throws -> Answer {
        try settings.limits.check(context.request)
        let (path, queryText) = context.target
        let endpoint: Endpoint
        let parameters: [String]
        switch router.match(context.request.method.rawValue, path) {
        case .endpoint(let index, let found):
            context.route = index
            endpoint = router.endpoints[index]
            parameters = found
        case .otherMethods(let methods):
            return try await otherMethod(methods, &context)
        case .nothing where context.request.method == .options && path == "*":
            // RFC 9110 9.3.7: the server as a whole.
            return try await otherMethod(Endpoint.Method.allCases.map(\.rawValue) + ["HEAD", "OPTIONS"], &context)
        case .nothing:
            throw Problem(.notFound, "no_such_route", "There is nothing at \(path). GET /REST lists what there is.")
        }
        guard let query = PercentCoding.query(queryText) else {
            throw Problem.malformed("query", "The query string is not valid percent-encoded UTF-8.")
        }
        guard case .token(let level) = endpoint.access else {
            var call = Call(
                endpoint: endpoint, caller: .nobody, requestID: context.id, now: context.now,
                parameters: parameters, query: query)
            if case .open = endpoint.work {
                call.address = context.address
                call.hostShop = try await authenticator.shop(ofHost: context.host, at: context.now)
            }
            return context.ranged(try await run(call))
        }
        let grant = try await admission.admit(&context, level)
        defer { limiter.leave(grant) }
        context.isDryRun = Preferences(header: context.request.headers[.prefer]).isDryRun
        let known = context
        return try await calls.with(endpoint, grant, parameters, query, known) { call in
            known.conditional(try await run(call))
        }
    }

    private func run(_ call: Call) async throws -> Answer {
        switch call.endpoint.work {
        case .plain(let work): return try await work(call)
        case .read(let work), .open(let work): return try await work(call, storage)
        case .write(let work): return try await write(call, work)
        }
    }

    private func write(
        _ call: Call, _ work: @escaping @Sendable (Call, Transaction) throws -> Answer
    ) async throws -> Answer {
        let key = call.idempotency.map { "\($0.caller)/\($0.key)" }
        if let key, !keys.enter(key) { throw Problem.inFlight }
        defer { if let key { keys.leave(key) } }
        let answer = try await WriteDoor.perform(call, on: storage, work)
        // Tokens and shops are what the authenticator remembers.
        if call.endpoint.documentation.tag == "token" || call.endpoint.documentation.tag == "shop" {
            authenticator.forget()
        }
        return answer
    }

    /// OPTIONS of a known path, and the answer to a method it does not have.
    private func otherMethod(_ methods: [String], _ context: inout RequestContext) async throws -> Answer {
        let allow = methods.joined(separator: ", ")
        guard context.request.method == .options else {
            var problem = Problem(.methodNotAllowed, "method", "This address takes \(allow).")
            problem.headers = [("Allow", allow)]
            throw problem
        }
        context.isPreflightAllowed = try await authenticator.isKnownOrigin(
            context.request.headers[.origin], at: context.now)
        context.allowedMethods = allow
        return Answer(
            contentType: "text/plain; charset=utf-8", body: Array((allow + "\n").utf8), headers: [("Allow", allow)],
            isTagged: false)
    }

    // MARK: Logs

    private func address(of request: Request, _ channel: any Channel) -> String {
        let peer = channel.remoteAddress?.ipAddress ?? ""
        guard !settings.trustedProxies.isEmpty, settings.trustedProxies.contains(where: { $0.contains(peer) }),
            let forwarded = request.headers[.forwardedFor]
        else { return peer }
        // The last hop that is no proxy of ours is the client; what stands before it anyone could have written.
        let hops = forwarded.split(separator: ",").map { $0.filter { $0 != " " } }
        return hops.last { hop in !settings.trustedProxies.contains { $0.contains(hop) } } ?? peer
    }

    private func log(_ context: RequestContext, _ status: Int, _ bytes: Int, _ microseconds: Int) {
        guard settings.logsRequests else { return }
        var line = LogLine(settings.logFormat, level: "info", message: "request")
        line.add("request_id", context.id)
        line.add("method", context.request.method.rawValue)
        line.add("route", context.route.map { router.endpoints[$0].template } ?? "")
        line.add("status", Int64(status))
        line.add("bytes", Int64(bytes))
        line.add("us", Int64(microseconds))
        line.add("address", context.address)
        if let grant = context.grant {
            line.add("webshop_id", grant.principal.tenant.webshopID)
            line.add("token_id", grant.principal.tokenID)
        }
        sink.write(line.finished())
    }

    private func report(_ error: any Error, _ context: RequestContext) {
        var line = LogLine(settings.logFormat, level: "error", message: "\(error)")
        line.add("request_id", context.id)
        line.add("route", context.route.map { router.endpoints[$0].template } ?? "")
        sink.write(line.finished())
    }
}
