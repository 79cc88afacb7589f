import Persistence

/// Rows that are part of another resource's answer, such as an order's lines.
package final class Embed: Sendable {
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
    /// Whether a row is shown as the value of its only member, and not as an object.
    package let showsValues: Bool

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
        showsValues = false
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
        showsValues = false
    }

    /// Values, such as the names of an order's labels: of each row the one member that is shown of it.
    package init(
        _ name: String, of table: String, key: String, by parentKey: String, order: String, parts: Int64,
        showing member: AnswerMember
    ) {
        self.name = name
        plan = Plan(members: [member], key: key)
        self.table = table
        source = table
        self.key = key
        self.parentKey = parentKey
        self.order = order
        condition = ""
        self.parts = parts
        showsValues = true
    }
}
