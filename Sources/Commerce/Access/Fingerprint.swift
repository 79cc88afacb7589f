import Crypto

/// SHA-256 as hex, for telling one request from another.
package enum Fingerprint {
    /// Of the parts one behind the other.
    package static func sha256(_ parts: [UInt8]...) -> String {
        var hash = SHA256()
        for part in parts { hash.update(data: part) }
        return hex(hash.finalize())
    }

    static func hex(_ digest: SHA256Digest) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: digest.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}
