import Basics
import Commerce
import Compression
import HTTPTypes
import HummingbirdCore
import NIOCore
import NIOHTTPTypes
import Persistence
import Resources
import Synchronization

/// One request and what is learnt about it on its way, and how its answer is put on the wire.
struct RequestContext {
    let request: Request
    let id: String
    let now: Instant
    var address = ""
    var date = ""
    /// The door it came through, and who that found out calls.
    let door: any Door
    var caller = Caller.nobody
    /// What the caller's token may do, and how much of that is left.
    var grant: Authenticator.Grant?
    var standing: Limiter.Standing?
    /// What a browser has shown, or is to be given.
    var cookie = ""
    var isNewCookie = false
    /// The shop whose host was asked, where the door asks for that.
    var hostShop: Int64?
    var route: Int?
    var isDryRun = false
    var isPreflightAllowed = false
    /// Whether some shop or token lets in the page that calls, where the door asks for that.
    var isOriginKnown = false
    /// How long it only waited for something to happen.
    var waited = Duration.zero
    var allowedMethods = ""

    private let channel: any Channel
    /// RFC 9110 10.1.1: the client sends its body when it is told to. Nil where it waits for no word.
    private var waiting: Expectation?

    /// A client's wait for the word to go on.
    private final class Expectation: Sendable {
        let isMet = Atomic<Bool>(false)
    }

    init(_ request: Request, _ channel: any Channel, at door: any Door, id: String, now: Instant) {
        self.request = request
        self.channel = channel
        self.door = door
        self.id = id
        self.now = now
        if request.headers[.expect]?.lowercased() == Self.goOn { waiting = Expectation() }
    }

    static let goOn = "100-continue"

    /// Has an answer that waits end where the client hangs up, until it is told to leave.
    func watch(_ listening: Listening) -> HangUp { HangUp(channel, listening.end) }

    /// Tells a client that waits with its body to send it. What has been checked until now was found good.
    func askForBody() async throws {
        guard let waiting, !waiting.isMet.exchange(true, ordering: .relaxed) else { return }
        try await channel.writeAndFlush(HTTPResponsePart.head(HTTPResponse(status: .continue)))
    }

    /// The length of the body, where the head tells it; nil for one in chunks.
    var bodyBytes: Int? {
        if let length = request.headers[.contentLength] {
            return WholeNumber(count: length).flatMap { Int(exactly: $0.int64) }
        }
        return request.headers[.transferEncoding] == nil ? 0 : nil
    }

    var isHead: Bool { request.method == .head }
    private var isRead: Bool { request.method == .get || isHead }

    /// Path and query of the target.
    var target: (path: Substring, query: Substring) {
        let target = request.head.path ?? "/"
        guard let mark = target.utf8.firstIndex(of: UInt8(ascii: "?")) else { return (target[...], "") }
        return (target[..<mark], target[target.index(after: mark)...])
    }

    /// What is told of a path that nothing is at.
    var nothingThere: Problem {
        Problem(.notFound, "no_such_route", "There is nothing at \(target.path). GET /REST lists what there is.")
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

    /// Whether packing the answer, or only copying it, takes its time.
    func isLong(_ answer: Answer) -> Bool {
        guard answer.body.count >= Lane.bytesMin else { return false }
        return answer.body.count >= Lane.bytesMin * 16 || Gzip.isAccepted(request.headers[.acceptEncoding])
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
            if answer.stream == nil, answer.listening == nil { fields[.contentLength] = String(body.count) }
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
        // Nobody knows whether the body that was not asked for will come.
        if let waiting, !waiting.isMet.load(ordering: .relaxed) { fields[.connection] = "close" }
        fields[.date] = date
        fields[.contentTypeOptions] = "nosniff"
        if fields[.cacheControl] == nil {
            fields[.cacheControl] = fields[.eTag] != nil && isRead ? "private, no-cache" : "no-store"
        }
        door.describe(&fields, self)
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
