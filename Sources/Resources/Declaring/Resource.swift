package import Persistence

/// Something a shop keeps and clients read and write: one struct and one schema beside it.
package protocol Resource: Sendable {
    static var schema: Schema<Self> { get }

    /// Last word on a value before it is stored: fill in, tidy, refuse. Effects on other rows belong to an action.
    static func prepare(_ new: inout Self, replacing old: Self?, in tx: Transaction) throws

    /// Brings index tables of its own in line after a value was stored.
    static func stored(_ new: Self, replacing old: Self?, in tx: Transaction) throws

    /// Takes along what has no life of its own, after a value was deleted.
    static func removed(_ old: Self, in tx: Transaction) throws

    /// The topics of CONTRACT 6 that a change fires beside `<resource>.<change>`.
    static func topics(_ change: Change) -> [String]
}

extension Resource {
    package static func prepare(_ new: inout Self, replacing old: Self?, in tx: Transaction) throws {}
    package static func stored(_ new: Self, replacing old: Self?, in tx: Transaction) throws {}
    package static func removed(_ old: Self, in tx: Transaction) throws {}
    package static func topics(_ change: Change) -> [String] { [] }
    package static var info: ResourceInfo { schema.info }
}

/// What happened to a row.
package enum Change: String, Sendable, CaseIterable {
    case created, updated, deleted
}

/// What clients may do with a resource through its five plain routes.
package enum Verb: Sendable, CaseIterable {
    case list, read, create, update, delete
}

/// The columns every resource has beside its own.
package enum SystemColumn {
    package static let webshop = "webshop_id"
    package static let version = "version"
    package static let created = "created"
    package static let lastModified = "last_modified"
    package static let removedOn = "removed_on"
}

/// A member of the answer that is not a field of the struct: computed by SQL, or always the same.
package struct Shown: Sendable {
    enum Source: Sendable {
        case expression(String, FieldKind)
        case constant(String)
    }

    let name: String
    let source: Source
    let isNullable: Bool
    let born: SQLValue?
    /// The member it follows; at the end where nil.
    let after: String?
    let about: String

    /// A member read by an SQL expression over the resource's table.
    /// - Parameter born: what the expression gives for a new row, where that is always the same.
    package static func computed(
        _ name: String, _ kind: FieldKind, _ expression: String, nullable: Bool = false, born: SQLValue? = nil,
        after: String? = nil, about: String = ""
    ) -> Shown {
        Shown(
            name: name, source: .expression(expression, kind), isNullable: nullable, born: born, after: after,
            about: about)
    }

    /// A member that is the same in every answer.
    package static func constant(_ name: String, _ json: String, after: String? = nil, about: String = "") -> Shown {
        Shown(name: name, source: .constant(json), isNullable: false, born: nil, after: after, about: about)
    }
}

/// A filter that is more than a comparison of one column.
package struct CustomFilter: Sendable {
    package let name: String
    package let kind: FieldKind
    package let about: String
    /// What the filter does for a value, or nil where the value means "no filter".
    package let effect: @Sendable (SQLValue, Tenant) -> Effect?

    package enum Effect: Sendable {
        /// Rows for which this holds.
        case condition(SQL)
        /// Rows whose ids this selects as `listed_id`. The list is walked in the order of those ids, so a page costs its
        /// own rows and not all that match.
        case listed(SQL)
    }

    package init(
        _ name: String, _ kind: FieldKind, _ about: String, _ effect: @escaping @Sendable (SQLValue, Tenant) -> Effect?
    ) {
        self.name = name
        self.kind = kind
        self.about = about
        self.effect = effect
    }
}

/// Rows that are part of another resource's answer, such as an order's lines.
package struct Embed: Sendable {
    package let name: String
    package let info: ResourceInfo
    /// The column of the child that holds the parent's id.
    package let parentKey: String

    package init(_ name: String, _ info: ResourceInfo, by parentKey: String) {
        self.name = name
        self.info = info
        self.parentKey = parentKey
    }
}

/// A resource without its Swift type: what routes, SQL, JSON and documentation go by.
package struct ResourceInfo: Sendable {
    package let path: String
    package let plural: String
    package let table: String
    package let fields: [FieldInfo]
    /// The stored columns, in field order.
    package let columnList: String
    /// An INSERT up to its rows, and the placeholders of one row: shop, stored columns, twice the time.
    let insertion: String
    let placeholders: String
    package let verbs: Set<Verb>
    /// Whether lists are a plain array of all rows unless `envelope=1` is asked for.
    package let isBare: Bool
    /// Whether rows belong to a shop. Only countries do not.
    package let isShopOwned: Bool
    /// `name`, `-created`: the order of lists nobody sorted.
    package let sortedBy: String
    package let filters: [CustomFilter]
    package let embeds: [Embed]
    package let level: AccessLevel?
    package let about: String
    /// The members of an answer and the statement that reads them.
    package let plan: Plan

    package var key: String { fields[0].name }
    package var sequence: String { table + "_seq" }
    /// What `resource` says in events: the path.
    package var name: String { path }

    package func field(_ name: String) -> FieldInfo? {
        fields.first { $0.name == name }
    }

    /// What `expand=` can inline: an order shows `order_country` already, so no object can stand there.
    package var expandable: [FieldInfo] {
        fields.filter { field in
            guard let name = field.expansion else { return false }
            return !plan.items.contains { $0.name == name }
        }
    }
}

extension Resource {
    /// A new value in which everything has its starting value, for code that fills in what it knows.
    package static func starting(_ id: Identifier<Self>) throws -> Self {
        var record = info.fields.map(\.startingValue)
        record[0] = id.sqlValue
        return try schema.value(record)
    }
}
