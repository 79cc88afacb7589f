/// The places that a shop has been given for its work of one kind.
struct QueueShare {
    let queue: JobQueue
    let shop: Int64
    let places: Int

    var place: QueuePlace { QueuePlace(kind: queue.kind, shop: shop) }
}
