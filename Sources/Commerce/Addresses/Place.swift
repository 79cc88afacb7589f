import Resources

/// Where a redirect may lead from and to: a path of the shop, or a whole address of the web. It ends in a header that
/// browsers obey, so nothing else may stand there.
enum Place {
    static let about = "A path of the shop, without a slash at its ends; or a whole address, http(s):// and a host."

    /// Why a text is no place; nil where it is one.
    static func fault(of text: String) -> String? {
        let scalars = text.unicodeScalars
        if scalars.contains(where: { $0.value < 0x20 || (0x7F...0x9F).contains($0.value) }) {
            return "has a control character; \(expected)"
        }
        // Browsers read a backslash as a slash, so that two of them begin another host.
        if scalars.contains("\\") { return "has a backslash; \(expected)" }
        guard let scheme = scheme(of: text) else { return nil }
        guard scheme == "https" || scheme == "http" else { return "has the scheme \(scheme.prefix(40)):; \(expected)" }
        return isHost(text.utf8.dropFirst(scheme.utf8.count + 1)) ? nil : "has no host; \(expected)"
    }

    private static let expected = "must be a path such as shoes/red, or an address such as https://example.com/shoes"

    /// What stands before the first colon in small letters, where that is a scheme (RFC 3986, 3.1) and no part of a path.
    static func scheme(of text: String) -> String? {
        let scheme = text.utf8.prefix { isOfScheme($0) }
        guard let first = scheme.first, isLetter(first), text.utf8.dropFirst(scheme.count).first == UInt8(ascii: ":")
        else { return nil }
        return String(Substring(scheme)).lowercased()
    }

    /// `//host`, `//host:80/path`: a host and no name or password before it.
    private static func isHost(_ rest: Substring.UTF8View) -> Bool {
        guard rest.starts(with: "//".utf8) else { return false }
        let authority = rest.dropFirst(2).prefix { !"/?#".utf8.contains($0) }
        let host = authority.prefix { $0 != UInt8(ascii: ":") }
        let port = authority.dropFirst(host.count).dropFirst()
        let isPort = port.allSatisfy { (0x30...0x39).contains($0) } && port.count <= 5
        // Letters beyond ASCII are names too; signs that end an address or begin a tag are none.
        return host.contains { isLetter($0) || $0 >= 0x80 || (0x30...0x39).contains($0) } && isPort
            && host.allSatisfy { isOfScheme($0) || $0 >= 0x80 || $0 == UInt8(ascii: "_") }
    }

    private static func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte | 0x20) }

    private static func isOfScheme(_ byte: UInt8) -> Bool {
        isLetter(byte) || (0x30...0x39).contains(byte) || "+-.".utf8.contains(byte)
    }
}
