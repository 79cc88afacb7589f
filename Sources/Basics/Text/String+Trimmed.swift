extension String {
    /// Without white space at its ends.
    package var trimmed: String {
        guard utf8.first.map(Self.isSpace) == true || utf8.last.map(Self.isSpace) == true else { return self }
        var bytes = Substring(self).utf8
        while let first = bytes.first, Self.isSpace(first) { bytes = bytes.dropFirst() }
        while let last = bytes.last, Self.isSpace(last) { bytes = bytes.dropLast() }
        return String(Substring(bytes))
    }

    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || (0x09...0x0D).contains(byte)
    }
}
