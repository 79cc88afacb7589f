package import Basics
import Commerce
package import Persistence
package import Resources

/// Imports a JSON list of categories, each with the path from the top to itself: `[{id, name, path:[{id, name}]}]`.
package enum CategoryImport {
    private static let rowsPerTransaction = 500

    private struct Row: Sendable {
        let id: String
        let name: String
        let parent: String?
        let depth: Int
    }

    /// Adds what is missing and answers how many categories were made. Their source ids are kept as tags.
    package static func run(
        _ json: JSON, into storage: any Storage, tenant: Tenant, now: @escaping @Sendable () -> Instant
    ) async throws -> ImportReport {
        // Parents first, so that every child finds its own.
        let rows = try rows(of: json).sorted { ($0.depth, $0.id) < ($1.depth, $1.id) }
        var report = ImportReport()
        for part in rows.pieces(of: rowsPerTransaction).map(Array.init) {
            try Task.checkCancellation()
            let made = try await storage.transact(in: tenant, at: now(), as: "import") { try write(part, $0) }
            report.created += made
            report.unchanged += part.count - made
        }
        return report
    }

    private static func rows(of json: JSON) throws -> [Row] {
        guard case .array(let elements) = json else { throw Problem.malformed("categories", "must be a JSON list") }
        return try elements.enumerated().map { index, element in
            guard case .object(let object) = element, case .string(let id) = object["id"],
                case .array(let path) = object["path"], !path.isEmpty
            else { throw Problem.invalid("/\(index)", "type", "must be {id, name, path}") }
            // Real lists have a nameless category here and there; its id keeps the tree whole.
            let name = if case .string(let name) = object["name"], !name.isEmpty { name } else { id }
            var parent: String?
            if path.count > 1, case .object(let above) = path[path.count - 2], case .string(let id) = above["id"] {
                parent = id
            }
            return Row(id: id.asKey, name: name.asKey, parent: parent?.asKey, depth: path.count)
        }
    }

    private static func write(_ rows: [Row], _ tx: Transaction) throws -> Int {
        var ids = try known(rows.flatMap { [$0.id, $0.parent].compactMap { $0 } }, tx)
        var made = 0
        for row in rows where ids[row.id] == nil {
            let id = try tx.newID(Category.self)
            var category = try Category.starting(id)
            category.name = row.name
            category.tag = row.id
            category.parentID = row.parent.flatMap { ids[$0] } ?? 0
            try tx.insert(category)
            ids[row.id] = id.rawValue
            made += 1
        }
        return made
    }

    private static func known(_ tags: [String], _ tx: Transaction) throws -> ByText<Int64> {
        let rows = try tx.db.rows(
            """
            SELECT tag, category_id FROM categories WHERE webshop_id = \(tx.shop) AND tag IN (\(SQL.list(Set(exact: tags).texts)))
            """)
        return try rows.reduce(into: [:]) { $0[try $1["tag"]] = try $1["category_id"] as Int64 }
    }
}
