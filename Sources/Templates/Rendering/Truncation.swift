import Basics

/// Smarty's `truncate:80:'...':false:false`: a text no longer than some characters, cut between words unless it says otherwise.
struct Truncation {
    private let length: Int
    private let mark: String
    private let breaksWords: Bool
    private let isInMiddle: Bool

    init(_ arguments: [JSON]) {
        length = max(0, arguments.first?.count ?? 80)
        mark = arguments.dropFirst().first?.shown ?? "..."
        breaksWords = arguments.dropFirst(2).first?.isTrue ?? false
        isInMiddle = arguments.dropFirst(3).first?.isTrue ?? false
    }

    func apply(to text: String) -> String {
        let scalars = Array(text.unicodeScalars)
        guard length > 0 else { return "" }
        guard scalars.count > length else { return text }
        let kept = length - min(length, mark.unicodeScalars.count)
        if isInMiddle { return Self.text(scalars.prefix(kept / 2)) + mark + Self.text(scalars.suffix(kept / 2)) }
        let start = breaksWords ? scalars.prefix(kept) : Self.wholeWords(scalars.prefix(kept + 1)).prefix(kept)
        return Self.text(start) + mark
    }

    /// Without the last word, which may be cut, and the space before it; as it is where there is no space.
    private static func wholeWords(_ scalars: ArraySlice<Unicode.Scalar>) -> ArraySlice<Unicode.Scalar> {
        guard let space = scalars.lastIndex(where: \.properties.isWhitespace) else { return scalars }
        let end = scalars[...space].lastIndex { !$0.properties.isWhitespace }
        return end.map { scalars[...$0] } ?? []
    }

    private static func text(_ scalars: ArraySlice<Unicode.Scalar>) -> String {
        var text = String.UnicodeScalarView()
        text.append(contentsOf: scalars)
        return String(text)
    }
}
