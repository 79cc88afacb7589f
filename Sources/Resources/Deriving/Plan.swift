import Persistence

/// How a row of one resource becomes JSON: which columns to select, and what to write for each, flat and worked out once.
package struct Plan: Sendable {
    /// One member of the answer.
    package struct Item: Sendable {
        package let name: String
        package let kind: FieldKind
        package let isNullable: Bool
        /// Where the value is in the row; constants have none.
        package let column: Int?
        package let constant: String
        package let about: String
    }

    /// Literal bytes, then a cell: all that writing a row needs, with nothing to retain.
    struct Step {
        let literal: Range<Int>
        let column: Int
        let kind: FieldKind
    }

    /// Where a cell of a row that was just made comes from.
    private enum Birth {
        case field(Int)
        case value(SQLValue)
        case now
    }

    package let items: [Item]
    package let embeds: [Embed]
    /// SQL expressions in column order; the id and the version are the last two.
    let expressions: [String]
    /// The expressions as text, for SELECT and RETURNING.
    package let select: String
    let steps: [Step]
    /// `{"product_id":`, `,"own_id":`, … and constant members, one behind the other.
    let literals: [UInt8]
    /// What follows the last cell: constant members, or the whole object where it has no cells.
    let tail: Range<Int>
    /// For each column; nil where only the database can tell.
    private let births: [Birth]?

    package var keyColumn: Int { expressions.count - 2 }
    package var versionColumn: Int { expressions.count - 1 }
    package var width: Int { expressions.count }

    init(table: String, fields: [FieldInfo], also: [Shown], embeds: [Embed]) {
        var shown: [Shown] = []
        for field in fields where !field.isHidden {
            shown.append(
                .computed(field.name, field.kind, field.column, nullable: field.isNullable, about: field.about))
        }
        for extra in also { Plan.place(extra, in: &shown) }
        for name in [SystemColumn.created, SystemColumn.lastModified] where !shown.contains(where: { $0.name == name })
        {
            shown.append(.computed(name, .instant, name))
        }
        var expressions: [String] = []
        let items = shown.map { member -> Item in
            switch member.source {
            case .expression(let expression, let kind):
                expressions.append(expression)
                return Item(
                    name: member.name, kind: kind, isNullable: member.isNullable, column: expressions.count - 1,
                    constant: "", about: member.about)
            case .constant(let text):
                return Item(
                    name: member.name, kind: .json, isNullable: member.isNullable, column: nil, constant: text,
                    about: member.about)
            }
        }
        expressions += [fields[0].column, SystemColumn.version]
        let births = expressions.map { Plan.birth(of: $0, fields, shown) }
        self.init(
            items: items, expressions: expressions, embeds: embeds,
            births: births.contains { $0 == nil } ? nil : births.compactMap { $0 })
    }

    private init(items: [Item], expressions: [String], embeds: [Embed], births: [Birth]? = nil) {
        self.births = births
        self.items = items
        self.expressions = expressions
        self.embeds = embeds
        select = expressions.joined(separator: ", ")
        var literals = Array("{".utf8)
        var steps: [Step] = []
        var start = 0
        for (index, item) in items.enumerated() {
            if index > 0 { literals.append(UInt8(ascii: ",")) }
            literals += Array("\"\(item.name)\":\(item.constant)".utf8)
            guard let column = item.column else { continue }
            steps.append(Step(literal: start..<literals.count, column: column, kind: item.kind))
            start = literals.count
        }
        self.steps = steps
        self.literals = literals
        tail = start..<literals.count
    }

    /// The plan for `fields=a,b`: only those members, in their usual order, and only their columns.
    package func selecting(_ names: Set<String>) -> Plan {
        var wanted: [String] = []
        let chosen = items.filter { names.contains($0.name) }.map { item -> Item in
            guard let column = item.column else { return item }
            wanted.append(expressions[column])
            return Item(
                name: item.name, kind: item.kind, isNullable: item.isNullable, column: wanted.count - 1,
                constant: item.constant, about: item.about)
        }
        return Plan(
            items: chosen, expressions: wanted + expressions.suffix(2),
            embeds: embeds.filter { names.contains($0.name) })
    }

    package var withoutEmbeds: Plan {
        Plan(items: items, expressions: expressions, embeds: [], births: births)
    }

    /// The cells of a row that was just stored, as the SELECT would give them; nil where only the database can tell.
    func newRow(_ record: [SQLValue], at now: Instant) -> [SQLValue]? {
        births?.map { birth in
            switch birth {
            case .field(let index): record[index]
            case .value(let value): value
            case .now: now.sqlValue
            }
        }
    }

    private static func birth(of expression: String, _ fields: [FieldInfo], _ shown: [Shown]) -> Birth? {
        if let index = fields.firstIndex(where: { $0.column == expression }) { return .field(index) }
        switch expression {
        case SystemColumn.created, SystemColumn.lastModified: return .now
        case SystemColumn.version: return .value(.integer(1))
        case SystemColumn.removedOn: return .value(.null)
        default: break
        }
        for member in shown {
            if case .expression(expression, _) = member.source, let value = member.born { return .value(value) }
        }
        return nil
    }

    private static func place(_ extra: Shown, in shown: inout [Shown]) {
        if let after = extra.after, let index = shown.firstIndex(where: { $0.name == after }) {
            shown.insert(extra, at: index + 1)
        } else {
            shown.append(extra)
        }
    }
}
