/// Finds the end of text that needs no escape, eight bytes a step.
enum PlainText {
    static func end(_ base: UnsafePointer<UInt8>, from start: Int, to end: Int) -> Int {
        var index = start
        while index &+ 8 <= end {
            let word = UInt64(littleEndian: UnsafeRawPointer(base + index).loadUnaligned(as: UInt64.self))
            let marks = bytesToEscape(word)
            if marks != 0 { return index &+ marks.trailingZeroBitCount >> 3 }
            index &+= 8
        }
        while index < end {
            let byte = base[index]
            if byte < 0x20 || byte == 0x22 || byte == 0x5C { return index }
            index &+= 1
        }
        return end
    }

    /// A high bit in each byte that is a quote, a backslash or a control character (the first mark is exact).
    private static func bytesToEscape(_ word: UInt64) -> UInt64 {
        let quotes = word ^ 0x2222_2222_2222_2222
        let slashes = word ^ 0x5C5C_5C5C_5C5C_5C5C
        let controls = (word &- 0x2020_2020_2020_2020) & ~word
        let quoteMarks = (quotes &- 0x0101_0101_0101_0101) & ~quotes
        let slashMarks = (slashes &- 0x0101_0101_0101_0101) & ~slashes
        return (controls | quoteMarks | slashMarks) & 0x8080_8080_8080_8080
    }
}
