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

        /// What happened to the row itself; nil where this is a topic beside that.
        var change: Change? {
            let rest = type.utf8.dropFirst(resource.utf8.count)
            guard type.hasPrefix(resource), rest.first == UInt8(ascii: ".") else { return nil }
            return Change(rawValue: String(Substring(rest.dropFirst())))
        }

        var row: RowName { RowName(resource: resource, id: resourceID) }
    }

    private struct RowName: Hashable {
        let resource: String
        let id: Int64
    }

    private static let insertion = Insertion(
        """
        INSERT INTO events (webshop_id, event_id, position, type, resource, resource_id, sequence, data, data_event_id,
        request_id, created, actor, proof_count, proof_sum) VALUES
        """, width: 14)

    private var pending: [Pending] = []
    /// How often rows got a new version of which the next event about them tells.
    private var untold: [RowName: Int64] = [:]

    var isEmpty: Bool { pending.isEmpty }

    /// Notes new versions of rows whose event comes later, one for several of them.
    mutating func moved(_ resource: String, _ ids: [Int64]) {
        for id in ids { untold[RowName(resource: resource, id: id), default: 0] += 1 }
    }

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
        let proofs = proofs
        (pending, untold) = ([], [:])
        // Drawn now, with every changed row locked: the events of one object are numbered in the order of its changes.
        let ids = try db.orderedIDs("events_seq", events.count)
        // Where commits come in order the id is the place in the feed; elsewhere it is given after the commit.
        let isPlaced = db.dialect.commitsInOrder
        let rows = events.indices.map { index -> [SQLValue] in
            let event = events[index]
            let proof = isPlaced ? nil : proofs[index]
            return [
                .integer(shop), .integer(ids[index]), isPlaced ? .integer(ids[index]) : .null, .text(event.type),
                .text(event.resource), .integer(event.resourceID), .integer(event.sequence),
                event.data.map { .text(String(decoding: $0, as: UTF8.self)) } ?? .null,
                event.sameAs.map { .integer(ids[$0]) } ?? .null, .text(requestID), now.sqlValue, actor.sqlValue,
                (proof?.count).sqlValue, (proof.map { Int64(bitPattern: $0.sum) }).sqlValue,
            ]
        }
        try db.post(Self.insertion.statements(rows) + (isPlaced ? added(events, proofs, shop) : []))
    }

    /// What each event changes of the proof of its resource: a row leaves as it was told last, and enters as it is told now.
    private var proofs: [ProofChange?] {
        var told: [RowName: Int64?] = [:]
        return pending.map { event in
            guard let change = event.change else { return nil }
            var proof = ProofChange()
            let was = told[event.row] ?? (change == .created ? nil : event.sequence - max(1, untold[event.row] ?? 1))
            if let was { proof.leave(event.resourceID, was) }
            if change != .deleted { proof.enter(event.resourceID, event.sequence) }
            told[event.row] = .some(change == .deleted ? nil : event.sequence)
            return proof
        }
    }

    private func added(_ events: [Pending], _ proofs: [ProofChange?], _ shop: Int64) -> [SQL] {
        var changes: [(resource: String, change: ProofChange)] = []
        for (event, proof) in zip(events, proofs) {
            guard let proof else { continue }
            if let place = changes.firstIndex(where: { $0.resource == event.resource }) {
                changes[place].change = changes[place].change + proof
            } else {
                changes.append((event.resource, proof))
            }
        }
        return FeedProofs.add(changes.filter { !$0.change.isNothing }.sorted { $0.resource < $1.resource }, of: shop)
    }
}
