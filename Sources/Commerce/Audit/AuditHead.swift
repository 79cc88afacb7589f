/// Where the chain of a shop ends.
struct AuditHead: Equatable {
    /// How many rows there are in it.
    let place: Int64
    /// Of the last of them.
    let hash: String

    /// Before the first row.
    static let start = AuditHead(place: 0, hash: "")
}

extension AuditHead {
    init(_ link: AuditLink) {
        self.init(place: link.place, hash: link.hash)
    }
}
