import Basics
package import Commerce
import HTTPTypes
import HummingbirdCore
import NIOCore
import Persistence
import Resources

/// Takes a request from the wire to its endpoint and back: route, door, body, work, answer.
package final class RequestHandler: Sendable {
    package let authenticator: Authenticator
    package let limiter: Limiter
    /// The calls of all tokens.
    package let callLog = CallLog()
    package let metrics: Metrics
    private let storage: any Storage
    private let settings: Settings
    private let log: RequestLog
    private let requestIDs = RequestIDs()
    private let dates = HTTPDate()
    private let keys = InFlightKeys()
    private let calls: CallReader

    /// - Parameter services: what the endpoints work with beside the database.
    init(
        _ storage: any Storage, _ authenticator: Authenticator, _ metrics: Metrics, _ services: Services,
        _ settings: Settings, _ log: RequestLog
    ) {
        self.storage = storage
        self.authenticator = authenticator
        self.metrics = metrics
        self.settings = settings
        self.log = log
        limiter = Limiter(isOn: settings.rateLimit)
        var services = services
        services.add(Operations(settings, keys))
        calls = CallReader(settings, services)
    }

    /// Answers one request. Nothing a client sends makes this throw; only a broken connection does.
    func respond(
        to request: Request, at entrance: Entrance, _ writer: consuming ResponseWriter, _ channel: any Channel
    ) async throws {
        // A task keeps the room that its deepest call took, so whoever stays for long is answered by another.
        let reply =
            request.headers.wantEventStream
            ? await Task { await made(for: request, at: entrance, channel) }.value
            : await made(for: request, at: entrance, channel)
        guard let body = reply.body else { return try await writer.writeResponse(reply.head) }
        let hangUp = reply.listening.map { HangUp(channel, $0.end) }
        defer { hangUp?.leave() }
        try await writer.write(response: reply.head, body: body)
    }

    /// What is written for a request.
    private struct Reply: Sendable {
        let head: HTTPResponse
        /// Nil for a HEAD.
        let body: ResponseBody?
        /// Set where the body goes on as long as the client listens.
        var listening: Listening?
    }

    @inline(never)
    private func made(for request: Request, at entrance: Entrance, _ channel: any Channel) async -> Reply {
        let start = ContinuousClock.now
        metrics.begin()
        var context = RequestContext(
            request, channel, at: entrance.door(of: request), id: requestIDs.id(from: request.headers[.requestID]),
            now: settings.clock())
        context.address = settings.trustedProxies.client(of: request, channel)
        context.date = dates.text(at: context.now)
        let answer = await answer(&context, entrance.router)
        let known = context
        let response = await Lane.run(if: known.isLong(answer)) { known.response(answer) }
        let elapsed = (start.duration(to: .now) - context.waited).components
        let microseconds = Int(elapsed.seconds) * 1_000_000 + Int(elapsed.attoseconds / 1_000_000_000_000)
        metrics.end(context.route, status: response.head.status.code, microseconds: microseconds)
        log.write(context, response.head.status.code, response.length, microseconds)
        note(context, response.head.status.code, microseconds)
        if context.isHead { return Reply(head: response.head, body: nil) }
        if let listening = answer.listening, case .stream(let stream) = listening.form {
            return Reply(head: response.head, body: Self.body(stream, isLong: false), listening: listening)
        }
        if let stream = answer.stream, response.head.status.code == 200 {
            return Reply(head: response.head, body: Self.body(stream, isLong: true))
        }
        return Reply(head: response.head, body: response.body)
    }

    /// Keeps what a token has done.
    private func note(_ context: RequestContext, _ status: Int, _ microseconds: Int) {
        guard let grant = context.grant else { return }
        let (path, _) = context.target
        callLog.note(
            TokenCall(
                shop: grant.principal.tenant.webshopID, token: grant.principal.tokenID, began: context.now,
                method: context.request.method.rawValue, route: log.route(context), path: path, status: status,
                address: context.address,
                userAgent: context.request.headers.first { $0.name == .userAgent }?.value ?? "",
                microseconds: Int64(microseconds), requestID: context.id))
    }

    private static func body(
        _ stream: @escaping @Sendable (([UInt8]) async throws -> Void) async throws -> Void, isLong: Bool
    ) -> ResponseBody {
        ResponseBody { writer in
            try await Lane.run(if: isLong) {
                try await stream { bytes in try await writer.write(ByteBuffer(bytes: bytes)) }
                try await writer.finish(nil)
            }
        }
    }

    // MARK: From request to answer

    private func answer(_ context: inout RequestContext, _ router: Router) async -> Answer {
        do {
            let answer = try await attempt(&context, router)
            guard let listening = answer.listening, case .later(let finish) = listening.form, !context.isHead else {
                return answer
            }
            return try await later(listening, finish, &context)
        } catch {
            let problem = Fault.problem(for: error)
            if problem.kind == .internal { log.report(error, context) }
            return context.door.answer(problem, context)
        }
    }

    /// Waits for what is to be answered. The caller has left by its door, so the request is not under way meanwhile.
    private func later(
        _ listening: Listening, _ finish: @Sendable () async throws -> Answer, _ context: inout RequestContext
    ) async throws -> Answer {
        let start = ContinuousClock.now
        let hangUp = context.watch(listening)
        metrics.pause()
        defer {
            hangUp.leave()
            metrics.goOn()
            context.waited = start.duration(to: .now)
            context.date = dates.text(at: settings.clock())
        }
        return context.door.answer(try await finish(), context)
    }

    private func attempt(_ context: inout RequestContext, _ router: Router) async throws -> Answer {
        try settings.limits.check(context.request)
        let (path, query) = context.target
        switch router.match(context.request.method.rawValue, path) {
        case .endpoint(let index, let parameters):
            context.route = index
            return try await enter(router.endpoints[index], parameters, query, &context)
        case .otherMethods(let methods, let elsewhere):
            return try await otherMethod(methods, elsewhere, &context)
        case .nothing where context.request.method == .options && path == "*":
            // RFC 9110 9.3.7: the server as a whole.
            return try await otherMethod(Endpoint.Method.allCases.map(\.rawValue) + ["HEAD", "OPTIONS"], nil, &context)
        case .nothing:
            throw context.nothingThere
        }
    }

    private func enter(
        _ endpoint: Endpoint, _ parameters: [String], _ query: Substring, _ context: inout RequestContext
    ) async throws -> Answer {
        guard let query = Query(encoded: query) else {
            throw Problem.malformed("query", "The query string is not valid percent-encoded UTF-8.")
        }
        let door = context.door
        try await door.admit(endpoint, &context)
        let known = context
        defer { door.leave(known) }
        return try await calls.with(endpoint, parameters, query, known) { call in
            door.answer(try await call.answer(from: storage, keys), known)
        }
    }

    /// OPTIONS of a known path, and the answer to a method it does not have.
    /// - Parameter elsewhere: what else is said of it.
    private func otherMethod(
        _ methods: [String], _ elsewhere: String?, _ context: inout RequestContext
    ) async throws -> Answer {
        let allow = methods.joined(separator: ", ")
        guard context.request.method == .options else {
            var problem = Problem(
                .methodNotAllowed, "method", "This address takes \(allow).\(elsewhere.map { " " + $0 } ?? "")")
            problem.headers = [("Allow", allow)]
            throw problem
        }
        try await context.door.preflight(&context)
        context.allowedMethods = allow
        return Answer(
            contentType: "text/plain; charset=utf-8", body: Array((allow + "\n").utf8), headers: [("Allow", allow)],
            isTagged: false)
    }
}
