package import Basics
package import Persistence

/// A filter that is more than a comparison of one column.
package struct CustomFilter: Sendable {
    package let name: String
    package let kind: FieldKind
    package let about: String
    /// What reads its value.
    let field: FieldInfo
    /// What the filter does for a value, beside the other parameters; nil where the value means "no filter". Throws
    /// what is wrong with the value.
    package let effect: @Sendable (SQLValue, Query, Tenant) throws(FieldFault) -> Effect?
    /// What has to be read before the effect is known; nil for most.
    let lookup: Lookup?
    /// What its values are ids of, where the shop's own keys may stand for them.
    let target: (@Sendable () -> ResourceInfo)?
    /// Whether the ids it lists have places of their own in `listed_place`, by which `sort=position` goes.
    let hasPlaces: Bool

    /// A question to the database whose answer says what a filter does.
    struct Lookup: Sendable {
        let question: @Sendable (SQLValue, Tenant) -> SQL
        let effect: @Sendable (Rows, Tenant, Instant) throws -> Effect
    }

    package enum Effect: Sendable {
        /// Rows for which this holds.
        case condition(SQL)
        /// Rows whose ids this selects as `listed_id`. The list is walked in the order of those ids, so a page costs its
        /// own rows and not all that match. Where the filter has places and the query sorts by them, also `listed_place`.
        case listed(SQL)
    }

    package init(
        _ name: String, _ kind: FieldKind, _ about: String, hasPlaces: Bool = false,
        naming target: (@Sendable () -> ResourceInfo)? = nil,
        _ effect: @escaping @Sendable (SQLValue, Query, Tenant) throws(FieldFault) -> Effect?
    ) {
        self.name = name
        self.kind = kind
        self.about = about
        field = FieldInfo(name: name, kind: kind, isNullable: true)
        self.effect = effect
        lookup = nil
        self.target = target
        self.hasPlaces = hasPlaces
    }

    /// A filter that has to look something up first, such as the rule of a landing page. What it says may change with the
    /// time or with other tables, so nobody remembers how many rows it finds.
    package init(
        _ name: String, _ kind: FieldKind, _ about: String,
        asking question: @escaping @Sendable (SQLValue, Tenant) -> SQL,
        _ effect: @escaping @Sendable (Rows, Tenant, Instant) throws -> Effect
    ) {
        self.name = name
        self.kind = kind
        self.about = about
        field = FieldInfo(name: name, kind: kind, isNullable: true)
        self.effect = { _, _, _ in nil }
        lookup = Lookup(question: question, effect: effect)
        target = nil
        hasPlaces = false
    }
}
