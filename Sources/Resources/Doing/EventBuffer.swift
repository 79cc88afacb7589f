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

    /// SQLite binds at most 250,000 values and Postgres 65,535; this stays far below both.
    private static let rowsPerStatement = 200

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

    mutating func flush(into db: any Connection, shop: Int64, now: Instant, requestID: String) throws {
        guard !pending.isEmpty else { return }
        // Drawn now, with every changed row locked: the events of one object are numbered in the order of its changes.
        let ids = try db.orderedIDs("events_seq", pending.count)
        var tuples: [SQL] = []
        for (id, event) in zip(ids, pending) {
            // Where commits come in order the id is the place in the feed; elsewhere it is given after the commit.
            let position: Int64? = db.dialect.commitsInOrder ? id : nil
            let data = event.data.map { String(decoding: $0, as: UTF8.self) }
            let source = event.sameAs.map { ids[$0] }
            tuples.append(
                """
                (\(shop), \(id), \(position), \(event.type), \(event.resource), \(event.resourceID), \(event.sequence),
                \(data), \(source), \(requestID), \(now))
                """)
        }
        pending = []
        for start in stride(from: 0, to: tuples.count, by: Self.rowsPerStatement) {
            let part = Array(tuples[start..<min(start + Self.rowsPerStatement, tuples.count)])
            try db.run(
                """
                INSERT INTO events (webshop_id, event_id, position, type, resource, resource_id, sequence, data,
                data_event_id, request_id, created) VALUES \(SQL.joined(part, by: ", "))
                """)
        }
    }
}
