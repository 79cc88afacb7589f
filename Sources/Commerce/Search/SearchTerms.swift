/// The terms a product is found by, gathered field by field and written as the full-text index of either engine takes
/// them: words with the shop and the reach in front, so that an index over all shops is walked for one of them only.
struct SearchTerms {
    /// Where a word counts. A word of the name is also one of the heading, and that one of the whole.
    enum Reach: Int, CaseIterable, Comparable {
        /// Anything said of the product, its description too.
        case whole
        /// Name, numbers, search words, brand, categories, labels and attributes.
        case heading
        case name
        /// A number as a whole, without the signs in it.
        case number

        static func < (left: Reach, right: Reach) -> Bool { left.rawValue < right.rawValue }

        var sign: String {
            switch self {
            case .whole: ":"
            case .heading: "~"
            case .name: "^"
            case .number: "#"
            }
        }
    }

    /// Enough for any text that is read to its end.
    private static let wordsMax = 1500

    private let shop: Int64
    private let book: WordBook
    private var words: [(word: Int, reach: Reach)] = []
    private var numbers: [String] = []
    private var knownNumbers: Set<String> = []
    /// Words of headings, which is what a typing error is measured against.
    private(set) var headings: [Tokenizer.Word] = []

    /// - Parameter book: shared by documents that are made one after the other.
    init(shop: Int64, book: WordBook) {
        self.shop = shop
        self.book = book
        book.beginDocument()
    }

    mutating func add(_ text: String, _ reach: Reach) {
        guard !text.isEmpty else { return }
        Tokenizer.eachWord(of: text) { add(word: $0, reach) }
    }

    mutating func addNumber(_ text: String?) {
        guard let text, !text.isEmpty else { return }
        add(text, .heading)
        let number = Tokenizer.number(text)
        if !number.isEmpty, knownNumbers.insert(number).inserted { numbers.append(number) }
    }

    /// Adds a description, without its tags.
    mutating func add(html: String) {
        add(MarkUp.plain(html), .whole)
    }

    private mutating func add(word: Tokenizer.Word, _ reach: Reach) {
        guard words.count < Self.wordsMax else { return }
        add(form: word.plain, reach)
        if let spelled = word.spelled { add(form: spelled, reach) }
        if reach != .whole { headings.append(word) }
    }

    private mutating func add(form: String, _ reach: Reach) {
        let id = book.id(of: form)
        let stem = book.stem(of: id)
        note(stem, reach)
        // The word itself stays too, because it is what begins with the letters typed so far.
        if reach != .whole, stem != id { note(id, reach) }
    }

    private mutating func note(_ word: Int, _ reach: Reach) {
        if let place = book.place(of: word, next: words.count) {
            if words[place].reach < reach { words[place].reach = reach }
        } else {
            words.append((word, reach))
        }
    }

    /// All terms, with a space between each two.
    var text: String {
        let heads = Reach.allCases.map { (reach: $0, bytes: Array(" \(shop)\($0.sign)".utf8)) }
        var text: [UInt8] = []
        text.reserveCapacity(words.count * 20)
        for (id, reach) in words {
            for head in heads where head.reach <= reach {
                text += head.bytes
                text += book.letters[id]
            }
        }
        for head in heads where head.reach == .number {
            for number in numbers {
                text += head.bytes
                text += number.utf8
            }
        }
        return String(decoding: text.dropFirst(), as: UTF8.self)
    }
}

/// The words met while products are indexed, each looked up once: shops say the same words again and again.
final class WordBook {
    private(set) var words: [String] = []
    private(set) var letters: [[UInt8]] = []
    private var ids: [String: Int] = [:]
    private var stems: [Int] = []
    /// The document that a word was last met in, and its place there.
    private var lastDocument: [Int] = []
    private var places: [Int] = []
    private var document = 0

    func beginDocument() {
        document += 1
    }

    func id(of word: String) -> Int {
        if let id = ids[word] { return id }
        let id = add(word)
        let stem = Stemmer.stem(word)
        stems[id] = stem == word ? id : ids[stem] ?? add(stem)
        return id
    }

    func stem(of id: Int) -> Int { stems[id] }

    /// Where the document has a word; nil where it has not, and then it gets the next place.
    func place(of id: Int, next: Int) -> Int? {
        if lastDocument[id] == document { return places[id] }
        lastDocument[id] = document
        places[id] = next
        return nil
    }

    private func add(_ word: String) -> Int {
        let id = words.count
        words.append(word)
        letters.append(Array(word.utf8))
        ids[word] = id
        stems.append(id)
        lastDocument.append(0)
        places.append(0)
        return id
    }
}

/// Text out of HTML.
package enum MarkUp {
    private static let named: [String: String] = [
        "aelig": "æ", "oslash": "ø", "aring": "å", "AElig": "Æ", "Oslash": "Ø", "Aring": "Å", "eacute": "é",
        "auml": "ä",
        "ouml": "ö", "uuml": "ü", "shy": "",
    ]
    private static let entityMax = 10

    /// The text without tags; an entity that is no letter parts two words as a space does.
    package static func plain(_ html: String) -> String {
        let bytes = Array(html.utf8)
        guard bytes.contains(where: isMark) else { return html }
        var text: [UInt8] = []
        text.reserveCapacity(bytes.count)
        var index = 0
        while index < bytes.count {
            guard isMark(bytes[index]) else {
                text.append(bytes[index])
                index += 1
                continue
            }
            let isTag = bytes[index] == UInt8(ascii: "<")
            let reach = isTag ? bytes[index...] : bytes[index...].prefix(entityMax)
            if let end = reach.firstIndex(of: UInt8(ascii: isTag ? ">" : ";")) {
                let name = isTag ? nil : named[String(decoding: bytes[(index + 1)..<end], as: UTF8.self)]
                text += (name ?? " ").utf8
                index = end + 1
            } else {
                text.append(UInt8(ascii: " "))
                if isTag {
                    // What never ends is no tag, and neither is any behind it.
                    text += bytes[(index + 1)...]
                    break
                }
                index += 1
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    private static func isMark(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "<") || byte == UInt8(ascii: "&") }
}
