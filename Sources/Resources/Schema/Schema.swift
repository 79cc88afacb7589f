package import Persistence

/// The one declaration of a resource: its fields in the struct's order, checked by the compiler against the memberwise
/// initialiser, from which columns, JSON, validation, filters, routes, documentation and events follow.
package struct Schema<Root: Resource>: Sendable {
    package let info: ResourceInfo
    let make: @Sendable ([SQLValue]) throws -> Root
    let readers: [@Sendable (Root) -> SQLValue]

    /// - Parameters:
    ///   - path: the resource's name in URLs, singular.
    ///   - plural: the key of its lists.
    ///   - table: where its rows live, if not under the plural.
    ///   - make: the memberwise initialiser.
    ///   - field: the fields in that initialiser's order, the id first.
    ///   - also: computed and constant members of the answer.
    package init<each Value: FieldValue>(
        _ path: String, _ plural: String, table: String? = nil,
        _ make: @escaping @Sendable (repeat each Value) -> Root,
        _ field: repeat Field<Root, each Value>,
        also: [AnswerMember] = [], filters: [CustomFilter] = [],
        verbs: Set<Verb> = Set(Verb.allCases), bare: Bool = false, shopOwned: Bool = true,
        sortedBy: String? = nil, level: AccessLevel? = nil, about: String = ""
    ) {
        var fields: [FieldInfo] = []
        var readers: [@Sendable (Root) -> SQLValue] = []
        for one in repeat each field {
            fields.append(one.info)
            readers.append(one.column)
        }
        self.readers = readers
        self.make = { record in
            var cursor = RecordCursor(record)
            return make(repeat try cursor.next((each Value).self))
        }
        let table = table ?? plural
        let columns = fields.map(\.column).joined(separator: ", ")
        let plan = Plan(fields: fields, also: also)
        func insertion(_ tail: String) -> Insertion {
            Insertion(
                "INSERT INTO \(table) (webshop_id, \(columns), version, created, last_modified) VALUES",
                width: fields.count + 4, tail)
        }
        info = ResourceInfo(
            path: path, plural: plural, table: table, fields: fields, places: Self.places(of: fields),
            startingRecord: fields.map(\.startingValue), columnList: columns,
            insertion: insertion(""), shownInsertion: insertion("").returning(plan.select),
            upsertion: insertion(
                """
                ON CONFLICT (webshop_id, \(fields[0].column)) DO UPDATE SET \(
                    fields.dropFirst().map { "\($0.column) = excluded.\($0.column), " }.joined())version = \(table).version + 1,
                last_modified = excluded.last_modified
                """), verbs: verbs, isBare: bare,
            isShopOwned: shopOwned, ownKey: fields.first(where: \.isOwn)?.name,
            sortedBy: sortedBy ?? "-" + fields[0].name, filters: filters, level: level, about: about,
            plan: plan)
    }

    private static func places(of fields: [FieldInfo]) -> [String: Int] {
        let names = fields.enumerated().flatMap { place, field in ([field.name] + field.aliases).map { ($0, place) } }
        return Dictionary(names, uniquingKeysWith: { first, _ in first })
    }

    /// The value's columns, in field order.
    package func record(_ value: Root) -> [SQLValue] {
        readers.map { $0(value) }
    }

    package func value(_ record: [SQLValue]) throws -> Root {
        try make(record)
    }

    /// Whether the fields are listed in the initialiser's order: two neighbours of one type could be swapped unseen.
    package var isInOrder: Bool {
        let probe = info.fields.enumerated().map { index, field -> SQLValue in
            if let choice = field.choices?.first { return .text(choice) }
            return switch field.kind {
            case let kind where kind.isText: .text("\(index)")
            case .flag, .flagAsText: .integer(Int64(index % 2))
            default: .integer(Int64(index))
            }
        }
        guard let value = try? make(probe) else { return false }
        return record(value) == probe
    }
}

private struct RecordCursor {
    private let record: [SQLValue]
    private var index = 0

    init(_ record: [SQLValue]) {
        self.record = record
    }

    mutating func next<Value: FieldValue>(_: Value.Type) throws -> Value {
        guard index < record.count else { throw UnreadableColumn(expected: "\(Value.self)", found: .null) }
        defer { index += 1 }
        return try Value(column: record[index])
    }
}
