import Basics
import Persistence

/// How a row of one resource becomes JSON: which columns to select, and what to write for each, flat and worked out once.
package final class Plan: Sendable {
    /// One member of the answer.
    package struct Item: Sendable {
        /// Where the value comes from.
        enum Source: Sendable {
            case column(Int)
            case constant(String)
            /// Rows of another table: which of the plan's embeds.
            case embed(Int)
        }

        package let name: String
        package let kind: FieldKind
        package let isNullable: Bool
        let source: Source
        package let about: String

        /// Where the value is in the row; constants and lists have none.
        package var column: Int? {
            if case .column(let column) = source { column } else { nil }
        }
    }

    /// Literal bytes, then a value: all that writing a row needs, with nothing to retain.
    struct Step {
        enum Value {
            case cell(column: Int, FieldKind)
            case embed(Int)
        }

        let literal: Range<Int>
        let value: Value
    }

    /// Where a cell of a row that was just made comes from.
    private enum Birth {
        case field(Int)
        case value(SQLValue)
        /// A value that holds as long as a field has its starting value.
        case valueWithout(SQLValue, field: Int, starting: SQLValue)
        case now
    }

    package let items: [Item]
    package let embeds: [Embed]
    /// SQL expressions in column order: the members, `parts` where an embed goes by it, the id and the version.
    let expressions: [String]
    /// The expressions as text, for SELECT and RETURNING.
    package let select: String
    let steps: [Step]
    /// `{"product_id":`, `,"own_id":`, … and constant members, one behind the other.
    let literals: [UInt8]
    /// What follows the last value: constant members, or the whole object where it has no values.
    let tail: Range<Int>
    /// For each column; nil where only the database can tell.
    private let births: [Birth]?

    package var keyColumn: Int { expressions.count - 2 }
    package var versionColumn: Int { expressions.count - 1 }
    package var width: Int { expressions.count }
    /// Where a row says which kinds of rows belong to it.
    let partsColumn: Int?

    /// The plan of a resource: its visible fields, with what stands between and behind them.
    convenience init(fields: [FieldInfo], also: [AnswerMember]) {
        var shown: [AnswerMember] = []
        for field in fields where !field.isHidden {
            shown.append(
                .computed(field.name, field.kind, field.column, nullable: field.isNullable, about: field.about))
        }
        Plan.place(also, in: &shown)
        for name in [SystemColumn.created, SystemColumn.lastModified] where !shown.contains(where: { $0.name == name })
        {
            shown.append(.computed(name, .instant, name))
        }
        self.init(shown, key: fields[0].column, version: SystemColumn.version) { expression in
            Plan.birth(of: expression, fields, shown)
        }
    }

    /// The plan of rows that are only ever part of another answer.
    convenience init(members: [AnswerMember], key: String) {
        self.init(members, key: key, version: "0") { _ in nil }
    }

    private convenience init(_ shown: [AnswerMember], key: String, version: String, birth: (String) -> Birth?) {
        var expressions: [String] = []
        var embeds: [Embed] = []
        let items = shown.map { member -> Item in
            let (kind, source): (FieldKind, Item.Source) =
                switch member.source {
                case .expression(let expression, let kind):
                    (kind, .column(Plan.index(of: expression, behind: &expressions)))
                case .constant(let text): (.json, .constant(text))
                case .embed(let embed): (.json, .embed(Plan.index(of: embed, behind: &embeds)))
                }
            return Item(
                name: member.name, kind: kind, isNullable: member.isNullable, source: source, about: member.about)
        }
        if embeds.contains(where: { $0.parts != nil }) { expressions.append(SystemColumn.parts) }
        expressions += [key, version]
        let births = expressions.map(birth)
        self.init(
            items: items, expressions: expressions, embeds: embeds,
            births: births.contains { $0 == nil } ? nil : births.compactMap { $0 })
    }

    private init(items: [Item], expressions: [String], embeds: [Embed], births: [Birth]?) {
        self.births = births
        self.items = items
        self.expressions = expressions
        partsColumn = embeds.contains { $0.parts != nil } ? expressions.count - 3 : nil
        self.embeds = embeds
        select = expressions.joined(separator: ", ")
        var literals = Array("{".utf8)
        var steps: [Step] = []
        var start = 0
        for (index, item) in items.enumerated() {
            if index > 0 { literals.append(UInt8(ascii: ",")) }
            literals += Array("\"\(item.name)\":".utf8)
            switch item.source {
            case .constant(let text): literals += Array(text.utf8)
            case .column(let column):
                steps.append(Step(literal: start..<literals.count, value: .cell(column: column, item.kind)))
                start = literals.count
            case .embed(let embed):
                steps.append(Step(literal: start..<literals.count, value: .embed(embed)))
                start = literals.count
            }
        }
        self.steps = steps
        self.literals = literals
        tail = start..<literals.count
    }

    /// The SELECT with other expressions in the place of some members'.
    package func select(_ others: [String: String]) -> String {
        var chosen = expressions
        for item in items {
            if let column = item.column, let other = others[item.name] { chosen[column] = other }
        }
        return chosen.joined(separator: ", ")
    }

    private static func index<Element>(of element: Element, behind list: inout [Element]) -> Int {
        list.append(element)
        return list.count - 1
    }

    /// The plan for `fields=a,b`: only those members, in their usual order, and only their columns.
    package func selecting(_ names: Set<String>) -> Plan {
        choosing { names.contains($0.name) }
    }

    package var withoutEmbeds: Plan {
        choosing { if case .embed = $0.source { false } else { true } }
    }

    private func choosing(_ isWanted: (Item) -> Bool) -> Plan {
        let shown = items.filter(isWanted).map { item -> AnswerMember in
            let source: AnswerMember.Source =
                switch item.source {
                case .column(let column): .expression(expressions[column], item.kind)
                case .constant(let text): .constant(text)
                case .embed(let index): .embed(embeds[index])
                }
            return AnswerMember(
                name: item.name, source: source, isNullable: item.isNullable, born: nil, bornWithout: nil, after: nil,
                about: item.about)
        }
        return Plan(shown, key: expressions[keyColumn], version: expressions[versionColumn]) { _ in nil }
    }

    /// Puts members where they belong: one that stands behind another waits until that is there.
    private static func place(_ members: [AnswerMember], in shown: inout [AnswerMember]) {
        var waiting: [AnswerMember] = []
        for member in members {
            if let after = member.after {
                guard let index = shown.firstIndex(where: { $0.name == after }) else {
                    waiting.append(member)
                    continue
                }
                shown.insert(member, at: index + 1)
            } else {
                shown.append(member)
            }
        }
        if waiting.count < members.count { return place(waiting, in: &shown) }
        shown += waiting
    }
}

