package import Basics
import Persistence

/// The plain routes of a resource, the same for all of them: list, read, create, update, delete, batch.
package struct ResourceEndpoints<R: Resource>: Sendable {
    private let info: ResourceInfo

    package init(_: R.Type) {
        info = R.info
    }

    package var all: [Endpoint] {
        var endpoints: [Endpoint] = []
        if info.verbs.contains(.list) { endpoints.append(list) }
        if info.verbs.contains(.read) { endpoints.append(read) }
        if info.verbs.contains(.create) { endpoints.append(create) }
        if info.verbs.contains(.update) { endpoints += [update(.put), update(.patch)] }
        if info.verbs.contains(.delete) { endpoints.append(delete) }
        if !info.verbs.isDisjoint(with: [.create, .update, .delete]) {
            endpoints.append(batch.endpoint(for: info, access: access(.write)))
        }
        for index in endpoints.indices {
            endpoints[index].elsewhere = info.elsewhere
            guard endpoints[index].isWrite else { continue }
            endpoints[index].uploads = Self.uploads
            if R.hasRulesBetweenRows { endpoints[index].standsAlone = true }
        }
        return endpoints + R.parts.flatMap { $0.endpoints() }
    }

    // MARK: Reading

    private var list: Endpoint {
        let info = info
        return Endpoint(
            .get, "/REST/\(info.path)", access(.read), "list_\(info.plural)", "Lists \(info.plural).",
            info.listDocumentation,
            .read { call, storage in
                try await ListRequest.asked(info, call, of: storage)
                    .answer(from: storage, keys: try call.keys(for: info))
            })
    }

    private var read: Endpoint {
        let info = info
        return Endpoint(
            .get, onePath, access(.read), "get_\(info.path)", "Shows one \(info.path).", info.oneDocumentation,
            .read { call, storage in
                try await SingleRequest(info, call).answer(from: storage, keys: try call.keys(for: info))
            })
    }

    // MARK: Writing

    private var create: Endpoint {
        Endpoint(
            .post, "/REST/\(info.path)", access(.write), "create_\(info.path)", "Creates a \(info.path).",
            info.writeDocumentation,
            .write { call, tx in try Self.create(try call.object(), call, tx) })
    }

    private func update(_ method: Endpoint.Method) -> Endpoint {
        let info = info
        let word = method == .put ? "update" : "patch"
        return Endpoint(
            method, onePath, access(.write), "\(word)_\(info.path)",
            "Changes a \(info.path): members left out keep their value.\(method == .put ? making : "")",
            info.writeDocumentation,
            .write { call, tx in
                let (address, body) = (try call.address(of: info), try call.object())
                return method == .put && info.verbs.contains(.create)
                    ? try Self.put(address, body, call, tx) : try Self.update(address, body, call, tx)
            })
    }

    /// What a PUT says of keys that none has yet.
    private var making: String {
        guard let key = info.ownKey, info.verbs.contains(.create) else { return "" }
        return " `\(key):` and a key that none has yet makes it."
    }

    private var delete: Endpoint {
        let info = info
        return Endpoint(
            .delete, onePath, access(.write), "delete_\(info.path)",
            "Deletes a \(info.path); it answers 410 from then on.",
            Documentation(tag: info.path, answer: info.deletedSchema),
            .write { call, tx in try Self.delete(try call.address(of: info), call, tx) })
    }

    private var batch: BatchWrite {
        var batch = BatchWrite()
        if info.verbs.contains(.create) { batch.create = Self.create }
        if info.verbs.contains(.update) {
            batch.update = info.verbs.contains(.create) ? Self.put : Self.update
        }
        if info.verbs.contains(.delete) { batch.delete = Self.delete }
        if batch.update != nil, !R.hasRulesBetweenRows { batch.writeAll = Self.writeAll }
        return batch
    }

    package static func create(_ body: JSONObject, _ call: Call, _ tx: Transaction) throws -> Answer {
        try write(body, isStrict: call.preferences.isStrict, tx).answer
    }

    /// Changes the row, or makes it where the shop's own key names none yet: an ERP says what is, not what is new.
    package static func put(
        _ address: RowAddress, _ body: JSONObject, _ call: Call, _ tx: Transaction
    ) throws -> Answer {
        try put(address, body, call, tx, by: Self.update, or: Self.create)
    }

    /// The same for what is changed and made in a way of its own, as orders are.
    package static func put(
        _ address: RowAddress, _ body: JSONObject, _ call: Call, _ tx: Transaction, by update: BatchWrite.Update,
        or create: BatchWrite.Create
    ) throws -> Answer {
        guard case .own(let own) = address, let key = R.info.ownKey, call.ifMatch == nil,
            try tx.liveID(address, of: R.info) == nil
        else { return try update(address, body, call, tx) }
        do {
            return try create(try body.named(own, by: key), call, tx)
        } catch let problem as Problem {
            // Somebody else has made it since we looked, and what they took may be what is missing: a second look finds it.
            let isMade =
                if problem.code == "duplicate" {
                    problem.errors.map(\.pointer) == ["/" + key]
                } else {
                    try tx.liveID(address, of: R.info) != nil
                }
            if isMade { throw TakenMeanwhile() }
            throw problem
        }
    }

    package static func update(
        _ address: RowAddress, _ body: JSONObject, _ call: Call, _ tx: Transaction
    ) throws -> Answer {
        let id = try tx.id(address, of: R.info)
        try R.hold(before: [id], in: tx)
        let stored = try tx.take(R.self, id)
        try IfMatch.check(call.ifMatch, stored.version) { try tx.show(R.info, id) }
        return try write(body, over: stored, isStrict: call.preferences.isStrict, tx).answer
    }

    /// Creates and updates rows together: one look for all of them, one write, one set of events.
    /// - Returns: nil where two rows are about one thing, so that the second needs what the first left.
    package static func writeAll(_ rows: [BatchWrite.Row], _ call: Call, _ tx: Transaction) throws -> [Answer]? {
        let isStrict = call.preferences.isStrict
        let known = try tx.ids(rows.compactMap(\.address), of: R.info)
        let ids = rows.compactMap { row in row.address.flatMap { known[$0] } }
        guard Set(ids).count == ids.count else { return nil }
        try R.hold(before: ids, in: tx)
        let taken = try tx.takeAll(R.self, ids)
        var fresh: Set<ExactText> = []
        var wishes: [(body: JSONObject, over: Stored<R>?)] = []
        for row in rows {
            if let id = row.address.flatMap({ known[$0] }) {
                guard let stored = taken[id] else { throw Problem.notFound(R.info.path) }
                wishes.append((row.body, stored))
            } else {
                guard let body = try row.newBody(R.info, &fresh) else { return nil }
                wishes.append((body, nil))
            }
        }
        return try tx.write(drafts(wishes, isStrict: isStrict, tx)).map(\.answer)
    }

    /// Makes the row that a body describes, or changes the one that was taken.
    package static func write(
        _ body: JSONObject, over stored: Stored<R>? = nil, isStrict: Bool, _ tx: Transaction
    ) throws -> Written<R> {
        try tx.only(tx.write(drafts([(body, stored)], isStrict: isStrict, tx)))
    }

    /// The rows that bodies describe: new ones, and changes of those that were taken. Throws all that is wrong with them.
    package static func drafts(
        _ wishes: [(body: JSONObject, over: Stored<R>?)], isStrict: Bool, _ tx: Transaction
    ) throws -> [Draft<R>] {
        var faults = Faults()
        let bodies = try tx.withoutOwnKeys(wishes.map(\.body), of: R.info)
        var records: [(new: [SQLValue], old: [SQLValue]?)] = []
        // `file` is written and never shown under that name.
        let uploadNames = Set(uploads.map(\.name))
        var rows = try zip(wishes, bodies).map { wish, body in
            var input = Input(R.info, for: tx.tenant, isStrict: isStrict)
            var record = input.merged(body, over: wish.over?.record, ignoring: uploadNames)
            faults.add(input.errors)
            if wish.over == nil { record[0] = try tx.newID(R.self).sqlValue }
            records.append((record, wish.over?.record))
            do {
                return try Described<R>(record, over: wish.over, by: body)
            } catch {
                // A field that has no value to begin with was refused, and that is what has to be told.
                try faults.finish()
                throw error
            }
        }
        try faults.gather { try R.storeParts(&rows, isStrict: isStrict, in: tx) }
        // Looked at again when the rows are stored; here only so that all is told that is wrong.
        if !faults.isEmpty { try faults.gather { try tx.checkReferences(R.info, records) } }
        try faults.finish()
        return try rows.map { try $0.draft() }
    }

    package static func delete(_ address: RowAddress, _ call: Call, _ tx: Transaction) throws -> Answer {
        let id = try tx.id(address, of: R.info)
        let stored = try tx.take(R.self, id)
        try IfMatch.check(call.ifMatch, stored.version) { try tx.show(R.info, id) }
        try tx.remove(stored)
        var answer = JSONObject()
        answer.append(R.info.key, .number(JSONNumber(id)))
        answer.append("deleted", 1)
        return .json(.object(answer))
    }

    // MARK: -

    private static var uploads: [UploadMember] { R.parts.flatMap(\.uploads) }

    private var onePath: String { "/REST/\(info.path)/{\(info.key)}" }

    private func access(_ least: AccessLevel) -> Endpoint.Access {
        .token(max(least, info.level ?? least))
    }
}

extension BatchWrite.Row {
    /// The body of a row that is to be made; nil where it cannot be, or where an earlier row makes it.
    fileprivate func newBody(_ info: ResourceInfo, _ fresh: inout Set<ExactText>) throws -> JSONObject? {
        guard let address else { return body }
        guard isPut, info.verbs.contains(.create), case .own(let own) = address, let key = info.ownKey,
            fresh.insert(own).inserted
        else { return nil }
        return try body.named(own, by: key)
    }
}
