import Persistence
import Resources

/// A text of a row that is a key and not in the form of keys: stored before there was one.
struct StoredKey: Sendable {
    let resource: ResourceInfo
    let id: Int64
    /// The row that is written: the product of a variant, otherwise the row itself.
    let owner: Int64
    let field: FieldInfo
    let was: String

    /// The keys of live rows behind an id that are to be changed, and the last id of the page; nil behind the last page.
    static func page(
        _ info: ResourceInfo, owner: String? = nil, of shop: Int64, after last: Int64, atMost count: Int
    ) -> SQL {
        rows(info, owner: owner, of: shop, where: "\(raw: info.key) > \(last)", "LIMIT \(raw: String(count))")
    }

    /// The same of rows that are held.
    static func rows(
        _ info: ResourceInfo, owner: String? = nil, of shop: Int64, where condition: SQL, _ end: SQL = ""
    ) -> SQL {
        let columns = info.fields.filter(\.isKey).map { ", \($0.column)" }.joined()
        return """
            SELECT \(raw: info.key) AS id, \(raw: owner ?? info.key) AS owner\(raw: columns) FROM \(raw: info.table)
            WHERE webshop_id = \(shop) AND \(condition) AND removed_on IS NULL ORDER BY \(raw: info.key) \(end)
            """
    }

    /// The keys in such rows that are to be changed.
    static func found(in rows: Rows, _ info: ResourceInfo) throws -> [StoredKey] {
        let fields = info.fields.filter(\.isKey)
        return try rows.flatMap { row in
            try zip(fields, row.values.dropFirst(2)).compactMap { field, value in
                guard case .text(let text) = value, !text.asKey.isExactly(text) else { return nil }
                return StoredKey(
                    resource: info, id: try row["id"], owner: try row["owner"], field: field, was: text)
            }
        }
    }
}
