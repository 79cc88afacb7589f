package import Basics
package import Persistence

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
    /// A set of bits: which kinds of embedded rows there are. Only where one of the resource's parts goes by it.
    package static let parts = "parts"
}

/// A member of the answer that is not a field of the struct: computed by SQL, or always the same.
package struct AnswerMember: Sendable {
    enum Source: Sendable {
        case expression(String, FieldKind)
        case constant(String)
        case embed(Embed)
    }

    let name: String
    let source: Source
    let isNullable: Bool
    let born: SQLValue?
    /// The field that must have its starting value for `born` to hold.
    let bornWithout: String?
    /// The member it follows; at the end where nil.
    let after: String?
    let about: String

    /// The rows it lists, where it does.
    var embed: Embed? { if case .embed(let embed) = source { embed } else { nil } }

    /// A member read by an SQL expression over the resource's table.
    /// - Parameters:
    ///   - born: what the expression gives for a new row, where that is always the same.
    ///   - bornWithout: a field; the expression gives something else for a new row that has a value there.
    package static func computed(
        _ name: String, _ kind: FieldKind, _ expression: String, nullable: Bool = false, born: SQLValue? = nil,
        bornWithout: String? = nil, after: String? = nil, about: String = ""
    ) -> AnswerMember {
        AnswerMember(
            name: name, source: .expression(expression, kind), isNullable: nullable, born: born,
            bornWithout: bornWithout, after: after, about: about)
    }

    /// A list of the rows of another table that belong to this one.
    package static func embedded(_ embed: Embed, after: String? = nil, about: String = "") -> AnswerMember {
        AnswerMember(
            name: embed.name, source: .embed(embed), isNullable: false, born: nil, bornWithout: nil, after: after,
            about: about)
    }

    /// A member that is the same in every answer.
    package static func constant(_ name: String, _ json: String, after: String? = nil, about: String = "")
        -> AnswerMember
    {
        AnswerMember(
            name: name, source: .constant(json), isNullable: false, born: nil, bornWithout: nil, after: after,
            about: about)
    }
}

/// A filter that is more than a comparison of one column.
package struct CustomFilter: Sendable {
    package let name: String
    package let kind: FieldKind
    package let about: String
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
        self.effect = { _, _, _ in nil }
        lookup = Lookup(question: question, effect: effect)
        target = nil
        hasPlaces = false
    }
}

/// Rows that are part of another resource's answer, such as an order's lines.
package struct Embed: Sendable {
    package let name: String
    /// The members of one row and the expressions that read them.
    package let plan: Plan
    package let table: String
    /// What its rows are read from: the table, or a select of its columns and others under the table's name.
    let source: String
    /// The column that names a row.
    package let key: String
    /// The column of the child that holds the parent's id.
    package let parentKey: String
    let order: String
    /// Which of the children are shown.
    let condition: String
    /// Bits of the parent's `parts` of which one is set where there are such rows; nil where they have to be looked for.
    package let parts: Int64?

    /// Live rows of a resource of its own.
    /// - Parameter order: how the rows of one parent stand, by id where nothing else is said.
    package init(_ name: String, _ info: ResourceInfo, by parentKey: String, order: String? = nil) {
        self.name = name
        plan = info.plan
        table = info.table
        source = info.table
        key = info.key
        self.parentKey = parentKey
        self.order = order ?? info.key
        condition = " AND removed_on IS NULL"
        parts = nil
    }

    /// Rows that are nothing by themselves.
    /// - Parameters:
    ///   - key: the column that names a row.
    ///   - order: how the rows of one parent stand.
    ///   - parts: the bit of the parent's `parts` that says whether there are any.
    ///   - isSoft: whether rows that were removed are still there.
    ///   - only: a condition on the table's rows, where others than the parent's have rows there.
    ///   - joined: a select of all the table's columns and of those that other tables add to a row.
    package init(
        _ name: String, of table: String, key: String, by parentKey: String, order: String, parts: Int64,
        isSoft: Bool = false, only: String? = nil, joined: String? = nil, _ members: [AnswerMember]
    ) {
        self.name = name
        plan = Plan(members: members, key: key)
        self.table = table
        source = joined.map { "(\($0)) AS \(table)" } ?? table
        self.key = key
        self.parentKey = parentKey
        self.order = order
        condition = (isSoft ? " AND removed_on IS NULL" : "") + (only.map { " AND " + $0 } ?? "")
        self.parts = parts
    }
}

/// A resource without its Swift type: what routes, SQL, JSON and documentation go by.
package struct ResourceInfo: Sendable {
    package let path: String
    package let plural: String
    package let table: String
    package let fields: [FieldInfo]
    /// Where each name and alias stands among the fields.
    let places: [String: Int]
    /// A new row, before a body says anything of it.
    let startingRecord: [SQLValue]
    /// The stored columns, in field order.
    package let columnList: String
    /// Of rows that are each the shop, the stored columns, the version and twice the time.
    let insertion: Insertion
    /// The same, answering what the plan shows.
    let shownInsertion: Insertion
    /// The same, and a change where the row is there already.
    let upsertion: Insertion
    package let verbs: Set<Verb>
    /// Whether lists are a plain array of all rows unless `envelope=1` is asked for.
    package let isBare: Bool
    /// Whether rows belong to a shop. Only countries do not.
    package let isShopOwned: Bool
    /// The field by which the shop names a row itself: `product/own_id:ABC-1`.
    package let ownKey: String?
    /// `name`, `-created`: the order of lists nobody sorted.
    package let sortedBy: String
    package let filters: [CustomFilter]
    package let level: AccessLevel?
    /// Where its rows are made and removed, where that is not here.
    package let elsewhere: String?
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

    /// Whether a body may have it: a field, or what an answer shows beside them.
    func shows(_ name: String) -> Bool { places[name] != nil || plan.items.contains { $0.name == name } }

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
        var record = info.startingRecord
        record[0] = id.sqlValue
        return try schema.value(record)
    }
}
