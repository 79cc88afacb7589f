import Basics
import Outbound

/// Where a client wants a browser to be sent (RFC 6749 3.1.2): judged letter by letter, and passed on byte for byte.
package struct RedirectURI: Sendable, Equatable {
    /// Why an address is none.
    package struct Refused: Error, Equatable {
        package let reason: String
    }

    package static let bytesMax = 2000

    package let text: String
    /// Whose browser pages they are: in lower case, IPv6 without brackets.
    package let host: String
    /// Whether it leads to the user's own machine, without TLS.
    package let isLoopback: Bool
    /// Scheme, host and port as they stand there.
    package let origin: String
    /// All of it but its port.
    private let withoutPort: String

    private static let loopbackHosts: Set<String> = ["127.0.0.1", "::1", "localhost"]
    /// What RFC 3986 keeps out of every address, and what browsers take for something else.
    private static let refused = Array("#\\\"<>^`{|}".utf8)

    /// - Throws: `Refused`, whose reason stands behind the name of what it is said of.
    package init(_ text: String) throws(Refused) {
        guard text.utf8.count <= Self.bytesMax else { throw Refused(reason: "takes more than \(Self.bytesMax) bytes") }
        guard text.utf8.allSatisfy({ (0x21...0x7E).contains($0) && !Self.refused.contains($0) }) else {
            throw Refused(reason: "must be plain ASCII without spaces, backslashes and a fragment")
        }
        guard let scheme = ["https://", "http://"].first(where: { text.hasPrefix($0) }) else {
            throw Refused(reason: "must begin with https://")
        }
        let url: OutboundURL
        do throws(OutboundURL.Refused) { url = try OutboundURL(text) } catch {
            throw Refused(reason: error.description)
        }
        isLoopback = scheme == "http://" && Self.loopbackHosts.contains(url.host)
        guard isLoopback || scheme == "https://" else {
            throw Refused(reason: "must begin with https://; http only leads to 127.0.0.1, [::1] or localhost")
        }
        let authority = text.dropFirst(scheme.count).prefix { $0 != "/" && $0 != "?" }
        let name = authority.hasSuffix("]") ? authority : authority.withoutPort
        (self.text, host) = (text, url.host)
        origin = scheme + authority
        withoutPort = scheme + name + text.dropFirst(scheme.count + authority.count)
    }

    /// Whether it is one that was registered: the same bytes, but for the port where that is on the user's own machine,
    /// whose free ports nobody knows before (RFC 8252 7.3).
    package func matches(_ registered: RedirectURI) -> Bool {
        ExactText(text) == ExactText(registered.text)
            || isLoopback && registered.isLoopback && ExactText(withoutPort) == ExactText(registered.withoutPort)
    }

    /// The address with parameters behind it; what was there stays as it is.
    package func adding(_ parameters: [(name: String, value: String)]) -> String {
        let pairs = parameters.map { "\($0.name)=\(PercentEncoding.text($0.value.utf8))" }.joined(separator: "&")
        let mark = !text.contains("?") ? "?" : text.hasSuffix("?") || text.hasSuffix("&") ? "" : "&"
        return text + mark + pairs
    }
}

extension Substring {
    /// An authority without its last colon and what follows.
    fileprivate var withoutPort: Substring {
        lastIndex(of: ":").map { self[..<$0] } ?? self
    }
}
