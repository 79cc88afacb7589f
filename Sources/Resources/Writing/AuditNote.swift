import Basics
import Persistence

/// One row of the audit before it is written.
struct AuditNote {
    let action: String
    let resource: String
    /// JSON, as are the two below: a number or a text.
    let resourceID: String
    let before: String?
    let after: String?

    init(_ action: String, _ resource: String, _ id: some SQLBindable, before: String?, after: String?) {
        var writer = JSONWriter(capacity: 32)
        writer.stored(id.sqlValue)
        (self.action, self.resource, resourceID) = (action, resource, writer.text)
        (self.before, self.after) = (before, after)
    }

    private static let insertion = Insertion(
        """
        INSERT INTO \(Audit.table) (webshop_id, audit_id, actor, action, resource, resource_id, before, after, request_id,
        version, created, last_modified) VALUES
        """, width: 12)

    /// Writes rows of a shop, which the chain takes up after the commit.
    static func store(
        _ notes: [AuditNote], of shop: Int64, by actor: String?, requestID: String, in db: any Connection,
        at now: Instant
    ) throws {
        let ids = try db.orderedIDs("\(Audit.table)_seq", notes.count)
        let rows = zip(ids, notes).map { id, note -> [SQLValue] in
            [
                .integer(shop), .integer(id), actor.sqlValue, .text(note.action), .text(note.resource),
                .text(note.resourceID), note.before.sqlValue, note.after.sqlValue, .text(requestID), .integer(1),
                now.sqlValue, now.sqlValue,
            ]
        }
        try db.post(insertion.statements(rows))
    }
}
