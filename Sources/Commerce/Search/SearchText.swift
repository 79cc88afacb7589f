/// What somebody typed, as a question to a full-text index. All words must be there, in any field; the last one may still
/// be unfinished.
struct SearchText: Sendable {
    private static let wordsMax = 10

    private let chunks: [Tokenizer.Chunk]
    /// All of it as one number, which may be a SKU or a GTIN.
    private let number: String

    init(_ text: String) {
        chunks = Tokenizer.chunks(text, atMost: Self.wordsMax)
        number = Tokenizer.number(text)
    }

    var isEmpty: Bool { chunks.isEmpty }

    /// Every word once, in the order they were typed.
    var words: [String] {
        chunks.flatMap(\.parts).reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
    }

    /// The word that is being typed.
    var lastWord: String { chunks.last?.parts.last ?? "" }

    /// The words as they stand.
    var exact: TermQuery {
        .all(chunks.map { chunk in Self.either(chunk) { .term($0) } })
    }

    /// The words by their stems, the last also by its beginning.
    /// - Parameter corrections: for a word, words that are typed much like it and are meant as well.
    func loose(_ corrections: [String: [String]] = [:]) -> TermQuery {
        let words = words
        return .all(
            chunks.enumerated().map { place, chunk in
                let isLast = place == chunks.count - 1
                return Self.either(chunk) { word in
                    // Only the end of the last chunk is still being typed.
                    let isEnd = isLast && (word == chunk.parts.last || word == chunk.whole)
                    // One letter behind others is a size or a number rather than a beginning.
                    let isOpen = isEnd && (word.utf8.count > 1 || words.count == 1)
                    var meant = (corrections[word] ?? []).map { TermQuery.term(Stemmer.stem($0)) }
                    let stem = Stemmer.stem(word)
                    if isOpen { meant.append(.prefix(word)) }
                    meant.append(.term(stem))
                    return meant.count == 1 ? meant[0] : .any(meant)
                }
            })
    }

    var asNumber: TermQuery { .term(number) }

    /// A chunk is found by all of its parts or by the whole: `t-shirt` finds `T-shirt`, `T shirt` and `Tshirt`.
    private static func either(_ chunk: Tokenizer.Chunk, _ query: (String) -> TermQuery) -> TermQuery {
        let parts = chunk.parts.map(query)
        let all = parts.count == 1 ? parts[0] : .all(parts)
        guard let whole = chunk.whole else { return all }
        return .any([all, query(whole)])
    }
}

/// A question to a full-text index: terms joined by "and" and "or".
indirect enum TermQuery: Sendable {
    case term(String)
    case prefix(String)
    case all([TermQuery])
    case any([TermQuery])

    /// How an engine spells a question.
    struct Spelling {
        let quote: Character
        let prefix: String
        let and: String
        let or: String
    }

    /// The question about one shop and one reach, in an engine's words. Terms hold letters and digits only, so that
    /// nothing in them can end the quotes.
    func text(_ spelling: Spelling, shop: Int64, _ reach: SearchTerms.Reach) -> String {
        func quoted(_ word: String, _ reach: SearchTerms.Reach) -> String {
            "\(spelling.quote)\(shop)\(reach.sign)\(word)\(spelling.quote)"
        }
        func joined(_ parts: [TermQuery], _ word: String) -> String {
            "(" + parts.map { $0.text(spelling, shop: shop, reach) }.joined(separator: word) + ")"
        }
        switch self {
        case .term(let word): return quoted(word, reach)
        // Descriptions are found by whole words: too much begins with the first letters of anything.
        case .prefix(let word):
            return quoted(word, max(reach, word.utf8.count > 1 ? .heading : .name)) + spelling.prefix
        case .all(let parts): return joined(parts, spelling.and)
        case .any(let parts): return joined(parts, spelling.or)
        }
    }
}
