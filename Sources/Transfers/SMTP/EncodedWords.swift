import Foundation

/// Text of a header: as it is where it is plain ASCII, else in encoded words of at most 75 characters (RFC 2047).
enum EncodedWords {
    /// Bytes before base64: a line has 76 characters, of which the first word's begins with the header's name.
    private static let bytesMax = 39
    private static let plainMax = 900

    static func encode(_ text: String) -> String {
        let isPlain = text.utf8.allSatisfy { (0x20...0x7E).contains($0) } && !text.contains("=?")
        if isPlain, text.utf8.count <= plainMax { return text }
        var (words, word): ([[UInt8]], [UInt8]) = ([], [])
        for character in text.unicodeScalars {
            let bytes = Array(String(character).utf8)
            if word.count + bytes.count > bytesMax {
                words.append(word)
                word = []
            }
            word += bytes
        }
        return (words + [word]).map { "=?UTF-8?B?\(Data($0).base64EncodedString())?=" }.joined(separator: "\r\n ")
    }

    /// The name before an address.
    static func phrase(_ name: String) -> String {
        let isAtoms = name.utf8.allSatisfy { byte in
            switch byte {
            case 0x20, 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
            default: false
            }
        }
        if isAtoms || encode(name) != name { return encode(name) }
        return "\"" + name.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    }
}
