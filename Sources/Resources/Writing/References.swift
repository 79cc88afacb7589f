import Persistence

extension Transaction {
    /// Far below what an engine binds in one statement.
    private static let idsPerStatement = 4096

    /// Every id that the rows newly refer to must name a live row of the same shop. One statement for all of them, or one for
    /// each few thousand.
    func checkReferences(_ info: ResourceInfo, _ rows: [(new: [SQLValue], old: [SQLValue]?)]) throws {
        var checks: [(field: FieldInfo, count: Int, sql: SQL)] = []
        for (index, field) in info.fields.enumerated() {
            guard let target = (field.reference ?? field.referencesEach)?() else { continue }
            var ids: Set<Int64> = []
            for row in rows where row.new[index] != row.old?[index] {
                ids.formUnion(try field.referredIDs(row.new[index]))
            }
            ids.subtract(known[target.table] ?? [])
            for some in ids.sorted().pieces(of: Self.idsPerStatement).map(Array.init) {
                let sql: SQL = """
                    (SELECT count(*) FROM \(raw: target.table) WHERE \(target.owned(by: shop))
                    \(raw: target.key) IN (\(SQL.paddedList(some))) AND removed_on IS NULL)
                    """
                checks.append((field, some.count, sql))
            }
        }
        guard !checks.isEmpty else { return }
        let isShort = checks.reduce(0) { $0 + $1.count } <= Self.idsPerStatement
        let statements = isShort ? [SQL.joined(checks.map(\.sql), by: ", ")] : checks.map(\.sql)
        let found = try db.fetch(statements.map { "SELECT \($0)" }).joined().flatMap(\.values)
        var errors: [Problem.FieldError] = []
        for (check, count) in zip(checks, found) where count != .integer(Int64(check.count)) {
            let missing = check.field.missingReference
            if !errors.contains(where: { $0.pointer == missing.pointer }) { errors.append(missing) }
        }
        if !errors.isEmpty { throw Problem.invalid(errors) }
    }
}

extension FieldInfo {
    /// The ids a column refers to. Zero stands for "none", as in a top category's `parent_id`.
    fileprivate func referredIDs(_ value: SQLValue) throws -> [Int64] {
        switch value {
        case .integer(let id) where id != 0 && reference != nil: [id]
        case .text(let text) where referencesEach != nil: try JSONText(text).integers
        default: []
        }
    }

    fileprivate var missingReference: Problem.FieldError {
        let path = (reference ?? referencesEach)?().path ?? ""
        return Problem.FieldError("/" + name, "unknown_\(path)", "names no \(path) of this shop")
    }
}
