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

    /// Whether what is said of a list is said of each of its elements.
    var isOfEach: Bool {
        switch self {
        case .required, .needed, .initially, .about: false
        default: true
        }
    }
}
