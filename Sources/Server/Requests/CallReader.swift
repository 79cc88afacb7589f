import Basics
import Commerce
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
        _ exchange: Exchange, _ work: (Call) async throws -> T
    ) async throws -> T {
        let body = largeBody(endpoint, exchange).map {
            budget.body(of: grant.principal.tenant.webshopID, atMost: $0)
        }
        defer { body?.giveBack() }
        let isPackedFile = isFile(endpoint, exchange) && Self.isPacked(exchange)
        return try await Lane.run(if: body != nil || isPackedFile || Self.isLongList(query)) {
            try await work(try await call(endpoint, grant, parameters, query, exchange, body))
        }
    }

    /// The bytes of a body that is large, or may be; what is refused for its length takes none.
    private func largeBody(_ endpoint: Endpoint, _ exchange: Exchange) -> Int? {
        guard endpoint.isWrite, !isFile(endpoint, exchange) else { return nil }
        let bytes = Self.isPacked(exchange) ? endpoint.bodyMax : exchange.bodyBytes ?? endpoint.bodyMax
        return bytes >= Lane.bytesMin && bytes <= endpoint.bodyMax ? bytes : nil
    }

    private static func isPacked(_ exchange: Exchange) -> Bool {
        exchange.request.headers[.contentEncoding] != nil
    }

    /// A page so long that showing it takes its time.
    private static func isLongList(_ query: Query) -> Bool {
        query["limit"].flatMap { WholeNumber(strict: $0)?.int64 }.map { $0 > 200 } ?? false
    }

    /// Whether the body is a file, which is written to the disk as it comes.
    private func isFile(_ endpoint: Endpoint, _ exchange: Exchange) -> Bool {
        guard endpoint.file != nil, let type = exchange.request.headers[.contentType] else { return false }
        return !RequestBodyReader.isJSON(type)
    }

    private func call(
        _ endpoint: Endpoint, _ grant: Authenticator.Grant, _ parameters: [String], _ query: Query,
        _ exchange: Exchange, _ counted: CountedBody?
    ) async throws -> Call {
        let headers = exchange.request.headers
        let preferences = Preferences(header: headers[.prefer])
        var uploads = UploadReader(
            settings.media, settings.outbound, shop: grant.principal.tenant.webshopID, isDryRun: preferences.isDryRun)
        var bytes: [UInt8] = []
        var body: JSON?
        var query = query
        var file: [UInt8] = []
        if let kind = endpoint.file, isFile(endpoint, exchange) {
            let sent = try await uploads.file(kind, exchange, type: headers[.contentType] ?? "", query)
            (body, bytes) = (sent.body, sent.fingerprint)
        } else if endpoint.isWrite {
            bytes = try await RequestBodyReader.bytes(of: exchange, atMost: endpoint.bodyMax, counted)
            if endpoint.takesBytes {
                let sent = try SentFile(bytes, type: headers[.contentType], query)
                (file, query, bytes) = (sent.bytes, sent.query, sent.fingerprint)
            } else {
                body = try RequestBodyReader.json(bytes, type: headers[.contentType], rowsMax: endpoint.rowsMax)
            }
            if !endpoint.uploads.isEmpty { body = try await uploads.taken(from: body, endpoint) }
        }
        var call = Call(
            endpoint: endpoint, principal: grant.principal, requestID: exchange.id,
            now: settings.clock(), parameters: parameters, query: query, body: body,
            bytes: file, preferences: preferences, ifMatch: headers[.ifMatch],
            idempotency: try idempotency(endpoint, exchange, bytes))
        call.clock = settings.clock
        call.uploads = uploads.uploads
        return call
    }

    private func idempotency(
        _ endpoint: Endpoint, _ exchange: Exchange, _ body: [UInt8]
    ) throws -> IdempotencyKey? {
        guard endpoint.isWrite, let key = exchange.request.headers[.idempotencyKey] else { return nil }
        guard (1...255).contains(key.utf8.count) else {
            throw Problem.malformed("idempotency_key", "An Idempotency-Key has 1 to 255 characters.")
        }
        let request = exchange.request.method.rawValue + " " + (exchange.request.head.path ?? "") + "\n"
        return IdempotencyKey(key: key, requestHash: Fingerprint.sha256(Array(request.utf8), body))
    }
}
