import Basics
import Commerce
import HTTPTypes
import Resources

/// Makes the call of a request: its body, its files, its conditions.
struct CallReader: Sendable {
    let settings: RequestHandler.Settings
    let services: Services
    private let budget: BodyBudget

    init(_ settings: RequestHandler.Settings, _ services: Services) {
        self.settings = settings
        self.services = services
        budget = BodyBudget(settings.limits)
    }

    /// Reads the call and does its work, both away from the event loops where they are long. The memory that a large body
    /// takes is counted until its answer is there.
    func with<T>(
        _ endpoint: Endpoint, _ parameters: [String], _ query: Query, _ context: RequestContext,
        _ work: (Call) async throws -> T
    ) async throws -> T {
        let body = largeBody(endpoint, context).map {
            budget.body(of: context.caller.tenant.webshopID, atMost: $0)
        }
        defer { body?.giveBack() }
        let isPackedFile = isFile(endpoint, context) && Self.isPacked(context)
        return try await Lane.run(if: body != nil || isPackedFile || endpoint.isLong || Self.isLongList(query)) {
            try await work(try await call(endpoint, parameters, query, context, body))
        }
    }

    /// The bytes of a body that is large, or may be; what is refused for its length takes none.
    private func largeBody(_ endpoint: Endpoint, _ context: RequestContext) -> Int? {
        guard endpoint.hasBody, !isFile(endpoint, context) else { return nil }
        let bytes = Self.isPacked(context) ? endpoint.bodyMax : context.bodyBytes ?? endpoint.bodyMax
        return bytes >= Lane.bytesMin && bytes <= endpoint.bodyMax ? bytes : nil
    }

    private static func isPacked(_ context: RequestContext) -> Bool {
        context.request.headers[.contentEncoding] != nil
    }

    /// A page so long that showing it takes its time.
    private static func isLongList(_ query: Query) -> Bool {
        query["limit"].flatMap { WholeNumber(strict: $0)?.int64 }.map { $0 > 200 } ?? false
    }

    /// Whether the body is a file, which is written to the disk as it comes.
    private func isFile(_ endpoint: Endpoint, _ context: RequestContext) -> Bool {
        guard endpoint.file != nil, let type = context.request.headers[.contentType] else { return false }
        return !RequestBodyReader.isJSON(type)
    }

    private func call(
        _ endpoint: Endpoint, _ parameters: [String], _ query: Query, _ context: RequestContext,
        _ counted: CountedBody?
    ) async throws -> Call {
        let headers = context.request.headers
        let preferences = Preferences(header: headers[.prefer])
        let sent =
            endpoint.hasBody
            ? try await body(endpoint, query, context, preferences, counted) : SentBody(query: query)
        var call = Call(
            endpoint: endpoint, caller: context.caller, requestID: context.id, now: settings.clock(),
            parameters: parameters, query: sent.query, body: sent.json, bytes: sent.file, preferences: preferences,
            ifMatch: headers[.ifMatch], idempotency: try idempotency(endpoint, context, sent.fingerprint))
        call.clock = settings.clock
        call.uploads = sent.uploads
        call.services = services
        call.hostShop = context.hostShop
        call.address = context.address
        call.isEventStream = headers.wantEventStream
        call.lastEventID = headers[.lastEventID]
        if !context.cookie.isEmpty {
            call.cookie = context.cookie
            call.userAgent = headers[.userAgent] ?? ""
        }
        return call
    }

    private func body(
        _ endpoint: Endpoint, _ query: Query, _ context: RequestContext, _ preferences: Preferences,
        _ counted: CountedBody?
    ) async throws -> SentBody {
        let type = context.request.headers[.contentType]
        var sent = SentBody(query: query)
        var uploads = UploadReader(
            settings.media, settings.outbound, shop: context.caller.tenant.webshopID, isDryRun: preferences.isDryRun)
        if let kind = endpoint.file, isFile(endpoint, context) {
            let file = try await uploads.file(kind, context, type: type ?? "", query)
            (sent.json, sent.fingerprint) = (file.body, file.fingerprint)
        } else {
            let bytes = try await RequestBodyReader.bytes(of: context, atMost: endpoint.bodyMax, counted)
            if endpoint.takesBytes {
                let file = try SentFile(bytes, type: type, query)
                (sent.file, sent.query, sent.fingerprint) = (file.bytes, file.query, file.fingerprint)
            } else {
                (sent.json, sent.fingerprint) = (try context.door.body(bytes, endpoint, context), bytes)
            }
            if !endpoint.uploads.isEmpty { sent.json = try await uploads.taken(from: sent.json, endpoint) }
        }
        sent.uploads = uploads.uploads
        return sent
    }

    private func idempotency(
        _ endpoint: Endpoint, _ context: RequestContext, _ body: [UInt8]
    ) throws -> IdempotencyKey? {
        guard endpoint.isWrite, let caller = context.caller.key,
            let key = context.request.headers[.idempotencyKey]
        else { return nil }
        guard (1...255).contains(key.utf8.count) else {
            throw Problem.malformed("idempotency_key", "An Idempotency-Key has 1 to 255 characters.")
        }
        let request = context.request.method.rawValue + " " + (context.request.head.path ?? "") + "\n"
        return IdempotencyKey(
            caller: caller, key: key, requestHash: Fingerprint.sha256(Array(request.utf8), body))
    }
}
