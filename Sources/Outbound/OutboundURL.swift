import Basics

/// An address that somebody else gave us to call, taken apart once and checked letter by letter.
package struct OutboundURL: Sendable, Equatable {
    package enum Scheme: String, Sendable {
        case http, https
    }

    /// Why an address is not called.
    package struct Refused: Error, Equatable, CustomStringConvertible {
        package let description: String

        init(_ description: String) {
            self.description = description
        }
    }

    package static let lengthMax = 2048

    package let scheme: Scheme
    /// A name in lower case or an address; IPv6 without its brackets.
    package let host: String
    package let port: Int
    /// Path and query, as they are sent.
    package let target: String

    /// - Parameter text: an address as people write it; path and query may have spaces and letters beyond ASCII.
    package init(_ text: String) throws(Refused) {
        guard text.utf8.count <= Self.lengthMax else { throw Refused("has more than \(Self.lengthMax) bytes") }
        // No control character, which could end a line of the request.
        guard text.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else { throw Refused("has a control character") }
        let parts = Self.split(text)
        guard let scheme = Scheme(rawValue: parts.scheme) else { throw Refused("must begin with https://") }
        guard !parts.authority.contains("@") else { throw Refused("must not carry a name or password") }
        self.scheme = scheme
        let (host, port) = try Self.hostAndPort(parts.authority)
        self.host = host
        self.port = port ?? (scheme == .https ? 443 : 80)
        target = Self.encoded(parts.target)
        guard target.utf8.count <= Self.lengthMax else {
            throw Refused("has more than \(Self.lengthMax) bytes when it is encoded")
        }
    }

    /// With what is no visible ASCII as `%C3%B8`.
    private static func encoded(_ text: String) -> String {
        PercentEncoding.text(text.utf8) { (0x21...0x7E).contains($0) }
    }

    /// `host:port`, as the list of exemptions has it.
    package var authority: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }

    private static func split(_ text: String) -> (scheme: String, authority: String, target: String) {
        let scheme = text.utf8.prefix { $0 != UInt8(ascii: ":") }
        let rest = text.utf8.dropFirst(scheme.count)
        guard rest.starts(with: "://".utf8) else { return ("", "", "") }
        let behind = rest.dropFirst(3)
        let ends = Array("/?#\\".utf8)
        let authority = behind.prefix { !ends.contains($0) }
        // Before letters are made small: there are some beyond ASCII whose small form is within.
        let isASCII = authority.allSatisfy { (0x21...0x7E).contains($0) }
        // A fragment is the client's own and is never sent.
        let target = behind.dropFirst(authority.count).prefix { $0 != UInt8(ascii: "#") }
        let path = String(Substring(target))
        return (
            String(Substring(scheme)).lowercased(), isASCII ? String(Substring(authority)).lowercased() : "",
            path.hasPrefix("/") ? path : "/" + path
        )
    }

    private static func hostAndPort(_ authority: String) throws(Refused) -> (String, Int?) {
        if authority.hasPrefix("[") {
            let inner = authority.dropFirst().prefix { $0 != "]" }
            let rest = authority.dropFirst(inner.count + 2)
            guard authority.dropFirst(inner.count + 1).hasPrefix("]"), let address = NetworkAddress(String(inner)),
                address.bytes.count == 16
            else {
                throw Refused("has no valid IPv6 address")
            }
            return (String(inner), try port(rest))
        }
        let host = authority.prefix { $0 != ":" }
        try checkName(host)
        return (String(host), try port(authority.dropFirst(host.count)))
    }

    private static func port(_ text: Substring) throws(Refused) -> Int? {
        if text.isEmpty { return nil }
        guard text.hasPrefix(":"), text.dropFirst().utf8.allSatisfy(isDigit), let port = Int(text.dropFirst()),
            (1...65_535).contains(port)
        else { throw Refused("has no valid port") }
        return port
    }

    private static func checkName(_ host: Substring) throws(Refused) {
        let labels = host.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        let isName =
            host.utf8.count <= 253
            && labels.allSatisfy { label in
                (1...63).contains(label.count)
                    && label.allSatisfy(isNameByte)
            }
        guard isName, let last = labels.last, let first = last.first else { throw Refused("has no valid host name") }
        // Octal, hexadecimal and short forms of IPv4 mean different addresses to different programs.
        guard isDigit(first), NetworkAddress(String(host)) == nil else { return }
        throw Refused("has a host that is no plain address and no name")
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        isDigit(byte) || (0x61...0x7A).contains(byte) || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
    }
}
