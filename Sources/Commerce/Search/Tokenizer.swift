/// Cuts text into the words that search goes by, the same for what is stored and for what is asked. Case and accents fold:
/// `RØD` is `rod`. What may be written in two letters is found by those too: `roed`.
package enum Tokenizer {
    /// Letters of one word; what is longer is no word that anybody types.
    private static let lettersMax = 40
    /// Parts of one chunk; a part number of more is found by its whole.
    private static let partsMax = 8

    /// One word, in the forms it is found by.
    struct Word: Equatable, Sendable {
        /// Without signs: `rod` of `Rød`.
        let plain: String
        /// With two letters for one, where that is another: `roed`.
        var spelled: String?
        /// As people write it, in small letters, where that is another: `rød`.
        var written: String?
        /// Which of the text's scalars it is; nil where it is not one piece of them.
        var place: Range<Int>?

        var forms: [String] { spelled.map { [plain, $0] } ?? [plain] }
        var shown: String { written ?? plain }
    }

    /// Words without a space between them, such as `T-shirt` or `42mm`: found by each part and by the whole.
    struct Chunk: Equatable, Sendable {
        let parts: [Word]
        /// The parts as one word, where there are several.
        let whole: Word?
    }

    /// The chunks of a text, in order.
    static func chunks(_ text: String, atMost countMax: Int) -> [Chunk] {
        var chunks: [Chunk] = []
        eachChunk(of: text) { parts, whole in
            chunks.append(Chunk(parts: parts, whole: whole))
            return chunks.count < countMax
        }
        return chunks
    }

    /// Every form of every word of a text.
    package static func eachForm(of text: String, _ body: (String) -> Void) {
        eachWord(of: text) { $0.forms.forEach(body) }
    }

    /// Every word of a text: the parts of its chunks, and their wholes.
    static func eachWord(of text: String, _ body: (Word) -> Void) {
        eachChunk(of: text) { parts, whole in
            for part in parts { body(part) }
            if let whole { body(whole) }
            return true
        }
    }

    /// - Parameter body: answers whether to go on.
    private static func eachChunk(of text: String, _ body: ([Word], Word?) -> Bool) {
        var reader = Reader()
        for scalar in text.unicodeScalars where reader.ends(with: scalar) {
            if !reader.giveChunk(to: body) { return }
        }
        reader.endWord()
        _ = reader.giveChunk(to: body)
    }

    /// The first chunk as one word, in the forms it is compared by; empty where the text has no letter or digit.
    static func forms(_ text: String) -> [String] {
        let chunk = chunks(text, atMost: 1).first
        return (chunk?.whole ?? chunk?.parts.first)?.forms ?? []
    }

    /// A text as it is compared as a whole: `Dry, clean` is `dry clean`. Where it has no letter or digit, itself.
    static func line(_ text: String) -> String {
        var words: [String] = []
        eachChunk(of: text) { parts, _ in
            for part in parts { words.append(part.spelled ?? part.plain) }
            return true
        }
        return words.isEmpty ? text.lowercased() : words.joined(separator: " ")
    }

    /// A number of a product as it is compared: letters and digits only, so that `AB-12` and `ab 12` are one.
    static func number(_ text: String) -> String {
        var bytes: [UInt8] = []
        for scalar in text.unicodeScalars.prefix(255) { Folding.append(scalar, to: &bytes) }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// What stands between two letters.
    private enum Gap {
        /// Part of the word: `Levi's`.
        case none
        /// Links two words: `T-shirt`.
        case link
        case space
    }

    private struct Reader {
        private var parts: [Word] = []
        private var word: [UInt8] = []
        private var letters = 0
        /// The other two forms, kept from the first letter on that is none of ASCII.
        private var spelled: [UInt8] = []
        private var written: [UInt8] = []
        private var isSigned = false
        /// Scalars read, and those of the word.
        private var position = 0
        private var start = 0
        private var end = 0

        /// Takes one more sign; answers whether it ends a chunk.
        mutating func ends(with scalar: Unicode.Scalar) -> Bool {
            let before = word.count
            position += 1
            // Most letters of most shops.
            if (0x61...0x7A).contains(scalar.value) {
                word.append(UInt8(truncatingIfNeeded: scalar.value))
            } else {
                Folding.append(scalar, to: &word)
            }
            if word.count > before {
                take(scalar, behind: before)
                return false
            }
            switch Tokenizer.gap(scalar) {
            case .none: return false
            case .link:
                endWord()
                return false
            case .space:
                endWord()
                return !parts.isEmpty
            }
        }

        private mutating func take(_ scalar: Unicode.Scalar, behind before: Int) {
            letters += 1
            guard letters <= Tokenizer.lettersMax else { return word.removeLast(word.count - before) }
            if before == 0 { start = position - 1 }
            end = position
            if scalar.value >= 0x80, !isSigned {
                isSigned = true
                spelled = Array(word[..<before])
                written = spelled
            }
            guard isSigned else { return }
            spelled += Folding.spelled(scalar) ?? Array(word[before...])
            written += scalar.properties.lowercaseMapping.utf8
        }

        mutating func endWord() {
            guard !word.isEmpty else { return }
            if parts.count < Tokenizer.partsMax { endPart() }
            word.removeAll(keepingCapacity: true)
            letters = 0
            isSigned = false
        }

        private mutating func endPart() {
            if let border = Tokenizer.border(in: word) {
                parts.append(Word(plain: String(decoding: word[..<border], as: UTF8.self)))
                parts.append(Word(plain: String(decoding: word[border...], as: UTF8.self)))
                return
            }
            var part = Word(plain: String(decoding: word, as: UTF8.self), place: start..<end)
            if isSigned {
                if spelled != word { part.spelled = String(decoding: spelled, as: UTF8.self) }
                if written != word { part.written = String(decoding: written, as: UTF8.self) }
            }
            parts.append(part)
        }

        mutating func giveChunk(to body: ([Word], Word?) -> Bool) -> Bool {
            guard !parts.isEmpty else { return true }
            defer { parts.removeAll(keepingCapacity: true) }
            return body(parts, parts.count > 1 ? whole : nil)
        }

        private var whole: Word {
            var whole = Word(plain: parts.map(\.plain).joined())
            if parts.contains(where: { $0.spelled != nil }) {
                whole.spelled = parts.map { $0.spelled ?? $0.plain }.joined()
            }
            if parts.contains(where: { $0.written != nil }) { whole.written = parts.map(\.shown).joined() }
            return whole
        }
    }

    private static func gap(_ scalar: Unicode.Scalar) -> Gap {
        switch scalar {
        case "'", "\u{2019}", "\u{B4}", "\u{300}"..."\u{36F}", "\u{AD}": .none
        case "-", ".", "/", "_", "+", "\u{2010}", "\u{2011}": .link
        default: .space
        }
    }

    /// `42mm` is a number and its unit; what changes between digits and letters more than once is one word.
    private static func border(in word: [UInt8]) -> Int? {
        var border: Int?
        for index in word.indices.dropFirst() where isDigit(word[index]) != isDigit(word[index - 1]) {
            if border != nil { return nil }
            border = index
        }
        return border
    }

    static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
}
