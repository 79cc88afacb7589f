package import Basics
package import Persistence

extension QueueWorker {
    /// What looking for work of a shop and taking it asks the database, for who wants to see its plans.
    package static func statements(
        _ queue: JobQueue, shop: Int64, lane: String, _ dialect: Dialect, at now: Instant
    ) -> [SQL] {
        let share = LaneShare(share: QueueShare(queue: queue, shop: shop, places: 4), lane: lane, places: 3)
        return QueueLook.statements([queue], dialect, at: now) + [
            LaneLook.statement(share.share.place, after: lane), share.statement(token: "test", at: now, dialect),
            renewal([queue.kind], ["test"], until: now, dialect), waiting(queue, at: now),
        ]
    }
}
