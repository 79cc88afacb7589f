import Basics
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

/// RFC 9110 7.2 and RFC 3986 3.2: what a Host header may hold.
enum HostName {
    /// A name or address, and perhaps a port. Nobody's user name, no blanks, nothing empty.
    static func isValid(_ text: String) -> Bool {
        var bytes = text.utf8[...]
        if bytes.first == UInt8(ascii: "[") {
            let address = bytes.dropFirst().prefix { $0 != UInt8(ascii: "]") }
            bytes = bytes.dropFirst(address.count + 1)
            guard !address.isEmpty, address.allSatisfy(isAddressByte), bytes.popFirst() == UInt8(ascii: "]") else {
                return false
            }
        } else {
            let name = bytes.prefix { $0 != UInt8(ascii: ":") }
            guard !name.isEmpty, name.allSatisfy(isNameByte) else { return false }
            bytes = bytes.dropFirst(name.count)
        }
        let port = bytes.dropFirst()
        return bytes.isEmpty || bytes.first == UInt8(ascii: ":") && port.count <= 5 && port.allSatisfy(isDigit)
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "A")...UInt8(ascii: "Z"):
            true
        default: "-._~!$&'()*+,;=%".utf8.contains(byte)
        }
    }

    private static func isAddressByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"),
            UInt8(ascii: "A")...UInt8(ascii: "F"), UInt8(ascii: ":"), UInt8(ascii: "."):
            true
        default: false
        }
    }
}
