import Basics
import Persistence
import Resources

/// Writes the rows of a page anew with their keys in the form of keys, as a client would.
struct KeyChange<R: Resource> {
    /// What has the keys: the resource itself, or variants, which are written as a part of their product.
    private let info: ResourceInfo
    private let owner: String
    private let tx: Transaction

    init(_ info: ResourceInfo, owner: String, in tx: Transaction) {
        (self.info, self.owner, self.tx) = (info, owner, tx)
    }

    private typealias Row = (stored: Stored<R>, keys: [StoredKey])

    /// - Returns: rows that were given a key of their own, since a second row had theirs.
    func write(_ owners: [Int64]) throws -> [RenamedKey] {
        // Held before their keys are read, so that nothing newer is written over.
        let taken = try tx.takeAll(R.self, owners)
        let rows = try tx.db.rows(
            StoredKey.rows(info, owner: owner, of: tx.shop, where: "\(raw: owner) IN (\(SQL.paddedList(owners)))"))
        let keys = Dictionary(grouping: try StoredKey.found(in: rows, info), by: \.owner)
        return try tx.halving(
            keys.sorted { $0.key < $1.key }.compactMap { id, keys in taken[id].map { (stored: $0, keys: keys) } }
        ) { rows in
            try store(rows.map { ($0, $0.keys.map(\.was.asKey)) })
        } alone: { row, problem in
            try rename(row, problem)
        }
    }

    /// The row with its id behind each key that another has. What breaks another rule keeps its key, and the doctor names it.
    private func rename(_ row: Row, _ problem: Problem) throws -> [RenamedKey] {
        let taken = row.keys.indices.filter { place in problem.errors.contains { $0.pointer == pointer(place, row) } }
        guard !taken.isEmpty, problem.kind == .conflict else { return [] }
        let names = row.keys.indices.map { place in
            taken.contains(place) ? row.keys[place].apart : row.keys[place].was.asKey
        }
        do {
            return try tx.savepoint { try store([(row, names)]) }
        } catch is Problem {
            return []
        }
    }

    /// - Returns: the keys that are another than the form of what was there.
    private func store(_ rows: [(row: Row, names: [String])]) throws -> [RenamedKey] {
        let wishes = rows.map { row, names in (body: body(row.keys, names), over: Optional(row.stored)) }
        let written = try tx.write(try ResourceEndpoints<R>.drafts(wishes, isStrict: false, tx))
        var renamed: [RenamedKey] = []
        for (write, written) in zip(rows, written) {
            for (key, name) in zip(write.row.keys, write.names) {
                // An address that something else has gets another by itself.
                let kept = isOfParts ? name : R.info.text(of: key.field, in: R.schema.record(written.value)) ?? name
                if kept.isExactly(key.was.asKey) { continue }
                renamed.append(key.renamed(kept, in: tx.shop))
            }
        }
        for one in renamed { try keep(one) }
        return renamed
    }

    private var isOfParts: Bool { info.name != R.info.name }

    private func body(_ keys: [StoredKey], _ names: [String]) -> JSONObject {
        let members = zip(keys, names).map { key, name in
            (id: key.id, member: JSONObject.Member(key.field.name, .string(name)))
        }
        guard isOfParts else { return JSONObject(members.map(\.member)) }
        let rows = parts(keys).map { id in
            let said = members.filter { $0.id == id }.map(\.member)
            return JSON.object(JSONObject([.init(info.key, .number(JSONNumber(id)))] + said))
        }
        return JSONObject([.init("stock_settings", .array(rows))])
    }

    /// The ids of the parts that have the keys, each once.
    private func parts(_ keys: [StoredKey]) -> [Int64] { Set(keys.map(\.id)).sorted() }

    /// Where a fault of a key points to.
    private func pointer(_ place: Int, _ row: Row) -> String {
        let key = row.keys[place]
        guard isOfParts, let part = parts(row.keys).firstIndex(of: key.id) else { return "/" + key.field.name }
        return "/stock_settings/\(part)/\(key.field.name)"
    }

    private func keep(_ renamed: RenamedKey) throws {
        try tx.db.run(
            """
            INSERT INTO renamed_keys (webshop_id, resource, row_id, field, was, became)
            VALUES (\(renamed.shop), \(renamed.resource), \(renamed.id), \(renamed.field), \(renamed.was), \(renamed.became))
            ON CONFLICT (webshop_id, resource, row_id, field) DO UPDATE SET was = excluded.was, became = excluded.became
            """)
    }
}

extension ResourceInfo {
    /// A text of a record.
    fileprivate func text(of field: FieldInfo, in record: [SQLValue]) -> String? {
        guard let place = fields.firstIndex(where: { $0.name == field.name }), record.indices.contains(place),
            case .text(let text) = record[place]
        else { return nil }
        return text
    }
}

extension StoredKey {
    /// The key with the row's id behind it, no longer than the field takes.
    fileprivate var apart: String {
        let suffix = "-\(id)"
        let most = (field.length?.upperBound ?? 255) - suffix.utf8.count
        return String(String.UnicodeScalarView(was.asKey.unicodeScalars.prefix(most))) + suffix
    }

    fileprivate func renamed(_ name: String, in shop: Int64) -> RenamedKey {
        RenamedKey(shop: shop, resource: resource.name, id: id, field: field.name, was: was, became: name)
    }
}
