import Basics
import Persistence

/// What the audit shows of the rows of a resource: its fields as a GET shows them, but for what is sealed or never shown.
final class AuditView: Sendable {
    private let places: [Int]
    private let plan: Plan

    init(_ fields: [FieldInfo]) {
        places = fields.indices.filter { !fields[$0].isHidden && fields[$0].kind != .sealed }
        let members = places.map { fields[$0] }.map {
            AnswerMember.computed($0.name, $0.kind, $0.column, nullable: $0.isNullable)
        }
        plan = Plan(members: members, key: fields[0].column)
    }

    /// The JSON of a row.
    /// - Parameter record: its columns, in field order.
    func text(_ record: [SQLValue], for tenant: Tenant) -> String {
        let row = places.map { record[$0] } + [record[0], .integer(0)]
        var writer = JSONWriter(capacity: 256)
        writer.object(0, of: RowPage(rows: Rows(width: plan.width, records: [row])), by: plan, for: tenant)
        return writer.text
    }
}
