/// The newest events of a shop, read once for all who listen to it.
struct FeedNews {
    /// What is kept of one shop, and of all together, for those who are a little behind; who is further behind reads for itself.
    private static let bytesMax = 1_048_576
    private static let bytesInAll = 16 * 1_048_576

    /// All events behind this place are here.
    private(set) var start: Int64
    /// Up to this one.
    private(set) var end: Int64
    private var events: [ToldEvent] = []
    private var bytes = 0

    /// - Parameter place: from where on they are kept.
    init(from place: Int64) {
        (start, end) = (place, place)
    }

    /// - Parameter shops: how many share the memory.
    mutating func append(_ new: [ToldEvent], shops: Int) {
        guard let last = new.last else { return }
        events += new
        end = last.position
        bytes = new.reduce(bytes) { $0 + $1.json.count }
        let most = min(Self.bytesMax, Self.bytesInAll / max(1, shops))
        var gone = 0
        while bytes > most, gone < events.count {
            bytes -= events[gone].json.count
            start = events[gone].position
            gone += 1
        }
        events.removeFirst(gone)
    }

    /// The wanted events behind a place; nil where that is not here.
    /// - Returns: the first of them, how many there are in all, and the place up to which there are no others.
    func told(behind place: Int64, _ kinds: EventKinds, atMost limit: Int) -> Told? {
        guard place >= start else { return nil }
        guard place < end else { return Told(events: [], total: 0, through: place) }
        let first = events.partitioned { $0.position > place }
        let wanted = events[first...].filter { kinds.include($0) }
        let some = Array(wanted.prefix(limit))
        return Told(
            events: some, total: wanted.count,
            through: some.count == wanted.count ? end : some.last?.position ?? place)
    }

    struct Told: Sendable {
        let events: [ToldEvent]
        let total: Int
        let through: Int64
    }
}

extension [ToldEvent] {
    /// The index of the first element for which it is so, in a list where it then is for all behind it.
    fileprivate func partitioned(_ isSo: (ToldEvent) -> Bool) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if isSo(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
