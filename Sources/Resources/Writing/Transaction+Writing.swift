import Basics
package import Persistence

/// What stores rows and shows what it stored.
extension Transaction {
    /// Stores a new row, then whatever `children` stores as part of it, and records `<resource>.created`.
    @discardableResult
    package func insert<R: Resource>(_ value: R, children: (() throws -> [Rows])? = nil) throws -> Written<R> {
        try only(write([Draft(value)], children: children))
    }

    /// Stores a changed row and records `<resource>.updated`. A change that changes nothing writes nothing.
    /// - Parameters:
    ///   - hasNewParts: whether rows that are part of the answer were changed, which is a change of the row itself.
    ///   - action: what the audit calls the change, where it is more than an update.
    @discardableResult
    package func update<R: Resource>(
        _ stored: Stored<R>, hasNewParts: Bool = false, action: String? = nil
    ) throws -> Written<R> {
        try write(Draft(stored, hasNewParts: hasNewParts, action: action))
    }

    /// Stores a new or a changed row.
    package func write<R: Resource>(_ draft: Draft<R>) throws -> Written<R> {
        try only(write([draft]))
    }

    /// Stores new and changed rows of one resource together, in as few round trips as a single row takes.
    /// - Returns: what each of them left, in their order.
    @discardableResult
    package func write<R: Resource>(
        _ drafts: [Draft<R>], children: (() throws -> [Rows])? = nil
    ) throws -> [Written<R>] {
        let info = R.info
        var drafts = drafts
        for part in R.parts { try part.settle?(&drafts, self) }
        try R.prepare(&drafts, in: self)
        let records = drafts.map { R.schema.record($0.new, parts: $0.parts) }
        let isChanged = zip(drafts, records).map { draft, record in
            draft.hasNewParts || draft.stored.map { $0.record != record } ?? true
        }
        let written = drafts.indices.filter { isChanged[$0] }
        for index in written { try info.check(records[index], over: drafts[index].stored?.record, for: tenant) }
        try checkReferences(info, written.map { (records[$0], drafts[$0].stored?.record) })
        let rows = try store(info, drafts, records, written)
        let page =
            try children.map { RowPage(rows: rows, children: try $0().map { RowPage(rows: $0) }) } ?? page(rows, info)
        let kept = drafts.indices.filter { !isChanged[$0] }.compactMap { drafts[$0].stored }
        let shown = try show(info, kept.map { $0.id })
        var next = 0
        let answers = try drafts.indices.map { index in
            guard let stored = drafts[index].stored, !isChanged[index] else {
                defer { next += 1 }
                return try finish(drafts[index], page, next)
            }
            guard let json = shown[stored.id] else { throw Problem.notFound(info.path) }
            return Written(value: drafts[index].new, id: stored.id, version: stored.version, json: json)
        }
        if let view = info.auditView { for index in written { note(drafts[index], records[index], view) } }
        // Last, so that the events of what follows from these rows follow theirs.
        if !R.followers.isEmpty {
            let heard = written.count == drafts.count ? drafts : written.map { drafts[$0] }
            for follower in R.followers { try follower.stored?(heard, self) }
        }
        return answers
    }

    /// What a single draft left.
    package func only<R>(_ written: [Written<R>]) throws -> Written<R> {
        guard let only = written.first else { throw StorageError.statement("\(R.info.table): no row returned") }
        return only
    }

    /// Stores the drafts at some places.
    /// - Returns: the rows as the plan shows them, in the order of the places.
    private func store<R: Resource>(
        _ info: ResourceInfo, _ drafts: [Draft<R>], _ records: [[SQLValue]], _ places: [Int]
    ) throws -> Rows {
        // A new row says what it shows by itself, where no column of its answer has to be computed.
        let born = places.map { drafts[$0].stored == nil ? info.plan.newRow(records[$0], at: now) : nil }
        let plain = zip(places, born).filter { $1 != nil }.map { values(records[$0.0]) }
        let others = zip(places, born).filter { $1 == nil }.flatMap { place, _ in
            drafts[place].stored.map { [update(info, records[place], $0)] }
                ?? info.shownInsertion.statements([values(records[place])])
        }
        return try constrained(info) {
            try db.run(info.insertion.statements(plain))
            var answers = try db.fetch(others)[...]
            var rows = Rows(width: info.plan.width)
            for values in born {
                guard let values = values ?? answers.popFirst()?.first?.values else {
                    throw StorageError.busy("a row that was taken has moved")
                }
                for value in values { rows.append(value) }
            }
            return rows
        }
    }

