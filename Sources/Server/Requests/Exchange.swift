import Commerce
import Compression
import HTTPTypes
import HummingbirdCore
import NIOCore
import Persistence
import Resources

/// One request and what is learnt about it on its way, and how its answer is put on the wire.
struct Exchange {
    let request: Request
    let id: String
    let now: Instant
    var address = ""
    var date = ""
    var route: Int?
    var grant: Authenticator.Grant?
    var rate: (left: Int64, reset: Int64)?
    var isDryRun = false
    var isPreflightAllowed = false
    var allowedMethods = ""

    init(_ request: Request, id: String, at now: Instant) {
        self.request = request
        self.id = id
        self.now = now
    }

    var isHead: Bool { request.method == .head }
    private var isRead: Bool { request.method == .get || isHead }

    /// Path and query of the target.
    var target: (path: Substring, query: Substring) {
        let target = request.head.path ?? "/"
        let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        return (parts[0], parts.count == 2 ? parts[1] : "")
    }

    /// The host asked for, lower case, without its port.
    var host: String {
        let authority = (request.head.authority ?? "").lowercased()
        guard let colon = authority.lastIndex(of: ":"), !authority.hasSuffix("]") else { return authority }
        return String(authority[..<colon])
    }

    /// 304 where the client already has exactly this.
    func conditional(_ answer: Answer) -> Answer {
        guard answer.isTagged, answer.status == 200, isRead else { return answer }
        let tag = EntityTag.of(answer)
        var tagged = answer
        tagged.headers.append(("ETag", tag))
        guard EntityTag.matches(request.headers[.ifNoneMatch], tag) else { return tagged }
        tagged.status = 304
        tagged.body = []
        return tagged
    }

    func response(_ answer: Answer) -> (head: HTTPResponse, body: ResponseBody, length: Int) {
        if let file = answer.file { return response(answer, file) }
        var fields = HTTPFields()
        fields.reserveCapacity(16)
        var body = answer.body
        if answer.status != 304 {
            fields[.contentType] = answer.contentType
            if body.count >= Gzip.bytesMin {
                fields[.vary] = "Accept-Encoding"
                if Gzip.isAccepted(request.headers[.acceptEncoding]), let packed = Gzip.compress(body) {
                    body = packed
                    fields[.contentEncoding] = "gzip"
                }
            }
            // A stream's length is not known before its end.
            if answer.stream == nil { fields[.contentLength] = String(body.count) }
        }
        for (name, value) in answer.headers {
            guard let name = HTTPField.Name(name) else { continue }
            let isPackedTag = name == .eTag && fields[.contentEncoding] != nil
            fields.append(HTTPField(name: name, value: isPackedTag ? EntityTag.compressed(value) : value))
        }
        // A write answers the tag of what it wrote, for the next If-Match.
        if answer.version != nil, fields[.eTag] == nil, !isDryRun { fields[.eTag] = EntityTag.of(answer) }
        describe(&fields)
        let status = HTTPResponse.Status(code: answer.status)
        return (
            HTTPResponse(status: status, headerFields: fields), ResponseBody(byteBuffer: ByteBuffer(bytes: body)),
            body.count
        )
    }

    func describe(_ fields: inout HTTPFields) {
        fields[.requestID] = id
        fields[.date] = date
        fields[.contentTypeOptions] = "nosniff"
        fields[.cacheControl] = fields[.eTag] != nil && isRead ? "private, no-cache" : "no-store"
        if isDryRun { fields[.preferenceApplied] = "dry-run" }
        if let rate, let grant {
            // draft-ietf-httpapi-ratelimit-headers: the policy, and where this token stands.
            let daily = grant.dailyLimit.map { ", \"daily\";q=\($0);w=86400" } ?? ""
            fields[.rateLimitPolicy] = "\"burst\";q=\(grant.burst);w=2\(daily)"
            fields[.rateLimit] = "\"burst\";r=\(rate.left);t=\(rate.reset)"
        }
        allowOrigin(&fields)
    }

    /// CORS is off unless the origin is on the shop's or the token's list.
    private func allowOrigin(_ fields: inout HTTPFields) {
        guard let origin = request.headers[.origin] else { return }
        fields[.vary] = "Origin, Authorization, Accept-Encoding"
        let listed = grant.map { $0.origins.contains(origin) || $0.principal.tenant.origins.contains(origin) }
        guard isPreflightAllowed || listed == true else { return }
        fields[.accessControlAllowOrigin] = origin
        fields[.accessControlExposeHeaders] =
            "ETag, RateLimit, RateLimit-Policy, Retry-After, X-Request-Id, Idempotent-Replayed"
        guard isPreflightAllowed else { return }
        fields[.accessControlAllowMethods] = allowedMethods
        fields[.accessControlAllowHeaders] =
            "Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, Prefer, X-Access-Token, X-Request-Id"
        fields[.accessControlMaxAge] = "600"
    }
}

extension Limits {
    /// Refuses heads that are too large, and hosts nobody can read.
    func check(_ request: Request) throws {
        if (request.head.path ?? "").utf8.count > uriBytes {
            throw Problem(.uriTooLong, "uri_too_long", "The address is longer than \(uriBytes) bytes.")
        }
        var sum = 0
        for field in request.headers {
            let size = field.name.rawName.utf8.count + field.value.utf8.count
            if size > headerBytes { throw tooLarge("A header is longer than \(headerBytes) bytes.") }
            sum += size
        }
        if sum > headBytes { throw tooLarge("The headers are longer than \(headBytes) bytes.") }
    }

    private func tooLarge(_ detail: String) -> Problem {
        Problem(.headersTooLarge, "headers_too_large", detail)
    }
}

extension Preferences {
    /// RFC 7240: a comma separated list of words.
    init(header: String?) {
        self.init()
        for word in (header ?? "").split(separator: ",") {
            switch word.filter({ $0 != " " }).lowercased() {
            case "handling=strict": isStrict = true
            case "dry-run": isDryRun = true
            default: break
            }
        }
    }
}
