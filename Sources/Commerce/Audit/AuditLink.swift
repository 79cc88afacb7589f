import Basics
import Persistence
import Resources

/// A row of the audit in the chain of its shop.
struct AuditLink {
    let shop: Int64
    let id: Int64
    let place: Int64
    let hash: String

    /// All that a hash is of beside the one before and the place, in this order.
    static let columns = """
        webshop_id, audit_id, actor, action, resource, resource_id, before, after, request_id, version, created, last_modified, \
        removed_on
        """
    private static let width = 13

    /// The link behind another.
    /// - Parameter row: its `columns`, and what else there is behind them.
    init(_ row: Row, behind head: AuditHead) throws {
        (shop, id, place) = (try row["webshop_id"], try row["audit_id"], head.place + 1)
        var writer = JSONWriter(capacity: 512)
        writer.raw("[" as StaticString)
        writer.string(head.hash)
        writer.raw("," as StaticString)
        writer.integer(place)
        for value in row.values.prefix(Self.width) {
            writer.raw("," as StaticString)
            writer.stored(value)
        }
        writer.raw("]" as StaticString)
        hash = Fingerprint.sha256(writer.bytes)
    }
}
