/// How a row of one resource becomes JSON: which columns to select, and what to write for each, flat and worked out once.
package struct Plan: Sendable {
    package struct Item: Sendable {
        package let name: String
        /// `"name":`
        let key: [UInt8]
        package let kind: FieldKind
        package let isNullable: Bool
        /// Where the value is in the row; constants have none.
        let column: Int?
        let constant: [UInt8]
        package let about: String
    }

    package let items: [Item]
    /// SQL expressions in column order; the id and the version are the last two.
    let expressions: [String]
    /// The expressions as text, for SELECT and RETURNING.
    package let select: String
    package let embeds: [Embed]

    package var keyColumn: Int { expressions.count - 2 }
    package var versionColumn: Int { expressions.count - 1 }
    package var width: Int { expressions.count }

    init(table: String, fields: [FieldInfo], also: [Shown], embeds: [Embed]) {
        var shown: [Shown] = []
        for field in fields where !field.isHidden {
            shown.append(
                .computed(field.name, field.kind, field.column, nullable: field.isNullable, about: field.about))
        }
        for extra in also where !extra.name.isEmpty { Plan.place(extra, in: &shown) }
        for name in [SystemColumn.created, SystemColumn.lastModified] where !shown.contains(where: { $0.name == name })
        {
            shown.append(.computed(name, .instant, name))
        }
        self.init(shown: shown, key: fields[0].name, embeds: embeds)
    }

    private init(shown: [Shown], key: String, embeds: [Embed]) {
        var expressions: [String] = []
        items = shown.map { member in
            var column: Int?
            var kind = FieldKind.json
            var constant: [UInt8] = []
            switch member.source {
            case .expression(let expression, let itsKind):
                column = expressions.count
                kind = itsKind
                expressions.append(expression)
            case .constant(let text):
                constant = Array(text.utf8)
            }
            return Item(
                name: member.name, key: Plan.key(member.name), kind: kind, isNullable: member.isNullable,
                column: column, constant: constant, about: member.about)
        }
        self.expressions = expressions + [key, SystemColumn.version]
        select = self.expressions.joined(separator: ", ")
        self.embeds = embeds
    }

    private init(items: [Item], expressions: [String], embeds: [Embed]) {
        self.items = items
        self.expressions = expressions
        self.embeds = embeds
        select = expressions.joined(separator: ", ")
    }

    /// The plan for `fields=a,b`: only those members, in their usual order, and only their columns.
    package func selecting(_ names: Set<String>) -> Plan {
        var chosen: [Item] = []
        var wanted: [String] = []
        for item in items where names.contains(item.name) {
            var column: Int?
            if let old = item.column {
                column = wanted.count
                wanted.append(expressions[old])
            }
            chosen.append(
                Item(
                    name: item.name, key: item.key, kind: item.kind, isNullable: item.isNullable, column: column,
                    constant: item.constant, about: item.about))
        }
        return Plan(
            items: chosen, expressions: wanted + expressions.suffix(2),
            embeds: embeds.filter { names.contains($0.name) })
    }

    package var withoutEmbeds: Plan {
        Plan(items: items, expressions: expressions, embeds: [])
    }

    static func key(_ name: String) -> [UInt8] {
        Array("\"\(name)\":".utf8)
    }

    private static func place(_ extra: Shown, in shown: inout [Shown]) {
        if let after = extra.after, let index = shown.firstIndex(where: { $0.name == after }) {
            shown.insert(extra, at: index + 1)
        } else {
            shown.append(extra)
        }
    }
}