extension Plan {
    /// The cells of a row that was just stored, as the SELECT would give them; nil where only the database can tell.
    func newRow(_ record: [SQLValue], at now: Instant) -> [SQLValue]? {
        guard let births else { return nil }
        var row: [SQLValue] = []
        row.reserveCapacity(births.count)
        for birth in births {
            switch birth {
            case .field(let index): row.append(record[index])
            case .value(let value): row.append(value)
            case .valueWithout(let value, let index, let starting):
                guard record[index] == starting else { return nil }
                row.append(value)
            case .now: row.append(now.sqlValue)
            }
        }
        return row
    }

    private static func birth(of expression: String, _ fields: [FieldInfo], _ shown: [AnswerMember]) -> Birth? {
        if let index = fields.firstIndex(where: { $0.column == expression }) { return .field(index) }
        switch expression {
        case SystemColumn.created, SystemColumn.lastModified: return .now
        case SystemColumn.version: return .value(.integer(1))
        case SystemColumn.removedOn: return .value(.null)
        case SystemColumn.isRemoved: return .value(.integer(0))
        default: break
        }
        for member in shown {
            guard case .expression(expression, _) = member.source, let value = member.born else { continue }
            guard let name = member.bornWithout else { return .value(value) }
            return fields.firstIndex { $0.name == name }.map {
                .valueWithout(value, field: $0, starting: fields[$0].startingValue)
            }
        }
        return nil
    }
}
