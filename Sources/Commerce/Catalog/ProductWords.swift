import Persistence
import Resources

extension Product {
    /// The condition that a product has all the words of a text; nil where there are none.
    static func matching(_ value: SQLValue) -> SQL? {
        guard case .text(let text) = value else { return nil }
        // Every word counts, however many: a text that is pasted into a search box finds what has all of it.
        let words = Set(exact: text.composed.lowercased().split(whereSeparator: \.isWhitespace).map(String.init)).texts
        let conditions = words.map { word -> SQL in
            var pattern = "%"
            for character in word {
                if character == "%" || character == "_" || character == "\\" { pattern.append("\\") }
                pattern.append(character)
            }
            return "search_text LIKE \(pattern + "%") ESCAPE '\\'"
        }
        // In groups, because engines limit how deep an expression is.
        let groups = conditions.pieces(of: 50).map { "(\(SQL.joined(Array($0), by: " AND ")))" as SQL }
        return groups.isEmpty ? nil : "(\(SQL.joined(groups, by: " AND ")))"
    }
}
