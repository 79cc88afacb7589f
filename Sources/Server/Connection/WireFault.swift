import NIOHTTP1
import Resources

/// What came over the wire instead of a request. It travels in the place of the request's scheme, which no client can set, so
/// that it is answered, counted and logged in its turn like everything else.
enum WireFault: String {
    case host = "fault:host"
    case method = "fault:method"
    case head = "fault:head"
    case headTooLarge = "fault:large"
    case coding = "fault:coding"

    init(_ error: any Error) {
        switch error {
        case HTTPParserError.headerOverflow: self = .headTooLarge
        case HTTPParserError.invalidMethod: self = .method
        default: self = .head
        }
    }

    var problem: Problem {
        switch self {
        case .host:
            .malformed(
                "host", "A request of HTTP/1.1 has exactly one Host header: a name or an address, and perhaps a port.")
        case .method: .malformed("method_unknown", "The method is none that HTTP servers know.")
        case .head: .malformed("http", "This is no HTTP request.")
        case .headTooLarge:
            Problem(.headersTooLarge, "headers_too_large", "The headers are longer than the server reads.")
        case .coding:
            // RFC 9112 6.1.
            Problem(.notImplemented, "transfer_encoding", "The only Transfer-Encoding that is read here is chunked.")
        }
    }
}
