/// What somebody typed, as a question to a full-text index. All words must be there, in any field; the last one may still
/// be unfinished.
struct SearchText: Sendable {
    /// Words that are looked at for a typing error where nothing is found: each costs questions of its own. A longer text
    /// was pasted rather than typed.
    static let correctedWordsMax = 10

    let chunks: [Tokenizer.Chunk]
    private let typed: String
    /// All of it as one number, which may be a SKU or a GTIN.
    private let number: String

    init(_ text: String) {
        typed = text
        let all = Tokenizer.chunks(text, atMost: .max)
        chunks = all.count > Self.correctedWordsMax ? Self.once(all) : all
        number = Tokenizer.number(text)
    }

    /// Each chunk once, where it stands last: the last of all may be unfinished.
    private static func once(_ chunks: [Tokenizer.Chunk]) -> [Tokenizer.Chunk] {
        var seen: Set<[String]> = []
        return chunks.reversed().filter { seen.insert($0.parts.map(\.plain)).inserted }.reversed()
    }

    var isEmpty: Bool { chunks.isEmpty }

    /// Every form of every word.
    var words: Set<String> { Set(chunks.flatMap(\.parts).flatMap(\.forms)) }

    /// The word that is being typed, in its forms.
    var lastWord: [String] { chunks.last?.parts.last?.forms ?? [] }

    /// The words as they stand.
    var exact: TermQuery {
        .all(chunks.map { chunk in Self.either(chunk) { .any(of: $0.forms.map(TermQuery.term)) } })
    }

    /// The words by their stems, the last also by its beginning.
    var loose: TermQuery { .all(chunks.indices.map(loose)) }

    /// One chunk of it.
    func loose(_ place: Int) -> TermQuery {
        Self.either(chunks[place]) { loose($0, in: place) }
    }

    /// One word of a chunk.
    func loose(_ word: Tokenizer.Word, in place: Int) -> TermQuery {
        let chunk = chunks[place]
        // Only the end of the last chunk is still being typed.
        let isEnd = place == chunks.count - 1 && (word == chunk.parts.last || word == chunk.whole)
        // One letter behind others is a size or a number rather than a beginning.
        let isOpen = isEnd && (word.plain.utf8.count > 1 || (chunks.count == 1 && chunk.parts.count == 1))
        let stems = word.stems.map(TermQuery.term)
        return .any(of: isOpen ? word.forms.map(TermQuery.prefix) + stems : stems)
    }

    var asNumber: TermQuery { .term(number) }

    /// The text with other words in some places.
    func replacing(_ words: [(place: Range<Int>, word: String)]) -> String {
        let scalars = Array(typed.unicodeScalars)
        var text = String.UnicodeScalarView()
        var next = 0
        for (place, word) in words {
            text.append(contentsOf: scalars[next..<place.lowerBound])
            text.append(contentsOf: word.unicodeScalars)
            next = place.upperBound
        }
        text.append(contentsOf: scalars[next...])
        return String(text)
    }

    /// A chunk is found by all of its parts or by the whole: `t-shirt` finds `T-shirt`, `T shirt` and `Tshirt`.
    private static func either(_ chunk: Tokenizer.Chunk, _ query: (Tokenizer.Word) -> TermQuery) -> TermQuery {
        let parts = chunk.parts.map(query)
        let all = parts.count == 1 ? parts[0] : .all(parts)
        guard let whole = chunk.whole else { return all }
        return .any([all, query(whole)])
    }
}

extension Tokenizer.Word {
    /// What it is found by, whatever its ending.
    var stems: [String] { forms.map(Stemmer.stem).reduce(into: []) { if !$0.contains($1) { $0.append($1) } } }
}
