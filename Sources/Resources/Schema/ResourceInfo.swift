import Basics
import Persistence

/// A resource without its Swift type: what routes, SQL, JSON and documentation go by.
package final class ResourceInfo: Sendable {
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
    /// Which rows of other shops are shown, where some are.
    let sharing: Sharing?
    /// What the audit shows of its rows, where it shows them.
    let auditView: AuditView?
    /// Whether who reads its list and follows the feed has all of its rows, and can prove that.
    package let isFollowed: Bool
    package let about: String
    /// The members of an answer and the statement that reads them.
    package let plan: Plan

    init(
        path: String, plural: String, table: String, fields: [FieldInfo], plan: Plan, verbs: Set<Verb>, isBare: Bool,
        isShopOwned: Bool, sortedBy: String?, filters: [CustomFilter], level: AccessLevel?, elsewhere: String?,
        sharing: Sharing?, isAudited: Bool, isFollowed: Bool, about: String
    ) {
        self.path = path
        self.plural = plural
        self.table = table
        self.fields = fields
        // A field's own name counts before another's alias.
        let names =
            fields.enumerated().map { ($1.name, $0) }
            + fields.enumerated().flatMap { place, field in field.aliases.map { ($0, place) } }
        places = Dictionary(names, uniquingKeysWith: { first, _ in first })
        startingRecord = fields.map(\.startingValue)
        columnList = fields.map(\.column).joined(separator: ", ")
        insertion = Insertion(
            "INSERT INTO \(table) (webshop_id, \(columnList), version, created, last_modified) VALUES",
            width: fields.count + 4)
        shownInsertion = insertion.returning(plan.select)
        upsertion = insertion.ending(
            """
            ON CONFLICT (webshop_id, \(fields[0].column)) DO UPDATE SET \(
                fields.dropFirst().map { "\($0.column) = excluded.\($0.column), " }.joined())version = \(table).version + 1,
            last_modified = excluded.last_modified
            """)
        self.verbs = verbs
        self.isBare = isBare
        self.isShopOwned = isShopOwned
        ownKey = fields.first(where: \.isOwn)?.name
        self.sortedBy = sortedBy ?? "-" + fields[0].name
        self.filters = filters
        self.level = level
        self.elsewhere = elsewhere
        self.sharing = sharing
        auditView = isAudited ? AuditView(fields) : nil
        // Of rows of other shops its own feed tells nothing.
        self.isFollowed = isFollowed && isShopOwned && sharing == nil && verbs.contains(.list)
        self.about = about
        self.plan = plan
    }

    package var key: String { fields[0].name }
    package var sequence: String { table + "_seq" }
    /// What `resource` says in events: the path.
    package var name: String { path }

    package func field(_ name: String) -> FieldInfo? {
        guard let place = places[name], fields[place].name == name else { return nil }
        return fields[place]
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
