import Basics
import Crypto

/// SHA-256 as hex, for telling one request from another.
package enum Fingerprint {
    /// Of the parts one behind the other.
    package static func sha256(_ parts: [UInt8]...) -> String {
        var hash = SHA256()
        for part in parts { hash.update(data: part) }
        return Hex.text(hash.finalize())
    }

    /// Whether two are the same, found out in a time that does not depend on where they differ.
    package static func isSame(_ one: String, _ other: String) -> Bool {
        SHA256.hash(data: Array(one.utf8)) == SHA256.hash(data: Array(other.utf8))
    }
}
