import Basics

/// How a column looks on the wire, in the database and in the documentation.
package enum FieldKind: Sendable, Equatable {
    case integer
    case text
    /// 0 or 1, read also from "0", "1", true and false.
    case flag
    /// Minor units of the shop's currency inside, a decimal number outside.
    case amount
    /// An integer of 10^-places inside, a decimal number outside: percentages and weights.
    case decimal(places: Int)
    /// Milliseconds inside, `YYYY-MM-DD HH:MM:SS` in the shop's zone outside.
    case instant
    /// An integer that existing clients expect as text.
    case integerAsText
    /// A flag that existing clients expect as "0" or "1".
    case flagAsText
    /// JSON kept as it was written: lists and free objects.
    case json
    /// A path below the shop's own address, shown as a whole URL.
    case link
    /// A `Timeline`: what holds of it at the moment of the answer is shown.
    case timed(Timed)
    /// Text that is encrypted where it is stored (`Keyring`), and shown as it was.
    case sealed

    /// What the values of a timeline are.
    package enum Timed: Sendable, Equatable {
        case amount, instant
    }

    /// Whether it is kept as text.
    package var isText: Bool {
        switch self {
        case .text, .json, .link, .timed, .sealed: true
        default: false
        }
    }
}
