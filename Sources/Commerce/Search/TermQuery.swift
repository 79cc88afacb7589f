/// A question to a full-text index: terms joined by "and" and "or".
indirect enum TermQuery: Sendable {
    case term(String)
    case prefix(String)
    case all([TermQuery])
    case any([TermQuery])

    /// One of several, or the only one.
    static func any(of queries: [TermQuery]) -> TermQuery { queries.count == 1 ? queries[0] : .any(queries) }

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
