package import Basics
package import Persistence

/// The only door to write. It belongs to one shop, puts that shop into every statement it makes, and records the events
/// of what it does, so that no write goes without its event and no event without its write.
package final class Transaction {
    package let db: any Connection
    /// The shop, as of the transaction's time.
    package private(set) var tenant: Tenant
    package let requestID: String
    /// Who does it, as rows that say so keep it: one text for all of them.
    package let actor: String?
    package let isDryRun: Bool
    /// The files that came with the request.
    package let uploads: Uploads
    /// What the server has beside its database; empty in a transaction of its own.
    package let services: Services
    private let clock: () -> Instant
    /// What `now` was when it was first asked for, and no earlier than what was announced.
    private var stamp: Instant?
    private let earliest: Instant
    private var events = EventBuffer()
    /// Rows of the audit, written with the events.
    private var notes: [AuditNote] = []
    var endings = BeforeCommit()
    /// Tables whose rows this transaction changed.
    package private(set) var changedTables: Set<String> = []
    /// Rows that this transaction knows to be there, by their tables: who deletes one waits for its end.
    private(set) var known: [String: Set<Int64>]

    /// Made by the door alone, which reads the clock once everybody can know that rows are about to be stamped.
    init(_ db: any Connection, tenant: Tenant, _ opening: TransactionOpening) {
        self.db = db
        self.tenant = tenant
        clock = opening.now
        earliest = opening.now()
        self.tenant.now = earliest
        requestID = opening.requestID
        actor = opening.actor?.text
        isDryRun = opening.isDryRun
        uploads = opening.uploads
        services = opening.services
        known = ["countries": [tenant.countryID]]
        db.announceStamps(from: earliest, shop: tenant.webshopID)
    }

    /// When this transaction happens: the stamp of its rows, and the same for all of them. It is not read before it must be,
    /// since pollers wait for what is stamped and cannot be seen yet.
    package var now: Instant {
        if let stamp { return stamp }
        db.confirmStamps()
        let stamp = max(clock(), earliest)
        self.stamp = stamp
        tenant.now = stamp
        return stamp
    }

    /// The shop, for statements of one's own.
    package var shop: Int64 { tenant.webshopID }

    package func newID<R: Resource>(_: R.Type) throws -> Identifier<R> {
        Identifier(try db.newID(R.info.sequence))
    }

    /// Says that live rows were read by a statement of one's own, so that nobody asks for them again.
    package func know(_ ids: [Int64], of info: ResourceInfo) {
        known[info.table, default: []].formUnion(ids)
    }

    /// Says that a row goes: from here on nothing may refer to it.
    func forget(_ id: Int64, of info: ResourceInfo) {
        known[info.table]?.remove(id)
    }

    /// Says that rows of a table were changed by a statement of one's own.
    package func markChanged(_ table: String) {
        changedTables.insert(table)
    }

    // MARK: Reading

    /// The live row with an id; 404 where there never was one in this shop, 410 where it was deleted.
    package func find<R: Resource>(_: R.Type, _ id: Int64) throws -> Stored<R> {
        try load(R.self, id, lock: false)
    }

    /// The same, locked until the end, for a change that depends on what was read.
    package func take<R: Resource>(_: R.Type, _ id: Int64) throws -> Stored<R> {
        try load(R.self, id, lock: true)
    }

    /// The same of the row at an address.
    package func take<R: Resource>(_: R.Type, _ address: RowAddress) throws -> Stored<R> {
        try take(R.self, id(address, of: R.info))
    }

    /// The id of the row at an address; 404 where the shop's own key names no live row.
    package func id(_ address: RowAddress, of info: ResourceInfo) throws -> Int64 {
        if case .id(let id) = address { return id }
        guard let id = try liveID(address, of: info) else { throw Problem.notFound(info.path) }
        return id
    }

    /// The id of the live row that has a key, or nil.
    func liveID(_ address: RowAddress, of info: ResourceInfo) throws -> Int64? {
        try db.row(
            "SELECT \(raw: info.key) AS id FROM \(raw: info.table) WHERE \(info.owned(by: shop)) \(info.isAt(address))"
        ).map { try $0["id"] }
    }

    /// The ids of live rows at addresses, in one query for some thousands; what the shop's own key does not name is left out.
    package func ids(_ addresses: [RowAddress], of info: ResourceInfo) throws -> [RowAddress: Int64] {
        var ids: [RowAddress: Int64] = [:]
        var owns: [String] = []
        for address in addresses {
            switch address {
            case .id(let id): ids[address] = id
            case .own(let own): owns.append(own.text)
            }
        }
        guard let key = info.ownKey else { return ids }
        let statements = SQL.each(owns) { some in
            """
            SELECT \(raw: key) AS own, \(raw: info.key) AS id FROM \(raw: info.table) WHERE \(info.owned(by: shop))
            \(raw: key) IN (\(some)) AND removed_on IS NULL
            """
        }
        for row in try db.fetch(statements).joined() { ids[.own(ExactText(try row["own"]))] = try row["id"] as Int64 }
        return ids
    }

    /// The live rows with these ids, locked; what is not there is left out.
    package func takeAll<R: Resource>(_: R.Type, _ ids: [Int64]) throws -> [Int64: Stored<R>] {
        guard !ids.isEmpty else { return [:] }
        let taken = try takeAll(R.self, where: "\(raw: R.info.key) IN (\(SQL.paddedList(ids)))")
        return taken.reduce(into: [:]) { $0[$1.id] = $1 }
    }

    /// The live rows that fulfil a condition, locked in the order everybody locks in, which is that of their ids.
    package func takeAll<R: Resource>(_: R.Type, where condition: SQL) throws -> [Stored<R>] {
        let info = R.info
        let rows = try db.rows(
            """
            SELECT \(raw: info.columnList), version FROM \(raw: info.table) WHERE \(info.owned(by: shop))
            \(condition) AND removed_on IS NULL ORDER BY \(raw: info.key)\(db.dialect.forUpdate)
            """)
        return try rows.map { try stored($0, isTaken: true) }
    }

    /// A row of the columns of a resource, and its version.
    private func stored<R: Resource>(_ row: Row, isTaken: Bool) throws -> Stored<R> {
        let record = Array(row.values.prefix(R.info.fields.count))
        return try Stored(id: try row.id(of: R.info), version: try row["version"], record: record, isTaken: isTaken)
    }

    /// The live rows with these ids, in no order; ids that name nothing are left out.
    package func findAll<R: Resource>(_: R.Type, _ ids: [Int64]) throws -> [R] {
        let info = R.info
        let statements = SQL.each(ids) { some in
            """
            SELECT \(raw: info.columnList) FROM \(raw: info.table) WHERE \(info.owned(by: shop))
            \(raw: info.key) IN (\(some)) AND removed_on IS NULL
            """
        }
        let rows = try db.fetch(statements).joined()
        know(try rows.map { try $0.id(of: info) }, of: info)
        return try rows.map { try R.schema.value($0.values) }
    }

    private func load<R: Resource>(_: R.Type, _ id: Int64, lock: Bool) throws -> Stored<R> {
        let info = R.info
        let row = try db.row(
            """
            SELECT \(raw: info.columnList), version, removed_on FROM \(raw: info.table)
            WHERE \(info.owned(by: shop)) \(raw: info.key) = \(id)\(lock ? db.dialect.forUpdate : "")
            """)
        guard let row else { throw Problem.notFound(info.path) }
        if let _: Int64 = try row["removed_on"] { throw Problem.gone(info.path) }
        return try stored(row, isTaken: lock)
    }

    /// Undoes what `body` wrote, and forgets its events, when it throws.
    package func savepoint<T>(_ body: () throws -> T) throws -> T {
        let before = (events, endings, notes)
        do {
            return try db.savepoint(body)
        } catch {
            (events, endings, notes) = before
            throw error
        }
    }

    // MARK: Events

    /// Does what waits for the end now, so that what is wrong with it is told where it was asked for.
    package func settle() throws {
        while let ending = endings.next() { try ending(self) }
    }

    /// Records that something happened, in the same transaction as the thing itself.
    /// - Parameter data: the object as the single GET shows it, or nil for a tombstone.
    package func record(_ type: String, _ resource: String, _ id: Int64, _ sequence: Int64, _ data: [UInt8]?) {
        events.append(type, resource, id, sequence, data)
    }

    /// Says that rows have a new version, of which `record` tells later: it then tells of all their new versions at once.
    package func moved(_ ids: [Int64], of info: ResourceInfo) {
        events.moved(info.name, ids)
    }

    /// Keeps a row of the audit for the end.
    func note(_ note: AuditNote) {
        notes.append(note)
        markChanged(Audit.table)
    }

    /// Does what waits for the end and writes the events that were recorded, and the audit. Called once, by the door, before the
    /// commit.
    package func flushEvents() throws {
        try settle()
        if !events.isEmpty { markChanged(EventFeed.table) }
        try events.flush(into: db, shop: shop, now: now, requestID: requestID, actor: actor)
        guard !notes.isEmpty else { return }
        try AuditNote.store(notes, of: shop, by: actor, requestID: requestID, in: db, at: now)
        notes = []
    }
}

extension ResourceInfo {
    /// `webshop_id = … AND`, or nothing for what is shared by all shops.
    package func owned(by shop: Int64) -> SQL {
        isShopOwned ? "webshop_id = \(shop) AND" : ""
    }
}
