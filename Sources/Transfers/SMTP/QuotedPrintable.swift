import Basics

/// Text as ASCII lines of at most 76 characters (RFC 2045, 6.7).
enum QuotedPrintable {
    private static let lineMax = 76

    /// - Parameter text: lines end with `\n`, `\r\n` or `\r`.
    static func encode(_ text: String) -> [UInt8] {
        var writer: [UInt8] = []
        let lines = text.replacing("\r\n", with: "\n").replacing("\r", with: "\n").utf8
            .split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        for line in lines { writer += encodeLine(line) + Array("\r\n".utf8) }
        return writer
    }

    private static func encodeLine(_ line: Substring.UTF8View) -> [UInt8] {
        var (encoded, width): ([UInt8], Int) = ([], 0)
        let end = line.count - 1
        for (place, byte) in line.enumerated() {
            let token = token(byte, isLast: place == end)
            // One place is left for the = that says that the line goes on.
            if width + token.count > lineMax - 1 {
                encoded += Array("=\r\n".utf8)
                width = 0
            }
            encoded += token
            width += token.count
        }
        return encoded
    }

    /// Spaces at the end of a line would be lost on the way.
    private static func token(_ byte: UInt8, isLast: Bool) -> [UInt8] {
        let isPlain = byte == 0x20 || byte == 0x09 ? !isLast : (0x21...0x7E).contains(byte) && byte != UInt8(ascii: "=")
        return isPlain ? [byte] : [UInt8(ascii: "="), Hex.upper[Int(byte >> 4)], Hex.upper[Int(byte & 15)]]
    }
}
