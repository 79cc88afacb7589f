import Compression
import Persistence
import Resources

/// The secret a client holds: `butik_<kind>_<43 base62 characters><6 base62 characters of CRC-32>`, or 32 hex digits where
/// a client's column is too short. Shown once; only its hash is stored.
package struct TokenText: Sendable {
    package enum Kind: String, Sendable {
        case personal = "pat"
        case app
        /// What OAuth gives out: tokens, codes that are exchanged for them, what renews them, and what clients prove themselves by.
        case oauth = "oat"
        case code = "ac"
        case refresh = "rt"
        case clientSecret = "cs"
    }

    package enum Format: String, Choice {
        case butik, hex32
    }

    package let text: String

    package init(_ kind: Kind, format: Format = .butik) {
        var random = SystemRandomNumberGenerator()
        switch format {
        case .butik:
            let secret = (0..<43).map { _ in Self.alphabet[Int.random(in: 0..<62, using: &random)] }
            let body = "butik_\(kind.rawValue)_" + String(decoding: secret, as: UTF8.self)
            text = body + Self.checksum(body)
        case .hex32:
            text = (0..<32).map { _ in String(UInt8.random(in: 0..<16, using: &random), radix: 16) }.joined()
        }
    }

    /// What is shown of a token afterwards.
    package var prefix: String { text.hasPrefix("butik_") ? String(text.prefix(9)) : "" }
    package var lastFour: String { String(text.suffix(4)) }
    package var hash: String { Self.hash(text) }

    package static func hash(_ text: String) -> String {
        Fingerprint.sha256(Array(text.utf8))
    }

    /// Whether text can be a token at all. Garbage never reaches the database.
    package static func isPlausible(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        if text.hasPrefix("butik_") {
            guard bytes.count > 20, bytes.count <= 80 else { return false }
            let body = String(decoding: bytes.dropLast(6), as: UTF8.self)
            return checksum(body) == String(decoding: bytes.suffix(6), as: UTF8.self)
        }
        return bytes.count == 32 && bytes.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
    }

    private static let alphabet = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".utf8)

    /// CRC-32 (zlib's) of everything before it, in base62, six digits, zero padded (CONTRACT 4).
    package static func checksum(_ text: String) -> String {
        var rest = CRC32.checksum(of: Array(text.utf8))
        var digits: [UInt8] = []
        for _ in 0..<6 {
            digits.append(alphabet[Int(rest % 62)])
            rest /= 62
        }
        return String(decoding: digits.reversed(), as: UTF8.self)
    }
}
