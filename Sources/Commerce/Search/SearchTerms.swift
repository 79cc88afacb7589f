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
