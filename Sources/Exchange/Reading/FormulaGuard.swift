import Basics
import Resources

/// Keeps spreadsheets from taking a text for a formula (`reference/reliability-security.md`, 69): it leaves with an apostrophe
/// before it, and loses that where the file is read again.
enum FormulaGuard {
    private static let apostrophe = UInt8(ascii: "'")
    private static let starts = Set("=+-@\t\r".utf8)

    /// Whether a cell needs the apostrophe: a formula, or a text that would lose one of its own on the way back.
    static func isNeeded(_ text: String) -> Bool {
        var bytes = text.utf8.makeIterator()
        guard let first = bytes.next() else { return false }
        if starts.contains(first) { return !isNegativeNumber(text) }
        return first == apostrophe && bytes.next().map { $0 == apostrophe || starts.contains($0) } ?? false
    }

    /// The text of a cell that may have been guarded.
    /// - Parameter isOurs: whether apostrophes of a text's own were guarded too, which other systems leave out.
    static func removed(from cell: String, isOurs: Bool) -> String {
        var bytes = cell.utf8.makeIterator()
        guard bytes.next() == apostrophe, let second = bytes.next(),
            starts.contains(second) || (isOurs && second == apostrophe)
        else { return cell }
        return String(cell.dropFirst())
    }

    private static func isNegativeNumber(_ text: String) -> Bool {
        text.utf8.first == UInt8(ascii: "-") && Decimals.scaled(text.utf8, places: 6) != nil
    }
}
