package import Persistence

/// The one declaration of a resource: its fields in the struct's order, checked by the compiler against the memberwise
/// initialiser, from which columns, JSON, validation, filters, routes, documentation and events follow.
package final class Schema<Root: Resource>: Sendable {
    package let info: ResourceInfo
    let make: @Sendable ([SQLValue]) throws -> Root
    let readers: [@Sendable (Root) -> SQLValue]
    /// Whether rows have `parts`, in a column behind those of the fields.
    private let hasParts: Bool

    /// - Parameters:
    ///   - path: the resource's name in URLs, singular.
    ///   - plural: the key of its lists.
    ///   - table: where its rows live, if not under the plural.
    ///   - make: the memberwise initialiser.
    ///   - field: the fields in that initialiser's order, the id first.
    ///   - also: computed and constant members of the answer, beside those of its parts.
    ///   - elsewhere: where its rows are made and removed, said to who tries a method that it does not take.
    ///   - shared: rows of other shops that are shown as well.
    ///   - followed: whether each of its changes is in the feed, where that is not told by what clients may do with it.
    ///   - audited: whether each of its changes leaves a row in the audit (`Audit`).
    package init<each Value: FieldValue>(
        _ path: String, _ plural: String, table: String? = nil,
        _ make: @escaping @Sendable (repeat each Value) -> Root,
        _ field: repeat Field<Root, each Value>,
        also: [AnswerMember] = [], filters: [CustomFilter] = [],
        verbs: Set<Verb> = Set(Verb.allCases), bare: Bool = false, shopOwned: Bool = true,
        sortedBy: String? = nil, level: AccessLevel? = nil, elsewhere: String? = nil, shared: Sharing? = nil,
        audited: Bool = false, followed: Bool? = nil, about: String = ""
    ) {
        var fields: [FieldInfo] = []
        var readers: [@Sendable (Root) -> SQLValue] = []
        for one in repeat each field {
            fields.append(one.info)
            readers.append(one.column)
        }
        let shown = Root.parts.flatMap { $0.members(path) }
        hasParts = shown.contains { $0.embed?.parts != nil }
        if hasParts {
            fields.append(FieldInfo(name: SystemColumn.parts, kind: .integer, isNullable: false, rules: [.hidden]))
        }
        self.readers = readers
        self.make = { record in
            var cursor = RecordCursor(record)
            return make(repeat try cursor.next((each Value).self))
        }
        info = ResourceInfo(
            path: path, plural: plural, table: table ?? plural, fields: fields,
            plan: Plan(fields: fields, also: shown + also), verbs: verbs, isBare: bare, isShopOwned: shopOwned,
            sortedBy: sortedBy, filters: filters, level: level, elsewhere: elsewhere, sharing: shared,
            isAudited: audited, isFollowed: followed ?? !verbs.isDisjoint(with: [.create, .update, .delete]),
            about: about)
    }

    /// The value's columns, in field order.
    /// - Parameter parts: which kinds of rows belong to it, where the resource has such.
    package func record(_ value: Root, parts: Int64 = 0) -> [SQLValue] {
        var record = [SQLValue]()
        record.reserveCapacity(readers.count + 1)
        for read in readers { record.append(read(value)) }
        if hasParts { record.append(.integer(parts)) }
        return record
    }

    /// Which kinds of rows belong to the row with these columns.
    package func parts(of record: [SQLValue]) throws -> Int64 {
        guard hasParts, let last = record.last else { return 0 }
        return try Int64(column: last)
    }

    package func value(_ record: [SQLValue]) throws -> Root {
        do {
            return try make(record)
        } catch var error as UnreadableValue {
            error.column = error.place.map { "\(info.table).\(info.fields[$0].column)" }
            throw error
        }
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
        return record(value).prefix(readers.count) == probe.prefix(readers.count)
    }
}

private struct RecordCursor {
    private let record: [SQLValue]
    private var index = 0

    init(_ record: [SQLValue]) {
        self.record = record
    }

    mutating func next<Value: FieldValue>(_: Value.Type) throws -> Value {
        guard index < record.count else {
            throw UnreadableValue(expected: "\(Value.self)", found: .null)
        }
        defer { index += 1 }
        do {
            return try Value(column: record[index])
        } catch var error as UnreadableValue {
            error.place = index
            throw error
        }
    }
}
