import Persistence

/// What somebody may have meant whose words find nothing together. Words that the shop knows stay as they were typed; of
/// each other word the nearest known ones are weighed by what is found with them.
struct Correction {
    /// What is to be looked for instead; nil where nothing better is known.
    private(set) var text: String?

    /// A word that the shop does not know, and what it may be.
    private struct Guess {
        let place: Range<Int>
        var choices: [Choice]
    }

    private struct Choice {
        /// nil for the word as it was typed.
        let written: String?
        let distance: Int
        let query: TermQuery
    }

    /// - Parameter matches: what a question about a reach finds, in order.
    init(
        _ query: SearchText, _ reach: SearchTerms.Reach, _ shop: Int64, _ db: any Connection,
        _ matches: (TermQuery, SearchTerms.Reach) throws -> [Int]
    ) throws {
        guard query.chunks.count <= SearchText.correctedWordsMax else { return }
        let index = db.textIndex(of: shop)
        func isKnown(_ query: TermQuery) throws -> Bool { try index.finds(index.question(query, .heading)) }
        var known: [TermQuery] = []
        var guesses: [Guess] = []
        for place in query.chunks.indices {
            let whole = query.loose(place)
            if try isKnown(whole) {
                known.append(whole)
                continue
            }
            for word in query.chunks[place].parts {
                let loose = query.loose(word, in: place)
                let parts = query.chunks[place].parts.count
                if let range = word.place, try parts == 1 || !isKnown(loose) {
                    let near = try Vocabulary.corrections(of: word, shop, in: db)
                    let choices = near.map {
                        Choice(written: $0.written, distance: $0.distance, query: Self.closed($0.written))
                    }
                    // A description may have it that no heading has.
                    guesses.append(
                        Guess(place: range, choices: [Choice(written: nil, distance: 0, query: loose)] + choices))
                } else {
                    known.append(loose)
                }
            }
        }
        guard guesses.contains(where: { $0.choices.count > 1 }) else { return }
        var found = try matches(.all(known + guesses.map { .any(of: $0.choices.map(\.query)) }), reach)
        var words: [(place: Range<Int>, word: String)] = []
        for guess in guesses {
            guard let best = try Self.best(of: guess.choices, &found, { try matches($0, reach) }) else { return }
            if let written = best.written { words.append((guess.place, written)) }
        }
        if !words.isEmpty { text = query.replacing(words) }
    }

    /// The nearest choice that anything is found with, of equals the one that most is; what is found shrinks to that.
    private static func best(
        of choices: [Choice], _ found: inout [Int], _ matches: (TermQuery) throws -> [Int]
    ) rethrows -> Choice? {
        let all = Set(found)
        var best: (choice: Choice, found: [Int])?
        for choice in choices {
            if let best, choice.distance > best.choice.distance { break }
            let places = try matches(choice.query).filter(all.contains)
            if places.count > best?.found.count ?? 0 { best = (choice, places) }
        }
        found = best?.found ?? []
        return best?.choice
    }

    /// A whole word by its stems.
    private static func closed(_ written: String) -> TermQuery {
        .all(SearchText(written).chunks.flatMap(\.parts).map { .any(of: $0.stems.map(TermQuery.term)) })
    }
}