    /// All columns of a new row, in the order of `insertion`.
    private func values(_ record: [SQLValue]) -> [SQLValue] {
        [shop.sqlValue] + record + [.integer(1), now.sqlValue, now.sqlValue]
    }

    private func update<R>(_ info: ResourceInfo, _ record: [SQLValue], _ stored: Stored<R>) -> SQL {
        """
        UPDATE \(raw: info.table) SET \(SQL.joined(changedColumns(info, record, stored.record), by: ""))
        version = version + 1, last_modified = \(now)
        WHERE \(info.owned(by: shop)) \(raw: info.key) = \(stored.id) AND version = \(stored.version)
        RETURNING \(raw: info.plan.select)
        """
    }

    /// From here to the end nothing else of the shop is written: for what looks at rows it does not hold and relies on them,
    /// and for what holds rows in an order of its own. To be said before the look. On Postgres the work may begin anew.
    package func standAlone() throws {
        try db.standAlone()
    }

    /// Marks a row as deleted and records `<resource>.deleted`, a tombstone. Done alone in the shop, because nothing may begin
    /// to name the row while it goes.
    package func remove<R: Resource>(_ stored: Stored<R>) throws {
        try standAlone()
        let info = R.info
        markChanged(info.table)
        forget(stored.id, of: info)
        let row = try db.row(
            """
            UPDATE \(raw: info.table) SET removed_on = \(now), last_modified = \(now), version = version + 1
            WHERE \(info.owned(by: shop)) \(raw: info.key) = \(stored.id) AND removed_on IS NULL RETURNING version
            """)
        guard let version: Int64 = try row.map({ try $0["version"] }) else { throw Problem.gone(info.path) }
        noteRemoved(stored)
        // While all that belongs to it is still there.
        for follower in R.followers { try follower.removed?(stored, self) }
        for part in R.parts { try part.remove?(stored, self) }
        record("\(info.name).\(Change.deleted.rawValue)", info.name, stored.id, version, nil)
        for topic in R.topics(.deleted) { record(topic, info.name, stored.id, version, nil) }
    }

    /// Stores rows that are part of another row's answer, without events of their own.
    /// - Parameter pointer: where each of them stands in the body.
    /// - Returns: the rows, each with the id of its parent at the end.
    package func insertAll<R: Resource>(
        _ values: [R], embeddedBy parentKey: String, at pointer: (Int) -> String = { _ in "" }
    ) throws -> Rows {
        let info = R.info
        let records = values.map { R.schema.record($0) }
        for (index, record) in records.enumerated() {
            try info.check(record, over: nil, for: tenant, at: pointer(index))
        }
        let parent = info.fields.firstIndex { $0.column == parentKey }
        let born = records.compactMap { record in
            info.plan.newRow(record, at: now).map { row in parent.map { row + [record[$0]] } ?? row }
        }
        return try constrained(info) {
            let rows = records.map(self.values)
            guard born.count == records.count else {
                let answers = try db.fetch(
                    info.insertion.returning("\(info.plan.select), \(parentKey)").statements(rows))
                return answers.reduce(into: Rows(width: info.plan.width + 1)) { $0.append($1) }
            }
            try db.post(info.insertion.statements(rows))
            return Rows(width: info.plan.width + 1, records: born)
        }
    }

