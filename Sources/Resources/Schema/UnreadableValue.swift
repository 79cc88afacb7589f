package import Persistence

/// A column's value that does not fit its field: the database was changed behind the program's back.
package struct UnreadableValue: Error, CustomStringConvertible {
    package let expected: String
    package let found: SQLValue
    /// Which of the columns it is, and what that is called, once that is known.
    var place: Int?
    var column: String?

    package init(expected: String, found: SQLValue) {
        (self.expected, self.found) = (expected, found)
    }

    package var description: String { "column \(column ?? "?") holds \(found), and not \(expected)" }
}
