import Persistence

/// The words that a shop's products are found by in names and headings. It only grows: a word that no product has any more
/// corrects nothing, because it finds nothing.
enum Vocabulary {
    private static let lettersMin = 4
    private static let lettersMax = 32
    /// Words that share most with a misspelled one; the distance decides among them.
    private static let candidatesMax = 200
    private static let correctionsMax = 5

    /// Whether a typing error in a word can be told from another word: numbers and short words cannot be guessed.
    static func isWord(_ word: String) -> Bool {
        (lettersMin...lettersMax).contains(word.utf8.count) && word.utf8.allSatisfy { (0x61...0x7A).contains($0) }
    }

    /// Adds those that are new, in one order for everybody.
    static func add(_ words: Set<String>, _ shop: Int64, in db: any Connection) throws {
        let new = try db.fetch(
            SQL.insertions(
                "INSERT INTO search_words (webshop_id, word) VALUES",
                words.sorted().map { [shop.sqlValue, $0.sqlValue] },
                "ON CONFLICT (webshop_id, word) DO NOTHING RETURNING word")
        ).joined().compactMap { $0.text(0) }
        try db.run(
            SQL.insertions(
                "INSERT INTO search_trigrams (webshop_id, trigram, word) VALUES",
                new.flatMap { word in trigrams(of: word).map { [shop.sqlValue, $0.sqlValue, word.sqlValue] } },
                "ON CONFLICT (webshop_id, trigram, word) DO NOTHING"))
    }

    /// The known words nearest to one that finds nothing, nearest first.
    static func corrections(of word: String, _ shop: Int64, in db: any Connection) throws -> [String] {
        guard isWord(word) else { return [] }
        let reach = word.utf8.count < 8 ? 1 : 2
        let rows = try db.rows(
            """
            SELECT word FROM search_trigrams WHERE webshop_id = \(shop) AND trigram IN (\(SQL.list(trigrams(of: word))))
            AND length(word) BETWEEN \(word.utf8.count - reach) AND \(word.utf8.count + reach)
            GROUP BY word ORDER BY count(*) DESC, word LIMIT \(candidatesMax)
            """)
        let near = rows.compactMap { $0.text(0) }.compactMap { candidate -> (word: String, distance: Int)? in
            let distance = EditDistance.between(word, candidate)
            return distance > 0 && distance <= reach ? (candidate, distance) : nil
        }
        return near.sorted { ($0.distance, $0.word) < ($1.distance, $1.word) }.prefix(correctionsMax).map(\.word)
    }

    /// Three letters in a row, with the edges of the word as letters of their own.
    static func trigrams(of word: String) -> [String] {
        let letters = Array("^\(word)$".utf8)
        let all = (0..<max(0, letters.count - 2)).map { String(decoding: letters[$0..<$0 + 3], as: UTF8.self) }
        return Set(all).sorted()
    }
}

/// How many slips of the finger lie between two words: a letter too many, too few or another one, or two in the wrong order.
package enum EditDistance {
    package static func between(_ one: String, _ other: String) -> Int {
        let (left, right) = (Array(one.utf8), Array(other.utf8))
        var before: [Int] = []
        var last = Array(0...right.count)
        for row in left.indices {
            var next = [row + 1]
            for column in right.indices {
                var cost = min(
                    next[column] + 1, last[column + 1] + 1, last[column] + (left[row] == right[column] ? 0 : 1))
                if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
                    cost = min(cost, before[column - 1] + 1)
                }
                next.append(cost)
            }
            (before, last) = (last, next)
        }
        return last[right.count]
    }
}
