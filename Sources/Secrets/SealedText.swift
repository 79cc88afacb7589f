import Basics
import Crypto

/// A sealed value as it is stored: `v1.<key id>.<nonce>.<ciphertext and tag>`, the last two in base64url.
struct SealedText {
    let key: String
    let box: AES.GCM.SealedBox

    private static let version = "v1"

    init(key: String, box: AES.GCM.SealedBox) {
        (self.key, self.box) = (key, box)
    }

    /// Nil for what is no such text, and for one that was cut.
    init?(_ text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 4, parts[0] == Self.version, !parts[1].isEmpty,
            let nonce = Base64URL.decode(String(parts[2])), nonce.count == 12,
            let sealed = Base64URL.decode(String(parts[3])),
            let box = try? AES.GCM.SealedBox(combined: nonce + sealed)
        else { return nil }
        self.init(key: String(parts[1]), box: box)
    }

    var text: String {
        let sealed = Array(box.ciphertext) + Array(box.tag)
        return [Self.version, key, Base64URL.encode(Array(box.nonce)), Base64URL.encode(sealed)].joined(separator: ".")
    }

    /// What every text begins with that a key has sealed.
    static func prefix(of key: String) -> String { "\(version).\(key)." }
}
