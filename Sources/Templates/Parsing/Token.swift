/// A word of a tag.
struct Token: Sendable {
    let kind: Kind
    /// Where it begins in the template.
    let offset: Int

    enum Kind: Sendable, Equatable {
        case variable([String])
        case word(String)
        case text(String)
        case number(String)
        case sign(Sign)
        /// `}>`
        case end
    }

    /// The longer ones stand before those that they begin with.
    enum Sign: String, CaseIterable, Sendable {
        case equal = "=="
        case unequal = "!="
        case lessOrEqual = "<="
        case greaterOrEqual = ">="
        case arrow = "=>"
        case and = "&&"
        case or = "||"
        case less = "<"
        case greater = ">"
        case not = "!"
        case open = "("
        case close = ")"
        case pipe = "|"
        case colon = ":"
        case assign = "="
        case slash = "/"
    }

    /// As it is shown in messages.
    var words: String {
        switch kind {
        case .variable(let path): "$" + path.joined(separator: ".")
        case .word(let word): word
        case .text: "a text"
        case .number(let digits): digits
        case .sign(let sign): sign.rawValue
        case .end: "}>"
        }
    }
}
