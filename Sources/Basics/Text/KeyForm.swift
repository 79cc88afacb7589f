import Foundation

/// The one form in which text is a key: what rows are found by, and what may be there only once.
extension String {
    /// Composed by Unicode's form C and without blanks at its ends, seen or unseen. What people read as one number is one
    /// number then, however it was typed.
    package var asKey: String {
        let key = composed
        guard let first = key.utf8.first, let last = key.utf8.last else { return key }
        // Plain letters and digits at both ends: nearly all keys there are.
        if (0x21...0x7E).contains(first), (0x21...0x7E).contains(last) { return key }
        var scalars = Substring(key).unicodeScalars
        while let first = scalars.first, first.isBlank { scalars.removeFirst() }
        while let last = scalars.last, last.isBlank { scalars.removeLast() }
        return String(scalars)
    }

    /// In Unicode's form C (UAX 15): `e` and an accent behind it are `é`.
    package var composed: String {
        // No scalar below U+0300 is changed by it or joined to another (UAX 15, 9), and those begin with a byte below 0xCC.
        utf8.allSatisfy { $0 < 0xCC } ? self : precomposedStringWithCanonicalMapping
    }
}

extension Unicode.Scalar {
    /// White space, a control character, or a sign of no width: what nobody sees at the ends of a text.
    fileprivate var isBlank: Bool {
        value < 0x20 || value == 0x7F || (0x200B...0x200F).contains(value) || value == 0x2060 || value == 0xFEFF
            || value == 0xAD || properties.isWhitespace
    }
}
