import Persistence
import Resources

/// The filter `search=` of the list of products: rows that have every word of a text somewhere in what they are found by.
enum ListedWords {
    /// Each is looked for in every row.
    private static let wordsMax = 50

    static let filter = CustomFilter(
        "search", .text,
        "Words in name, numbers or search words, all of them, at most \(wordsMax); descriptions are not searched."
    ) { value, _, _ throws(FieldFault) in
        try condition(value).map { .condition($0) }
    }

    private static func condition(_ value: SQLValue) throws(FieldFault) -> SQL? {
        guard case .text(let text) = value else { return nil }
        let words = Set(exact: text.composed.lowercased().split(whereSeparator: \.isWhitespace).map(String.init)).texts
        guard words.count <= wordsMax else {
            throw FieldFault("too_many", "has \(words.count) words; at most \(wordsMax)")
        }
        let conditions = words.map { "search_text LIKE \(pattern($0)) ESCAPE '\\'" as SQL }
        return conditions.isEmpty ? nil : "(\(SQL.joined(conditions, by: " AND ")))"
    }

    /// What stands anywhere in a text. By scalars: a sign and an accent behind it are one character, and still mean something
    /// to LIKE.
    private static func pattern(_ word: String) -> String {
        var pattern = String.UnicodeScalarView("%".unicodeScalars)
        for scalar in word.unicodeScalars {
            if ["%", "_", "\\"].contains(scalar) { pattern.append("\\") }
            pattern.append(scalar)
        }
        pattern.append("%")
        return String(pattern)
    }
}
