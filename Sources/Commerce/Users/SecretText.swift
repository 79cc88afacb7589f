import Basics

/// Texts that let somebody in: what a browser's cookie has, what a link of a mail has. Only their hashes are stored.
package enum SecretText {
    /// 256 random bits, in base64url.
    package static func new() -> String {
        var source = SystemRandomNumberGenerator()
        return Base64URL.encode((0..<32).map { _ in UInt8.random(in: .min ... .max, using: &source) })
    }

    /// Whether a text can be one. Nothing else reaches the database.
    package static func isPlausible(_ text: String) -> Bool {
        text.utf8.count == 43
            && text.utf8.allSatisfy { byte in
                switch byte {
                case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "_"): true
                default: false
                }
            }
    }

    package static func hash(_ text: String) -> String { Fingerprint.sha256(Array(text.utf8)) }
}
