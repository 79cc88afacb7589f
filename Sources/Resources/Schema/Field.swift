import Basics
package import Persistence

/// What many resources ask of a field. A rule that one resource needs is code in its `prepare`.
package enum Rule: Sendable {
    /// An empty value is refused where it would otherwise stand for nothing.
    case given
    /// Shown, and ignored in a body.
    case readOnly
    /// A create must give it, and no write may empty it.
    case required
    /// The same, with what is said where it is missing.
    case needed(String)
    /// Stored, never shown.
    case hidden
    /// Accepted in a body and never shown.
    case secret
    case filterable
    case sortable
    /// Text that rows are found by: it is kept and asked for in the form of `String.asKey`.
    case key
    /// The text by which the shop itself names a row, unique among live rows: `own_id:ABC-1` stands wherever its id does.
    case own
    /// How many characters a text may have.
    case length(ClosedRange<Int>)
    /// How many elements a list may have; a thousand at most where nothing is said.
    case count(ClosedRange<Int>)
    /// How many bytes it may take in UTF-8: for an indexed text whose characters could fill more than an index row has.
    case bytes(Int)
    /// The least and largest value, in the stored unit.
    case range(ClosedRange<Int64>)
    case oneOf([String])
    /// What a create stores when the body is silent.
    case initially(SQLValue)
    /// The id of a live row of another resource of the same shop. `expand=` inlines it under the name without `_id`.
    case references(@Sendable () -> ResourceInfo)
    /// A list of ids of live rows of another resource.
    case referencesEach(@Sendable () -> ResourceInfo)
    /// Another name in the database, where the wire's is a reserved word.
    case column(String)
    /// A second name that bodies may use.
    case alias(String)
    /// Another spelling of one of its words.
    case spelled(String, as: String)
    /// The shape of a JSON field.
    case shape(JSONShape)
    /// Another wire form than the Swift type's own.
    case writtenAs(FieldKind)
    /// A date without a time means the end of that day.
    case wholeDay
    /// A sentence for the documentation.
    case about(String)
}

/// What a JSON field may hold.
package enum JSONShape: Sendable {
    case ids, list, texts, object, any
}

/// One field of a resource or one member of a body: its name on the wire, its place in the struct, its rules.
package struct Field<Root, Value: BodyValue>: Sendable {
    let info: FieldInfo
    /// What it is in a body: one member, or several that stand beside the others.
    let members: BodyInfo
    private let path: any KeyPath<Root, Value> & Sendable
    private let read: @Sendable (JSONObject, String, inout BodyReader) -> Given<Value>

    package init(_ name: String, _ keyPath: any KeyPath<Root, Value> & Sendable, _ rules: Rule...) {
        let words = Value.choices.map { [Rule.oneOf($0)] } ?? []
        let info = FieldInfo(name: name, kind: Value.kind, isNullable: Value.isNullable, rules: words + rules)
        self.info = info
        members = BodyInfo([BodyInfo.Member(field: info, form: Value.form)])
        path = keyPath
        // What a body that says nothing of it means is known beforehand; where that is a fault, it has to be told.
        let silence = try? BodyReader.reading(for: .none, isStrict: false) { Value.read(nil, as: info, at: "", &$0) }
        read = { object, pointer, reader in
            if let member = object.member(of: info) {
                return Value.read(member.value, as: info, at: "\(pointer)/\(member.name)", &reader)
            }
            return silence.map { .value($0) } ?? Value.read(nil, as: info, at: "\(pointer)/\(info.name)", &reader)
        }
    }

    /// Members that several bodies have: they stand in the body itself and not in an object of their own.
    package init(_ keyPath: any KeyPath<Root, Value> & Sendable) where Value: BodyMembers {
        info = FieldInfo(name: "", kind: .json, isNullable: false)
        members = Value.info
        path = keyPath
        read = { object, pointer, reader in Value.read(members: object, at: pointer, &reader) }
    }

    /// What an object says of it.
    func given(in object: JSONObject, at pointer: String, _ reader: inout BodyReader) -> Given<Value> {
        read(object, pointer, &reader)
    }

    /// Where it lies in the struct; nil of what is no stored property.
    var offset: Int? { MemoryLayout<Root>.offset(of: path) }
}

extension Field where Value: FieldValue {
    /// Reads its column out of a value.
    var column: @Sendable (Root) -> SQLValue {
        // A stored property lies at a fixed place, where it is read many times faster than a key path is walked.
        guard let offset else {
            let path = path
            return { $0[keyPath: path].sqlValue }
        }
        return { root in
            withUnsafeBytes(of: root) { $0.load(fromByteOffset: offset, as: Value.self) }.sqlValue
        }
    }
}

/// A field without its Swift types: what reading, writing, filtering and documenting go by.
package struct FieldInfo: Sendable {
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

    package init(name: String, kind: FieldKind, isNullable: Bool, rules: [Rule] = []) {
        self.name = name
        column = name
        self.kind = kind
        self.isNullable = isNullable
        for rule in rules { apply(rule) }
    }

    private mutating func apply(_ rule: Rule) {
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
        case .text, .link: return .text("")
        case .json: return .text(shape == .object ? "{}" : "[]")
        default: return .integer(0)
        }
    }

    /// What is said where it is required and missing, or there and empty.
    var absence: String { need ?? "is required" }
    var emptiness: String { need ?? "is required and cannot be empty" }

    /// What one element of a list of it goes by.
    var element: FieldInfo {
        var element = self
        (element.isRequired, element.initially, element.about) = (true, nil, "")
        element.need = nil
        return element
    }

    /// The name under which `expand=` inlines what this field refers to.
    package var expansion: String? {
        reference != nil && name.hasSuffix("_id") ? String(name.dropLast(3)) : nil
    }
}
