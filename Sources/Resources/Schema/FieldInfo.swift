package import Persistence

/// A field without its Swift types: what reading, writing, filtering and documenting go by. One object that all share, since
/// it is handed on for every member of every body.
///
/// `@unchecked Sendable`: it changes only while it is made.
package final class FieldInfo: @unchecked Sendable {
    package let name: String
    /// Its name in the database.
    package private(set) var column: String
    package private(set) var kind: FieldKind
    package let isNullable: Bool
    package private(set) var isReadOnly = false
    package private(set) var isRequired = false
    /// What is said where it is required and missing, if not the usual.
    private var need: String?
    private(set) var refusesEmpty = false
    package private(set) var isHidden = false
    package private(set) var isSecret = false
    package private(set) var isFilterable = false
    package private(set) var isSortable = false
    package private(set) var isKey = false
    package private(set) var isOwn = false
    package private(set) var length: ClosedRange<Int>?
    package private(set) var count: ClosedRange<Int>?
    package private(set) var bytesMax: Int?
    package private(set) var range: ClosedRange<Int64>?
    package private(set) var choices: [String]?
    package private(set) var initially: SQLValue?
    package private(set) var reference: (@Sendable () -> ResourceInfo)?
    package private(set) var referencesEach: (@Sendable () -> ResourceInfo)?
    package private(set) var aliases: [String] = []
    package private(set) var spellings: [String: String] = [:]
    package private(set) var shape: JSONShape = .any
    package private(set) var isWholeDay = false
    package private(set) var about = ""

    /// What one element goes by, where it is a list of them.
    let element: FieldInfo?

    /// - Parameter isList: whether it is a member of a body that lists values, each of which goes by the rules too.
    package init(name: String, kind: FieldKind, isNullable: Bool, rules: [Rule] = [], isList: Bool = false) {
        self.name = name
        column = name
        self.kind = kind
        self.isNullable = isNullable
        element =
            isList
            ? FieldInfo(name: name, kind: kind, isNullable: isNullable, rules: rules.filter(\.isOfEach) + [.required])
            : nil
        for rule in rules { apply(rule) }
    }

    private func apply(_ rule: Rule) {
        switch rule {
        case .readOnly: isReadOnly = true
        case .given: refusesEmpty = true
        case .required: isRequired = true
        case .needed(let words): (isRequired, need) = (true, words)
        case .hidden: (isHidden, isReadOnly) = (true, true)
        case .secret: (isHidden, isSecret) = (true, true)
        case .filterable: isFilterable = true
        case .sortable: isSortable = true
        case .key: isKey = true
        case .own:
            (isOwn, isKey, isFilterable, isSortable, length) = (true, true, true, true, 0...255)
            about = "The shop's own key, of one live row only: `\(name):` and it stand wherever the id does."
        case .length(let range): length = range
        case .count(let range): count = range
        case .bytes(let count): bytesMax = count
        case .range(let range): self.range = range
        case .oneOf(let words): choices = words
        case .initially(let value): initially = value
        case .references(let info): reference = info
        case .referencesEach(let info): (referencesEach, shape) = (info, .ids)
        case .column(let name): column = name
        case .alias(let name): aliases.append(name)
        case .spelled(let word, let meant): spellings[word] = meant
        case .shape(let shape): self.shape = shape
        case .writtenAs(let kind): self.kind = kind
        case .wholeDay: isWholeDay = true
        case .about(let text): about = text
        }
    }

    /// What an absent field of a new row holds.
    package var startingValue: SQLValue {
        if let initially { return initially }
        if isNullable { return .null }
        switch kind {
        case .text, .link, .sealed: return .text("")
        case .json: return .text(shape == .object ? "{}" : "[]")
        default: return .integer(0)
        }
    }

    /// What is said where it is required and missing, or there and empty.
    var absence: String { need ?? "is required" }
    var emptiness: String { need ?? "is required and cannot be empty" }

    /// The name under which `expand=` inlines what this field refers to.
    package var expansion: String? {
        reference != nil && name.hasSuffix("_id") ? String(name.dropLast(3)) : nil
    }
}
