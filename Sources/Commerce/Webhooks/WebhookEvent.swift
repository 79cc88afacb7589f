import Basics
package import Persistence
import Resources

/// Something that happened, as webhooks are told of it.
package struct WebhookEvent: Sendable {
    package let id: Int64
    package let position: Int64
    package let type: String
    package let resource: String
    package let resourceID: Int64
    let sequence: Int64
    let created: Instant
    /// JSON; nil where the object is gone.
    let data: String?

    /// The columns of `events e` that it is made of. One that was just recorded may have no place yet.
    package static let selection: SQL = """
        SELECT e.event_id, e.type, e.resource, e.resource_id, e.sequence, e.created,
        coalesce(e.position, 0) AS position,
        coalesce(e.data, (SELECT d.data FROM events d WHERE d.webshop_id = e.webshop_id AND d.event_id = e.data_event_id)) AS data
        """

    package init(_ row: Row) throws {
        (id, position, type) = (try row["event_id"], try row["position"], try row["type"])
        (resource, resourceID) = (try row["resource"], try row["resource_id"])
        (sequence, created, data) = (try row["sequence"], try row["created"], try row["data"])
    }

    /// What its changes have an order within: one object.
    package struct Object: Sendable, Hashable {
        package let resource: String
        package let id: Int64

        package init(resource: String, id: Int64) {
            (self.resource, self.id) = (resource, id)
        }
    }

    package var object: Object { Object(resource: resource, id: resourceID) }

    /// What is sent.
    package func body(_ format: Webhook.Format, shop: Int64, publicURL: String) -> [UInt8] {
        var writer = JSONWriter(capacity: 512 + (data?.utf8.count ?? 0))
        switch format {
        case .full, .thin: writeOwn(format, shop, publicURL, &writer)
        case .cloudevents: writeCloudEvent(shop, publicURL, &writer)
        }
        return writer.bytes
    }

    private func writeOwn(_ format: Webhook.Format, _ shop: Int64, _ publicURL: String, _ writer: inout JSONWriter) {
        writer.raw(#"{"id":"# as StaticString)
        writer.integer(id)
        writer.raw(#","type":"# as StaticString)
        writer.string(type)
        writer.raw(#","timestamp":"# as StaticString)
        writer.string(Timestamp.utc(created))
        writer.raw(#","webshop_id":"# as StaticString)
        writer.integer(shop)
        writer.raw(#","sequence":"# as StaticString)
        writer.integer(sequence)
        writer.raw(#","data":"# as StaticString)
        if format == .full { writer.raw(data ?? "null") } else { writeName(publicURL, &writer) }
        writer.raw("}" as StaticString)
    }

    /// Which object it is about, and where that is read.
    private func writeName(_ publicURL: String, _ writer: inout JSONWriter) {
        writer.raw(#"{"resource":"# as StaticString)
        writer.string(resource)
        writer.raw(#","resource_id":"# as StaticString)
        writer.integer(resourceID)
        writer.raw(#","url":"# as StaticString)
        writer.string("\(publicURL)/REST/\(resource)/\(resourceID)")
        writer.raw("}" as StaticString)
    }

    /// CloudEvents 1.0, structured mode, with the extension `sequence`.
    private func writeCloudEvent(_ shop: Int64, _ publicURL: String, _ writer: inout JSONWriter) {
        writer.raw(#"{"specversion":"1.0","id":""# as StaticString)
        writer.integer(id)
        writer.raw(#"","source":"# as StaticString)
        writer.string("\(publicURL)/REST?webshop_id=\(shop)")
        writer.raw(#","type":"# as StaticString)
        writer.string(type)
        writer.raw(#","subject":"# as StaticString)
        writer.string("\(resource)/\(resourceID)")
        writer.raw(#","time":"# as StaticString)
        writer.string(Timestamp.utc(created))
        writer.raw(#","datacontenttype":"application/json","webshopid":""# as StaticString)
        writer.integer(shop)
        writer.raw(#"","sequence":""# as StaticString)
        writer.integer(sequence)
        writer.raw(#"","data":"# as StaticString)
        writer.raw(data ?? "null")
        writer.raw("}" as StaticString)
    }
}

extension Webhook.Format {
    /// What bodies of it say they are.
    package var contentType: String { self == .cloudevents ? "application/cloudevents+json" : "application/json" }
}
