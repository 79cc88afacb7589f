import Persistence
import Resources

/// The last part of a public address, made from a name.
package enum Slug {
    private static let folded: [Character: String] = [
        "æ": "ae", "ø": "oe", "å": "aa", "ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "é": "e", "è": "e", "ê": "e",
        "á": "a", "à": "a", "â": "a", "ñ": "n", "ó": "o", "ò": "o", "ô": "o", "í": "i", "ú": "u", "ç": "c", "ð": "d",
        "þ": "th", "&": " ",
    ]

    private static let hyphen = UInt8(ascii: "-")

    /// `Rød Bluse (M)` is `roed-bluse-m`. Empty where the name has no letter or digit we can spell.
    package static func of(_ name: String) -> String {
        var slug: [UInt8] = []
        if name.utf8.allSatisfy({ $0 < 0x80 }) {
            for byte in name.utf8 { append(byte, to: &slug) }
        } else {
            for character in name.lowercased() {
                for byte in (folded[character] ?? String(character)).utf8 { append(byte, to: &slug) }
            }
        }
        while slug.last == hyphen { slug.removeLast() }
        return String(decoding: slug.prefix(200), as: UTF8.self)
    }

    /// A letter or digit, and one hyphen for all other signs between two of them.
    private static func append(_ byte: UInt8, to slug: inout [UInt8]) {
        switch byte {
        case 0x61...0x7A, 0x30...0x39: slug.append(byte)
        case 0x41...0x5A: slug.append(byte | 0x20)
        default: if let last = slug.last, last != hyphen { slug.append(hyphen) }
        }
    }

    /// What the server keeps for itself: no page of a shop begins with these (CONTRACT 8, and the page of OAuth).
    private static let reserved: Set<String> = [
        "rest", "api", "admin", "oauth", "docs", "shop", "theme", "cache", "feed", "feed.xml", "sitemap.xml",
        "robots.txt", ".well-known", "mcp", "ucp", "01", "download-pdf", "livez", "readyz", "metrics", "openapi.json",
        "basket", "address", "shipping", "approve", "thanks", "order", "also", "search", "payment",
    ]

    /// Tidies an address a client gave, so that a browser finds it: no slash at its ends nor two together, no blanks, no sign
    /// that ends a path, no step upwards, and nothing that is the server's own.
    static func tidied(_ address: String) -> String {
        // By scalars: a slash and an accent behind it are one character, and still end a step.
        var steps = address.unicodeScalars.split(separator: "/").map { step in
            String(step).asKey.replacing { !isOfPath($0) }
        }.filter { !$0.isEmpty && $0 != "." && $0 != ".." }
        // Before its first slash a colon ends a scheme, and the page would be an address elsewhere.
        if let first = steps.first { steps[0] = first.replacing { $0 == ":" } }
        guard let first = steps.first, reserved.contains(first.lowercased()) else {
            return steps.joined(separator: "/")
        }
        return steps.count == 1 ? "\(first)-1" : steps.joined(separator: "-")
    }

    private static func isOfPath(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.properties.isWhitespace || scalar.value < 0x20 || scalar.value == 0x7F { return false }
        return !["?", "#", "\\"].contains(scalar)
    }

    /// An address in the form of keys and without slashes at its ends, also where those stand within blanks.
    static func bare(_ address: String) -> String {
        var bare = address.asKey
        while true {
            var scalars = Substring(bare).unicodeScalars
            while scalars.first == "/" { scalars.removeFirst() }
            while scalars.last == "/" { scalars.removeLast() }
            let next = String(scalars).asKey
            if next.isExactly(bare) { return bare }
            bare = next
        }
    }
}

extension String {
    /// With a hyphen in the place of some scalars.
    fileprivate func replacing(_ isReplaced: (Unicode.Scalar) -> Bool) -> String {
        var scalars = UnicodeScalarView()
        scalars.append(contentsOf: unicodeScalars.map { isReplaced($0) ? "-" : $0 })
        return String(scalars)
    }
}
