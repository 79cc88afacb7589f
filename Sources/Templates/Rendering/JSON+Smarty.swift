import Basics

/// What values mean in a template: as in PHP, which Smarty is.
extension JSON {
    /// Nothing, false, 0, an empty text, "0" and empty lists are not.
    var isTrue: Bool {
        switch self {
        case .null: false
        case .bool(let flag): flag
        case .number(let number): !(DecimalText(number.text)?.isZero ?? false)
        case .string(let text): !text.isEmpty && text != "0"
        case .array(let items): !items.isEmpty
        case .object(let object): !object.members.isEmpty
        }
    }

    /// How it is shown. A list as a whole shows nothing.
    var shown: String {
        switch self {
        case .bool(true): "1"
        case .string(let text): text
        case .number(let number): number.text
        case .null, .bool(false), .array, .object: ""
        }
    }

    /// Its number, also where that stands in a text.
    var decimal: DecimalText? {
        switch self {
        case .number(let number): DecimalText(number.text)
        case .string(let text): DecimalText(text)
        default: nil
        }
    }

    /// It as a count; nil for what is none.
    var count: Int? {
        words.flatMap(WholeNumber.init(strict:)).map { Int($0.int64) }
    }
}
