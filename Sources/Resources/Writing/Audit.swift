package import Basics
package import Persistence

/// What was done to a shop, its users, its tokens and the like, written in the transaction that does it (CONTRACT 8, "Access").
/// A resource says `audited: true` in its schema, and all its writes are noted; what is no resource notes them itself.
package enum Audit {
    package static let table = "audit"
    /// What is written with a row.
    package static let tables: Set = [table]
    /// The platform's own rows are those of no shop.
    package static let platform: Int64 = 0

    /// Notes something in the audit of the transaction's shop. A dry run notes nothing.
    /// - Parameters:
    ///   - action: in the past, such as `created` or `logged_in`.
    ///   - resource: what it was done to, as events call it.
    ///   - id: which of those, a number or a text.
    ///   - before: how that was, nil where it is new; never with a password, the text of a token or another secret.
    ///   - after: how it is now, nil where it is gone.
    package static func note(
        _ action: String, _ resource: String, _ id: some SQLBindable, before: JSON? = nil, after: JSON? = nil,
        in tx: Transaction
    ) {
        tx.note(AuditNote(action, resource, id, before: text(before), after: text(after)))
    }

    /// The same where there is no `Transaction`, by `storage.write(changing: Audit.tables)`: in the platform's audit, or in that of a
    /// shop.
    package static func note(
        _ action: String, _ resource: String, _ id: some SQLBindable, before: JSON? = nil, after: JSON? = nil,
        ofShop shop: Int64 = platform, by actor: Actor?, requestID: String, in db: any Connection, at now: Instant
    ) throws {
        let note = AuditNote(action, resource, id, before: text(before), after: text(after))
        try AuditNote.store([note], of: shop, by: actor?.text, requestID: requestID, in: db, at: now)
    }

    /// Notes a row that was stored by a statement of one's own, such as a shop that is opened, in the audit of the shop.
    package static func noteCreated<R: Resource>(
        _ row: R, for tenant: Tenant, by actor: Actor?, requestID: String, in db: any Connection, at now: Instant
    ) throws {
        guard let view = R.info.auditView else { return }
        let record = R.schema.record(row)
        let note = AuditNote(
            Change.created.rawValue, R.info.name, record[0], before: nil,
            after: view.text(record, for: tenant))
        try AuditNote.store([note], of: tenant.webshopID, by: actor?.text, requestID: requestID, in: db, at: now)
    }

    /// What is null is not there.
    private static func text(_ json: JSON?) -> String? { json.flatMap { $0 == .null ? nil : $0.serialized } }
}
