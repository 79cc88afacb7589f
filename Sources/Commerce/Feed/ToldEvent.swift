import Basics
import Persistence
import Resources

/// An event as it is told: where it stands, what it is, and its JSON.
struct ToldEvent: Sendable {
    let position: Int64
    let type: String
    let resource: String
    let json: [UInt8]

    /// - Parameter row: what `select` reads.
    init(_ row: Row, for tenant: Tenant) throws {
        (position, type, resource) = (try row["position"], try row["type"], try row["resource"])
        var writer = JSONWriter()
        try Self.write(row, tenant, &writer)
        json = writer.bytes
    }

    static let select: SQL = """
        SELECT e.event_id, e.type, e.resource, e.resource_id, e.sequence, e.created, e.request_id, e.actor,
        coalesce(e.data, (SELECT d.data FROM events d WHERE d.webshop_id = e.webshop_id AND d.event_id = e.data_event_id)) AS data,
        e.position FROM events e
        """

    static func write(_ row: Row, _ tenant: Tenant, _ writer: inout JSONWriter) throws {
        writer.raw(#"{"event_id":"# as StaticString)
        writer.integer(try row["event_id"])
        writer.raw(#","type":"# as StaticString)
        writer.string(try row["type"] as String)
        writer.raw(#","resource":"# as StaticString)
        writer.string(try row["resource"] as String)
        writer.raw(#","resource_id":"# as StaticString)
        writer.integer(try row["resource_id"])
        writer.raw(#","sequence":"# as StaticString)
        writer.integer(try row["sequence"])
        writer.raw(#","created":"# as StaticString)
        writer.timestamp(try row["created"], zone: tenant.zone)
        writer.raw(#","request_id":"# as StaticString)
        writer.string(try row["request_id"] as String)
        writer.raw(#","actor":"# as StaticString)
        writer.raw(try row["actor"] as String? ?? "null")
        writer.raw(#","data":"# as StaticString)
        writer.raw(try row["data"] as String? ?? "null")
        writer.raw("}" as StaticString)
    }

    /// As a server-sent event (WHATWG HTML, 9.2): its place, its type and its JSON on one line.
    func write(to bytes: inout [UInt8]) {
        bytes += "id: \(position)\nevent: \(type)\ndata: ".utf8
        // Between members JSON may have line breaks; within its texts they are escaped.
        bytes += json.lazy.map { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") ? UInt8(ascii: " ") : $0 }
        bytes += "\n\n".utf8
    }
}
