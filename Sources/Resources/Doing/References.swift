import Persistence

extension Transaction {
    /// Every id that the rows newly refer to must name a live row of the same shop. One statement for all of them.
    func checkReferences(_ info: ResourceInfo, _ rows: [(new: [SQLValue], old: [SQLValue]?)]) throws {
        var checks: [(field: FieldInfo, count: Int, sql: SQL)] = []
        for (index, field) in info.fields.enumerated() {
            guard let target = (field.reference ?? field.referencesEach)?() else { continue }
            var ids: Set<Int64> = []
            for row in rows where row.new[index] != row.old?[index] { ids.formUnion(field.referredIDs(row.new[index])) }
            if ids.isEmpty { continue }
            let sql: SQL = """
                (SELECT count(*) FROM \(raw: target.table) WHERE \(target.owned(by: shop))
                \(raw: target.key) IN (\(SQL.paddedList(ids.sorted()))) AND removed_on IS NULL)
                """
            checks.append((field, ids.count, sql))
        }
        guard !checks.isEmpty else { return }
        let found = try db.row("SELECT \(SQL.joined(checks.map(\.sql), by: ", "))")
        let errors = checks.enumerated().compactMap { index, check -> Problem.FieldError? in
            found?.integer(index) == Int64(check.count) ? nil : check.field.missingReference
        }
        if !errors.isEmpty { throw Problem.invalid(errors) }
    }
}

extension FieldInfo {
    /// The ids a column refers to. Zero stands for "none", as in a top category's `parent_id`.
    fileprivate func referredIDs(_ value: SQLValue) -> [Int64] {
        switch value {
        case .integer(let id) where id != 0 && reference != nil: [id]
        case .text(let text) where referencesEach != nil: JSONText(text).integers
        default: []
        }
    }

    fileprivate var missingReference: Problem.FieldError {
        let path = (reference ?? referencesEach)?().path ?? ""
        return Problem.FieldError("/" + name, "unknown_\(path)", "names no \(path) of this shop")
    }
}
