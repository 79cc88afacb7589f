package import Persistence

/// A column whose values are sealed. An area lists its own, so that they are sealed anew when the master key is changed and `doctor`
/// proves that they open. Null and the empty text stand for no value.
package struct SealedColumn: Sendable {
    let table: String
    /// The columns that find a row, its id last.
    let keys: [String]
    let column: String

    /// - Parameters:
    ///   - key: the column with the row's id, as `SealedPlace` has it.
    ///   - isShopOwned: whether rows are found by `webshop_id` and the id.
    package init(_ table: String, key: String, _ column: String, isShopOwned: Bool = true) {
        self.table = table
        keys = isShopOwned ? ["webshop_id", key] : [key]
        self.column = column
    }

    /// Where the value of a row stands.
    package func place(_ id: String) -> SealedPlace { SealedPlace(table, id, column) }
    package func place(_ id: Int64) -> SealedPlace { SealedPlace(table, id, column) }

    /// A value as it is stored.
    package struct Stored: Sendable {
        let keys: [SQLValue]
        package let text: String
        package let place: SealedPlace
    }

    /// The next values in the order of their keys.
    /// - Parameter current: the key whose values are passed over.
    package func values(
        after last: Stored?, atMost count: Int, exceptOf current: String? = nil, in db: any Connection
    ) throws -> [Stored] {
        let names = keys.joined(separator: ", ")
        var sql: SQL = "SELECT \(raw: names), \(raw: column) FROM \(raw: table) WHERE \(raw: column) <> ''"
        if let current {
            let prefix = SealedText.prefix(of: current)
            sql.append(" AND substr(\(raw: column), 1, \(raw: String(prefix.count))) <> \(prefix)")
        }
        if let last { sql.append(" AND (\(raw: names)) > (\(SQL.list(last.keys)))") }
        sql.append(" ORDER BY \(raw: names) LIMIT \(raw: String(count))")
        return try db.rows(sql).compactMap { stored($0.values) }
    }

    private func stored(_ values: [SQLValue]) -> Stored? {
        guard case .text(let text)? = values.last, let id = values.dropLast().last else { return nil }
        return switch id {
        case .integer(let id): Stored(keys: values.dropLast(), text: text, place: place(id))
        case .text(let id): Stored(keys: values.dropLast(), text: text, place: place(id))
        case .null: nil
        }
    }

    /// Stores a value anew, unless somebody has stored another one since it was read.
    func replacement(of stored: Stored, by text: String) -> SQL {
        let isThere = zip(keys, stored.keys).map { key, value -> SQL in "\(raw: key) = \(value) AND " }
        return """
            UPDATE \(raw: table) SET \(raw: column) = \(text)
            WHERE \(SQL.joined(isThere, by: "")) \(raw: column) = \(stored.text)
            """
    }
}
