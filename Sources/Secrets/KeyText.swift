import Basics
import Foundation

/// Master keys as people give them: 64 hexadecimal digits or base64 of 32 bytes, several with commas, blanks or on lines.
enum KeyText {
    /// - Parameter name: where the text is from.
    static func keys(in text: String, from name: String) throws -> [MasterKey] {
        let words = text.split { $0 == "," || $0.isWhitespace }
        let keys = words.compactMap { word in
            (Hex.bytes(String(word)) ?? base64(String(word))).flatMap { MasterKey($0) }
        }
        guard keys.count == words.count, !keys.isEmpty else { throw KeyFault.malformed(name) }
        return keys
    }

    /// Both alphabets, with padding or without.
    private static func base64(_ word: String) -> [UInt8]? {
        let rest = word.reversed().drop { $0 == "=" }.reversed()
        return Base64URL.decode(String(rest.map { $0 == "+" ? "-" : $0 == "/" ? "_" : $0 }))
    }
}
