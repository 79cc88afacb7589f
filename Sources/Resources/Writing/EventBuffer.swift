import Basics
import Persistence

/// The events of one transaction, kept until just before its commit and then written in one statement.
struct EventBuffer {
    private struct Pending {
        let type: String
        let resource: String
        let resourceID: Int64
        let sequence: Int64
        let data: [UInt8]?
        /// The event of this transaction that already carries the same data.
        let sameAs: Int?
    }

    private static let insertion = Insertion(
        """
        INSERT INTO events (webshop_id, event_id, position, type, resource, resource_id, sequence, data, data_event_id,
        request_id, created, actor) VALUES
        """, width: 12)

    private var pending: [Pending] = []

    mutating func append(_ type: String, _ resource: String, _ id: Int64, _ sequence: Int64, _ data: [UInt8]?) {
        var same: Int?
        if let data, let last = pending.last {
            let source = last.sameAs ?? pending.count - 1
            if pending[source].data == data { same = source }
        }
        pending.append(
            Pending(
                type: type, resource: resource, resourceID: id, sequence: sequence, data: same == nil ? data : nil,
                sameAs: same))
    }

    mutating func flush(
        into db: any Connection, shop: Int64, now: Instant, requestID: String, actor: String?
    ) throws {
        guard !pending.isEmpty else { return }
        let events = pending
        pending = []
        // Drawn now, with every changed row locked: the events of one object are numbered in the order of its changes.
        let ids = try db.orderedIDs("events_seq", events.count)
        let rows = events.indices.map { index -> [SQLValue] in
            let event = events[index]
            // Where commits come in order the id is the place in the feed; elsewhere it is given after the commit.
            let position: Int64? = db.dialect.commitsInOrder ? ids[index] : nil
            return [
                .integer(shop), .integer(ids[index]), position.sqlValue, .text(event.type), .text(event.resource),
                .integer(event.resourceID), .integer(event.sequence),
                event.data.map { .text(String(decoding: $0, as: UTF8.self)) } ?? .null,
                event.sameAs.map { .integer(ids[$0]) } ?? .null, .text(requestID), now.sqlValue, actor.sqlValue,
            ]
        }
        try db.post(Self.insertion.statements(rows))
    }
}
