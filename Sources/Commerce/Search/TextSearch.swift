import Persistence

/// What a text finds: products, and how well each fits. The best are those with that number, then those with the very words
/// in their name, with the words' stems there, with the words in anything a heading says, and last with them anywhere.
struct TextSearch {
    /// Where the products stand in the index, in order.
    private(set) var places: [Int] = []
    /// How well they fit, by place; 0 is best.
    private(set) var levels: [UInt8] = []
    /// What was looked for instead, where the text itself found nothing.
    private(set) var corrected: String?

    private static let anywhere = UInt8.max

    private let index: FacetIndex
    private let answers: TextAnswers
    private let text: any TextIndex

    private init(_ reading: FacetIndexes.Reading, _ text: any TextIndex) {
        (index, answers, self.text) = (reading.index, reading.answers, text)
    }

    /// - Parameter reach: how far from the name the words may be found.
    static func run(
        _ typed: String, _ reading: FacetIndexes.Reading, _ shop: Int64, _ db: any Connection,
        reach: SearchTerms.Reach = .whole
    ) throws -> TextSearch {
        let query = SearchText(typed)
        var search = TextSearch(reading, db.textIndex(of: shop))
        guard !query.isEmpty else { return search }
        try search.find(query, reach)
        if search.places.isEmpty,
            let meant = try Correction(query, reach, shop, db, search.matches).text
        {
            try search.find(SearchText(meant), reach)
            if !search.places.isEmpty { search.corrected = meant }
        }
        return search
    }

    private mutating func find(_ query: SearchText, _ reach: SearchTerms.Reach) throws {
        let loose = query.loose
        levels = [UInt8](repeating: Self.anywhere, count: index.entries.count)
        let numbered = try matches(query.asNumber, .number)
        let named = try matches(query.exact, .name)
        var ranked = rank(numbered, 0) + rank(named, 1)
        if ranked == index.entries.count {
            // There is nothing left to be found.
            places = Array(index.entries.indices)
            return
        }
        let found = try matches(loose, reach)
        places = numbered.isEmpty ? found : Set(found).union(numbered).sorted()
        for (level, step) in [SearchTerms.Reach.name, .heading].enumerated() where step > reach && ranked < places.count
        {
            ranked += rank(try matches(loose, step), UInt8(level + 2))
        }
    }

    private func matches(_ query: TermQuery, _ reach: SearchTerms.Reach) throws -> [Int] {
        let question = text.question(query, reach)
        return try answers.places(question) { index.places(of: try text.matches(question)) }
    }

    /// Gives a level to the places that have no better one; answers how many those are.
    private mutating func rank(_ places: [Int], _ level: UInt8) -> Int {
        var count = 0
        for place in places where levels[place] == Self.anywhere {
            levels[place] = level
            count += 1
        }
        return count
    }
}
