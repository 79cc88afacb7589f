import Resources

/// A colour as CSS writes it.
enum Color {
    /// `#FFCC00` in lower case, nil for none; anything else is refused.
    static func tidied(_ text: String?) throws -> String? {
        guard let text, !text.isEmpty else { return nil }
        let digits = text.utf8.dropFirst()
        let isHex = digits.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0 | 0x20) }
        guard text.utf8.first == UInt8(ascii: "#"), digits.count == 6, isHex else {
            throw Problem.invalid("/color", "color", "must be like #ffcc00")
        }
        return text.lowercased()
    }
}
