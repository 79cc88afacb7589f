/// A shop's work of one kind.
struct QueuePlace: Hashable {
    let kind: String
    let shop: Int64
}
