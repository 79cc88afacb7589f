/// Base64 (RFC 4648) as clients send it: with or without a `data:` prefix, line ends and padding; nothing else.
///
/// Not by Foundation, which takes padding in the middle of a text and needs three times as long for a picture of megabytes.
package enum Base64 {
    private static let values: [UInt8] = {
        var values = [UInt8](repeating: 0xFF, count: 256)
        let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
        for (value, byte) in alphabet.utf8.enumerated() { values[Int(byte)] = UInt8(value) }
        return values
    }()

    /// Nil for what is no base64, or is empty.
    package static func decode(_ text: String) -> [UInt8]? {
        var text = text[...]
        if text.hasPrefix("data:") {
            guard let comma = text.utf8.prefix(256).firstIndex(of: UInt8(ascii: ",")) else { return nil }
            guard text[..<comma].hasSuffix(";base64") else { return nil }
            text = text[text.index(after: comma)...]
        }
        return text.utf8.withContiguousStorageIfAvailable(decode) ?? Array(text.utf8).withUnsafeBufferPointer(decode)
    }

    private static func decode(_ text: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count / 4 * 3 + 3)
        var (bits, count, padding) = (0, 0, 0)
        for byte in text {
            if byte == UInt8(ascii: "\r") || byte == UInt8(ascii: "\n") { continue }
            if byte == UInt8(ascii: "=") {
                padding += 1
                continue
            }
            let value = values[Int(byte)]
            guard value != 0xFF, padding == 0 else { return nil }
            bits = bits << 6 | Int(value)
            count += 1
            guard count % 4 == 0 else { continue }
            bytes.append(UInt8(truncatingIfNeeded: bits >> 16))
            bytes.append(UInt8(truncatingIfNeeded: bits >> 8))
            bytes.append(UInt8(truncatingIfNeeded: bits))
            bits = 0
        }
        guard finish(&bytes, bits, count % 4), padding <= 2, !bytes.isEmpty else { return nil }
        return bytes
    }

    private static func finish(_ bytes: inout [UInt8], _ bits: Int, _ left: Int) -> Bool {
        switch left {
        case 0: return true
        case 2: bytes.append(UInt8(truncatingIfNeeded: bits >> 4))
        case 3:
            bytes.append(UInt8(truncatingIfNeeded: bits >> 10))
            bytes.append(UInt8(truncatingIfNeeded: bits >> 2))
        default: return false
        }
        return true
    }
}
