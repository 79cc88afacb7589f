import Basics
import Resources

/// A page of the feed as the list shows it.
struct EventPage {
    let limit: Int64
    let count: Int64
    let total: Int64
    /// Where to go on; where it began, if there was nothing.
    let next: Int64

    func answer(_ found: EventWish.Found, for tenant: Tenant) throws -> Answer {
        Answer(
            body: try json(capacity: found.rows.bytes.count) { writer in
                for (index, row) in found.rows.enumerated() {
                    if index > 0 { writer.byte(UInt8(ascii: ",")) }
                    try ToldEvent.write(row, tenant, &writer)
                }
            })
    }

    func answer(_ events: [ToldEvent]) -> Answer {
        Answer(
            body: json(capacity: events.reduce(0) { $0 + $1.json.count }) { writer in
                for (index, event) in events.enumerated() {
                    if index > 0 { writer.byte(UInt8(ascii: ",")) }
                    writer.raw(event.json)
                }
            })
    }

    private func json(capacity: Int, _ events: (inout JSONWriter) throws -> Void) rethrows -> [UInt8] {
        var writer = JSONWriter(capacity: capacity + 512)
        writer.raw(#"{"paging":{"offset":0,"limit":"# as StaticString)
        writer.integer(limit)
        writer.raw(#","count":"# as StaticString)
        writer.integer(count)
        writer.raw(#","total":"# as StaticString)
        writer.integer(total)
        writer.raw(#","next":""# as StaticString)
        writer.integer(next)
        writer.raw(#""},"events":["# as StaticString)
        try events(&writer)
        writer.raw("]}" as StaticString)
        return writer.bytes
    }
}

extension EventPage {
    init(_ found: EventWish.Found, limit: Int64) throws {
        self.init(limit: limit, count: Int64(found.rows.count), total: found.total, next: try found.next)
    }
}
