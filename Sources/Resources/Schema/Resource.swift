/// Something a shop keeps and clients read and write: one struct and one schema beside it.
package protocol Resource: Sendable {
    static var schema: Schema<Self> { get }

    /// Last word on a value before it is stored: fill in, tidy, refuse. Effects on other rows belong to an action.
    static func prepare(_ new: inout Self, replacing old: Self?, in tx: Transaction) throws

    /// The same for many values at once, for a resource that can do it in fewer statements than one by one.
    static func prepare(_ drafts: inout [Draft<Self>], in tx: Transaction) throws

    /// What belongs to a row: stored with it, shown in it, gone with it.
    static var parts: [Part<Self>] { get }

    /// Who does something about a change of a row.
    static var followers: [Follower<Self>] { get }

    /// Holds what everybody holds before rows of it, such as the product before its variants: locks go in one order.
    static func hold(before ids: [Int64], in tx: Transaction) throws

    /// Whether its rules look at other rows of its kind, so that the rows of a batch must be written one after the other, and
    /// no other change beside them.
    static var hasRulesBetweenRows: Bool { get }

    /// The topics of CONTRACT 6 that a change fires beside `<resource>.<change>`.
    static func topics(_ change: Change) -> [String]
}

extension Resource {
    package static func prepare(_ new: inout Self, replacing old: Self?, in tx: Transaction) throws {}
    package static func prepare(_ drafts: inout [Draft<Self>], in tx: Transaction) throws {
        for index in drafts.indices { try prepare(&drafts[index].new, replacing: drafts[index].old, in: tx) }
    }
    package static var parts: [Part<Self>] { [] }
    package static var followers: [Follower<Self>] { [] }
    package static var hasRulesBetweenRows: Bool { false }
    package static func hold(before ids: [Int64], in tx: Transaction) throws {}
    package static func topics(_ change: Change) -> [String] { [] }
    package static var info: ResourceInfo { schema.info }
}

extension Resource {
    /// A new value in which everything has its starting value, for code that fills in what it knows.
    package static func starting(_ id: Identifier<Self>) throws -> Self {
        var record = info.startingRecord
        record[0] = id.sqlValue
        return try schema.value(record)
    }
}
