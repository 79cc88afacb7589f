extension JSON {
    /// A text, or a number as it was written; nil for everything else.
    package var words: String? {
        switch self {
        case .string(let text): text
        case .number(let number): number.text
        default: nil
        }
    }
}