    /// Stores rows that are part of another row's answer, the new ones and the changed ones, without events of their own:
    /// who tells of them does so at the end.
    /// - Parameter rows: each with what it replaces, nil for a new one, and where it stands in the body.
    package func storeAll<R: Resource>(_ rows: [(new: R, old: R?, pointer: String)]) throws {
        let info = R.info
        let records = rows.map { R.schema.record($0.new) }
        for (row, record) in zip(rows, records) {
            try info.check(record, over: row.old.map { R.schema.record($0) }, for: tenant, at: row.pointer)
        }
        moved(try rows.indices.filter { rows[$0].old != nil }.map { try Int64(column: records[$0][0]) }, of: info)
        try constrained(info) { _ = try db.run(info.upsertion.statements(records.map(self.values))) }
    }

    /// The JSON of one row of an answer.
    package func json(_ rows: Rows, _ index: Int = 0, by plan: Plan) -> [UInt8] {
        var writer = JSONWriter(capacity: 512)
        writer.object(index, of: RowPage(rows: rows), by: plan, for: tenant)
        return writer.bytes
    }

    /// The JSON a single GET shows of a row, read inside this transaction.
    package func show(_ info: ResourceInfo, _ id: Int64) throws -> [UInt8] {
        guard let json = try show(info, [id])[id] else { throw Problem.notFound(info.path) }
        return json
    }

    /// The same of several rows, by their ids.
    private func show(_ info: ResourceInfo, _ ids: [Int64]) throws -> [Int64: [UInt8]] {
        guard !ids.isEmpty else { return [:] }
        let rows = try db.rows(
            """
            SELECT \(raw: info.plan.select) FROM \(raw: info.table)
            WHERE \(info.owned(by: shop)) \(raw: info.key) IN (\(SQL.paddedList(ids)))
            """)
        let page = try page(rows, info)
        return try rows.indices.reduce(into: [:]) { shown, index in
            shown[try rows[index].id(by: info.plan)] = json(page, index, info.plan)
        }
    }

    private func finish<R: Resource>(_ draft: Draft<R>, _ page: RowPage, _ index: Int) throws -> Written<R> {
        let info = R.info
        guard page.rows.indices.contains(index) else {
            throw StorageError.statement("\(info.table): no row returned")
        }
        let row = page.rows[index]
        let id = try row.id(by: info.plan)
        let version = try row.version(by: info.plan)
        let change: Change = draft.stored == nil ? .created : .updated
        let json = json(page, index, info.plan, hidesKey: isDryRun && change == .created)
        record("\(info.name).\(change.rawValue)", info.name, id, version, json)
        for topic in R.topics(change) { record(topic, info.name, id, version, json) }
        return Written(value: draft.new, id: id, version: version, json: json)
    }

    private func json(_ page: RowPage, _ index: Int, _ plan: Plan, hidesKey: Bool = false) -> [UInt8] {
        var writer = JSONWriter()
        writer.object(index, of: page, by: plan, for: tenant, hidesKey: hidesKey)
        return writer.bytes
    }

    private func page(_ rows: Rows, _ info: ResourceInfo) throws -> RowPage {
        try info.plan.page(rows, shop: shop) { try $0.map { try db.rows($0) } }
    }

    private func changedColumns(_ info: ResourceInfo, _ new: [SQLValue], _ old: [SQLValue]) -> [SQL] {
        zip(info.fields, zip(new, old)).compactMap { field, values in
            values.0 == values.1 ? nil : "\(raw: field.column) = \(values.0), "
        }
    }

    /// Turns a broken rule of the schema into an answer that names the field.
    package func constrained<T>(_ info: ResourceInfo, _ body: () throws -> T) throws -> T {
        markChanged(info.table)
        do {
            return try body()
        } catch StorageError.constraint(.unique, let name) {
            // An index is called by its table and its columns, and the last of them is the one to blame.
            let field = info.fields.filter { name.hasPrefix(info.table) && name.hasSuffix("_\($0.column)_key") }
                .max { $0.column.count < $1.column.count }
            guard let field else { throw StorageError.constraint(.unique, name: name) }
            throw Problem.conflict(
                "duplicate", "Another \(info.path) of this shop has this \(field.name).",
                errors: [Problem.FieldError("/" + field.name, "duplicate", "is already in use")])
        }
    }
}
