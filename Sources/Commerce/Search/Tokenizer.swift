/// Cuts text into the words that search goes by, the same for what is stored and for what is asked. Case, accents and the
/// spellings of Danish letters fold together: `RØD`, `roed` and `rod` are one word.
package enum Tokenizer {
    /// Letters of one word; what is longer is no word that anybody types.
    private static let lettersMax = 40
    /// Parts of one chunk; a part number of more is found by its whole.
    private static let partsMax = 8

    /// Words without a space between them, such as `T-shirt` or `42mm`: found by each part and by the whole.
    struct Chunk: Equatable, Sendable {
        let parts: [String]
        /// The parts as one word, where there are several.
        let whole: String?
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

    /// Every word of a text: the parts of its chunks, and their wholes.
    package static func eachWord(of text: String, _ body: (String) -> Void) {
        eachChunk(of: text) { parts, whole in
            for part in parts { body(part) }
            if let whole { body(whole) }
            return true
        }
    }

    /// - Parameter body: answers whether to go on.
    private static func eachChunk(of text: String, _ body: ([String], String?) -> Bool) {
        var reader = Reader()
        for scalar in text.unicodeScalars where reader.ends(with: scalar) {
            if !reader.giveChunk(to: body) { return }
        }
        reader.endWord()
        _ = reader.giveChunk(to: body)
    }

    /// A word as it is compared; empty where the text has no letter or digit.
    static func folded(_ text: String) -> String {
        let chunk = chunks(text, atMost: 1).first
        return chunk?.whole ?? chunk?.parts.first ?? ""
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
        private var parts: [String] = []
        private var word: [UInt8] = []
        private var letters = 0

        /// Takes one more sign; answers whether it ends a chunk.
        mutating func ends(with scalar: Unicode.Scalar) -> Bool {
            let before = word.count
            // Most letters of most shops.
            if (0x61...0x7A).contains(scalar.value) {
                word.append(UInt8(truncatingIfNeeded: scalar.value))
            } else {
                Folding.append(scalar, to: &word)
            }
            if word.count > before {
                letters += 1
                if letters > Tokenizer.lettersMax { word.removeLast(word.count - before) }
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

        mutating func endWord() {
            guard !word.isEmpty else { return }
            if parts.count < Tokenizer.partsMax {
                if let border = Tokenizer.border(in: word) {
                    parts.append(Folding.spelled(word[..<border]))
                    parts.append(Folding.spelled(word[border...]))
                } else {
                    parts.append(Folding.spelled(word[...]))
                }
            }
            word.removeAll(keepingCapacity: true)
            letters = 0
        }

        mutating func giveChunk(to body: ([String], String?) -> Bool) -> Bool {
            guard !parts.isEmpty else { return true }
            defer { parts.removeAll(keepingCapacity: true) }
            return body(parts, parts.count > 1 ? parts.joined() : nil)
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

/// Makes one letter of the many that are written for it.
enum Folding {
    /// Appends what a letter or digit is compared by, and nothing for any other sign.
    static func append(_ scalar: Unicode.Scalar, to bytes: inout [UInt8]) {
        let value = scalar.value
        if value < 0x80 {
            let byte = UInt8(truncatingIfNeeded: value)
            switch byte {
            case 0x61...0x7A, 0x30...0x39: bytes.append(byte)
            case 0x41...0x5A: bytes.append(byte | 0x20)
            default: break
            }
        } else if let letters = latin[scalar] {
            bytes.append(contentsOf: letters)
        } else if scalar.properties.isAlphabetic || scalar.properties.numericType != nil {
            bytes.append(contentsOf: scalar.properties.lowercaseMapping.utf8)
        }
    }

    /// `aa` and `oe` are written for å and ø, which fold to `a` and `o`. AA and AAA are sizes of batteries.
    static func spelled(_ word: ArraySlice<UInt8>) -> String {
        guard word.count >= 3, hasPair(word), word.contains(where: { $0 != letterA }) else {
            return String(decoding: word, as: UTF8.self)
        }
        var letters: [UInt8] = []
        letters.reserveCapacity(word.count)
        for byte in word {
            let isSecond = (byte == letterA && letters.last == letterA) || (byte == letterE && letters.last == letterO)
            if !isSecond { letters.append(byte) }
        }
        return String(decoding: letters, as: UTF8.self)
    }

    private static func hasPair(_ word: ArraySlice<UInt8>) -> Bool {
        var last: UInt8 = 0
        for byte in word {
            if (byte == letterA && last == letterA) || (byte == letterE && last == letterO) { return true }
            last = byte
        }
        return false
    }

    private static let letterA = UInt8(ascii: "a")
    private static let letterE = UInt8(ascii: "e")
    private static let letterO = UInt8(ascii: "o")

    /// Latin letters with a sign, in both cases, by the plain letters they are compared as.
    private static let latin: [Unicode.Scalar: [UInt8]] = {
        let folds: [(String, String)] = [
            ("àáâãåāăąª", "a"), ("æäǽ", "ae"), ("çćĉċč", "c"), ("ðďđ", "d"), ("èéêëēĕėęě", "e"), ("ĝğġģ", "g"),
            ("ĥħ", "h"),
            ("ìíîïĩīĭįı", "i"), ("ĵ", "j"), ("ķ", "k"), ("ĺļľŀł", "l"), ("ñńņňŋ", "n"), ("òóôõöøōŏőœºǿ", "o"),
            ("ŕŗř", "r"),
            ("śŝşšș", "s"), ("ß", "ss"), ("ţťŧț", "t"), ("þ", "th"), ("ùúûüũūŭůűų", "u"), ("ŵ", "w"), ("ýÿŷ", "y"),
            ("źżž", "z"),
        ]
        var table: [Unicode.Scalar: [UInt8]] = [:]
        for (letters, plain) in folds {
            for scalar in letters.unicodeScalars {
                table[scalar] = Array(plain.utf8)
                for upper in scalar.properties.uppercaseMapping.unicodeScalars where upper.value >= 0x80 {
                    table[upper] = Array(plain.utf8)
                }
            }
        }
        return table
    }()
}
