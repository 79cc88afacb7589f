/// A change of a value on its way to be shown: `|truncate:40`.
struct Modifier: Sendable {
    let kind: Kind
    let arguments: [Expression]

    enum Kind: String, CaseIterable, Sendable {
        case escape, `default`, upper, lower, truncate, number_format, date_format

        /// How many arguments Smarty gives it.
        var argumentsMax: Int {
            switch self {
            case .upper, .lower: 0
            case .escape, .default: 1
            case .date_format: 2
            case .number_format: 3
            case .truncate: 4
            }
        }
    }

    /// What a text is escaped for. Whatever one of them makes is harmless within HTML as well.
    enum Escape: String, CaseIterable, Sendable {
        case html, htmlall, url, javascript
    }

    /// The names of all there are, for messages.
    static let names = Kind.allCases.map(\.rawValue).joined(separator: ", ")
}
