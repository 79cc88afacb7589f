/// The bytes of a template, and how far they have been read.
struct TemplateSource {
    private let bytes: [UInt8]
    private(set) var offset = 0

    init(_ text: String) {
        bytes = Array(text.utf8)
    }

    var isAtEnd: Bool { offset >= bytes.count }
    var next: UInt8? { isAtEnd ? nil : bytes[offset] }

    /// Whether a word comes next.
    func has(_ word: String) -> Bool { bytes[offset...].starts(with: word.utf8) }

    mutating func take(_ word: String) -> Bool {
        guard has(word) else { return false }
        offset += word.utf8.count
        return true
    }

    mutating func skip() { offset = min(offset + 1, bytes.count) }

    mutating func take(while isTaken: (UInt8) -> Bool) -> [UInt8] {
        let taken = Array(bytes[offset...].prefix(while: isTaken))
        offset += taken.count
        return taken
    }

    /// All before a word, or nil and nothing taken where it does not come.
    mutating func take(before word: String) -> [UInt8]? {
        guard let first = word.utf8.first else { return nil }
        var index = offset
        while let found = bytes[index...].firstIndex(of: first) {
            if bytes[found...].starts(with: word.utf8) {
                defer { offset = found }
                return Array(bytes[offset..<found])
            }
            index = found + 1
        }
        return nil
    }

    mutating func takeRest() -> [UInt8] {
        defer { offset = bytes.count }
        return Array(bytes[offset...])
    }

    /// What is wrong at a place.
    func fault(_ message: String, at place: Int) -> TemplateFault {
        let before = bytes[..<min(place, bytes.count)]
        let lineBreak = UInt8(ascii: "\n")
        let line = before.count { $0 == lineBreak } + 1
        let start = before.lastIndex(of: lineBreak).map { $0 + 1 } ?? 0
        // Bytes that continue a scalar begin with 10.
        return TemplateFault(line: line, column: before[start...].count { $0 & 0xC0 != 0x80 } + 1, message: message)
    }
}
