import Basics
import Commerce
import Exchange
import HTTPTypes
import Resources

/// Makes the call of a request: its body, its files, its conditions.
struct CallReader: Sendable {
    let settings: RequestHandler.Settings
    private let budget: BodyBudget

    init(_ settings: RequestHandler.Settings) {
        self.settings = settings
        budget = BodyBudget(settings.limits)
    }

    /// Reads the call and does its work, both away from the event loops where they are long. The memory that a large body
    /// takes is counted until its answer is there.
    func with<T>(
        _ endpoint: Endpoint, _ grant: Authenticator.Grant, _ parameters: [String], _ query: Query,
        _ context: RequestContext, _ work: (Call) async throws -> T
    ) async throws -> T {
        let body = largeBody(endpoint, context).map {
            budget.body(of: grant.principal.tenant.webshopID, atMost: $0)
        }
        defer { body?.giveBack() }
        let isPackedFile = isFile(endpoint, context) && Self.isPacked(context)
        return try await Lane.run(if: body != nil || isPackedFile || Self.isLongList(query)) {
            try await work(try await call(endpoint, grant, parameters, query, context, body))
        }
    }

    /// The bytes of a body that is large, or may be; what is refused for its length takes none.
    private func largeBody(_ endpoint: Endpoint, _ context: RequestContext) -> Int? {
        guard endpoint.isWrite, !isFile(endpoint, context) else { return nil }
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
        _ endpoint: Endpoint, _ grant: Authenticator.Grant, _ parameters: [String], _ query: Query,
        _ context: RequestContext, _ counted: CountedBody?
    ) async throws -> Call {
        let headers = context.request.headers
        let preferences = Preferences(header: headers[.prefer])
        var uploads = UploadReader(
            settings.media, settings.outbound, shop: grant.principal.tenant.webshopID, isDryRun: preferences.isDryRun)
        var bytes: [UInt8] = []
        var body: JSON?
        var query = query
        var file: [UInt8] = []
        if let kind = endpoint.file, isFile(endpoint, context) {
            let sent = try await uploads.file(kind, context, type: headers[.contentType] ?? "", query)
            (body, bytes) = (sent.body, sent.fingerprint)
        } else if endpoint.isWrite {
            bytes = try await RequestBodyReader.bytes(of: context, atMost: endpoint.bodyMax, counted)
            if endpoint.takesBytes {
                let sent = try SentFile(bytes, type: headers[.contentType], query)
                (file, query, bytes) = (sent.bytes, sent.query, sent.fingerprint)
            } else {
                body = try RequestBodyReader.json(bytes, type: headers[.contentType], rowsMax: endpoint.rowsMax)
            }
            if !endpoint.uploads.isEmpty { body = try await uploads.taken(from: body, endpoint) }
        }
        var call = Call(
            endpoint: endpoint, caller: .token(grant.principal), requestID: context.id,
            now: settings.clock(), parameters: parameters, query: query, body: body,
            bytes: file, preferences: preferences, ifMatch: headers[.ifMatch],
            idempotency: try idempotency(endpoint, .token(grant.principal), context, bytes))
        call.clock = settings.clock
        call.uploads = uploads.uploads
        return call
    }

    private func idempotency(
        _ endpoint: Endpoint, _ caller: Caller, _ context: RequestContext, _ body: [UInt8]
    ) throws -> IdempotencyKey? {
        guard endpoint.isWrite, let caller = caller.key, let key = context.request.headers[.idempotencyKey] else {
            return nil
        }
        guard (1...255).contains(key.utf8.count) else {
            throw Problem.malformed("idempotency_key", "An Idempotency-Key has 1 to 255 characters.")
        }
        let request = context.request.method.rawValue + " " + (context.request.head.path ?? "") + "\n"
        return IdempotencyKey(caller: caller, key: key, requestHash: Fingerprint.sha256(Array(request.utf8), body))
    }
}
