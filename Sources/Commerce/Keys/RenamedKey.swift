import Persistence
import Resources

/// A row that got another key than the form of what it had, because a second row had that.
package struct RenamedKey: Sendable, CustomStringConvertible {
    let shop: Int64
    let resource: String
    let id: Int64
    let field: String
    let was: String
    let became: String

    package var description: String {
        "shop \(shop), \(resource) \(id): \(field) \"\(was)\" became \"\(became)\", since another has its form"
    }

    /// The rows that still have the key they were given.
    /// - Parameter resources: all that have keys.
    static func all(of resources: [ResourceInfo], in db: any Connection) throws -> [RenamedKey] {
        let rows = try db.rows(
            "SELECT webshop_id, resource, row_id, field, was, became FROM renamed_keys ORDER BY 1, 2, 3, 4")
        return try rows.map { row in
            RenamedKey(
                shop: try row["webshop_id"], resource: try row["resource"], id: try row["row_id"],
                field: try row["field"], was: try row["was"], became: try row["became"])
        }.filter { try $0.isThere(among: resources, in: db) }
    }

    private func isThere(among resources: [ResourceInfo], in db: any Connection) throws -> Bool {
        guard let info = resources.first(where: { $0.name == resource }),
            let column = info.fields.first(where: { $0.name == field })?.column
        else { return false }
        return try db.row(
            """
            SELECT 1 FROM \(raw: info.table) WHERE webshop_id = \(shop) AND \(raw: info.key) = \(id)
            AND \(raw: column) = \(became) AND removed_on IS NULL
            """) != nil
    }
}
