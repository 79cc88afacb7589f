import Persistence

/// The words that a shop's products are found by in names and headings, each with how people write it. What is stored only
/// grows: a word that no product has any more corrects nothing, because it finds nothing.
struct Vocabulary {
    private static let lettersMin = 4
    private static let lettersMax = 32
    /// Words that share most with a misspelled one; the distance decides among them.
    private static let candidatesMax = 200
    private static let correctionsMax = 8

    /// As they are written, by what they are compared by.
    private var written: [String: String] = [:]

    /// Whether a typing error in a word can be told from another word: numbers and short words cannot be guessed.
    static func isWord(_ word: String) -> Bool {
        (lettersMin...lettersMax).contains(word.utf8.count) && word.utf8.allSatisfy { (0x61...0x7A).contains($0) }
    }

    mutating func add(_ words: [Tokenizer.Word]) {
        for word in words {
            for form in word.forms where Self.isWord(form) {
                // Whoever writes `rod` for `rød` had no other keys; signs stand behind plain letters.
                if let known = written[form], known >= word.shown { continue }
                written[form] = word.shown
            }
        }
    }

    /// Stores those that are new, in one order for everybody.
    func store(_ shop: Int64, in db: any Connection) throws {
        let new = try db.fetch(
            SQL.insertions(
                "INSERT INTO search_words (webshop_id, word, written) VALUES",
                written.sorted { $0.key < $1.key }.map { [shop.sqlValue, $0.key.sqlValue, $0.value.sqlValue] },
                "ON CONFLICT (webshop_id, word) DO NOTHING RETURNING word")
        ).joined().map { try $0["word"] as String }
        try db.run(
            SQL.insertions(
                "INSERT INTO search_trigrams (webshop_id, trigram, word) VALUES",
                new.flatMap { word in Self.trigrams(of: word).map { [shop.sqlValue, $0.sqlValue, word.sqlValue] } },
                "ON CONFLICT (webshop_id, trigram, word) DO NOTHING"))
    }

    /// The stored words nearest to one that finds nothing, as they are written, by how far they are from it.
    static func corrections(
        of word: Tokenizer.Word, _ shop: Int64, in db: any Connection
    ) throws -> [(written: String, distance: Int)] {
        let forms = word.forms.filter(isWord)
        guard let shortest = forms.map(\.utf8.count).min(), let longest = forms.map(\.utf8.count).max() else {
            return []
        }
        let reach = shortest < 8 ? 1 : 2
        let trigrams = Set(forms.flatMap(trigrams)).sorted()
        let rows = try db.rows(
            """
            SELECT near.word, w.written FROM (
                SELECT word, count(*) AS shared FROM search_trigrams
                WHERE webshop_id = \(shop) AND trigram IN (\(SQL.list(trigrams)))
                AND length(word) BETWEEN \(shortest - reach) AND \(longest + reach)
                GROUP BY word ORDER BY count(*) DESC, word LIMIT \(candidatesMax)
            ) near JOIN search_words w ON w.webshop_id = \(shop) AND w.word = near.word
            ORDER BY near.shared DESC, near.word
            """)
        var near: [String: Int] = [:]
        for row in rows {
            let (candidate, written): (String, String) = (try row["word"], try row["written"])
            let distance = forms.map { EditDistance.between($0, candidate) }.min() ?? 0
            if distance > 0, distance <= reach { near[written] = min(distance, near[written] ?? distance) }
        }
        return near.sorted { ($0.value, $0.key) < ($1.value, $1.key) }.prefix(correctionsMax).map { ($0.key, $0.value) }
    }

    /// Three letters in a row, with the edges of the word as letters of their own.
    static func trigrams(of word: String) -> [String] {
        let letters = Array("^\(word)$".utf8)
        let all = (0..<max(0, letters.count - 2)).map { String(decoding: letters[$0..<$0 + 3], as: UTF8.self) }
        return Set(all).sorted()
    }
}
