import Resources

/// Who listens to which shop, how far each has come, and what is new there.
struct ListenerBooks {
    typealias Go = CheckedContinuation<Heard?, Never>

    /// One who listens.
    struct Entry {
        let principal: Principal
        let address: String
        let kinds: EventKinds
        /// How far it has heard, or need not hear.
        var place: Int64
        var isOver = false
        /// Set where it waits, until when.
        var waiting: (go: Go, until: ContinuousClock.Instant)?
        /// The shop's version when its token was looked at first.
        var shopVersion: Int64?

        var shop: Int64 { kinds.shop }
    }

    /// A shop that somebody listens to.
    private struct Shop {
        var news: FeedNews
        /// By whom.
        var tenant: Tenant
        var listeners: Set<Int> = []
        /// Whether it may have events that were not read.
        var isStale = true
    }

    private var shops: [Int64: Shop] = [:]
    private(set) var entries: [Int: Entry] = [:]
    private var seats: [Int64: Int] = [:]
    private var nextID = 0
    private(set) var isClosed = false
    private var isReading = false
    private var isTicking = false

    var isEmpty: Bool { entries.isEmpty }
    var listened: [(shop: Int64, end: Int64)] { shops.map { ($0, $1.news.end) } }

    /// Whether somebody has to begin to look who has waited long enough.
    mutating func beginsTicking() -> Bool {
        defer { isTicking = true }
        return !isTicking
    }

    /// Whether whoever looks has to go on.
    mutating func goesOnTicking() -> Bool {
        isTicking = !entries.isEmpty
        return isTicking
    }

    // MARK: Coming and going

    /// Takes a seat.
    /// - Parameter newest: a place of the shop that was its newest a moment ago.
    /// - Throws: 429 where the token has all of its, 503 where all are taken.
    mutating func enter(_ entry: Entry, newest: Int64, perToken: Int, inAll: Int) throws -> Int {
        guard seats[entry.principal.tokenID, default: 0] < perToken else {
            throw Problem.retried(
                .limited, "listeners",
                "This token listens to the feed \(perToken) times already; end one, or use another token.")
        }
        guard entries.count < inAll else {
            throw Problem.retried(
                .unavailable, "listeners", "The server has as many listeners as it can; try again in a moment.")
        }
        nextID += 1
        var entry = entry
        entry.isOver = isClosed
        entries[nextID] = entry
        seats[entry.principal.tokenID, default: 0] += 1
        shops[entry.shop, default: Shop(news: FeedNews(from: newest), tenant: entry.principal.tenant)].listeners
            .insert(nextID)
        shops[entry.shop]?.tenant = entry.principal.tenant
        return nextID
    }

    mutating func leave(_ id: Int) {
        guard let entry = entries.removeValue(forKey: id) else { return }
        let left = seats[entry.principal.tokenID, default: 1] - 1
        seats[entry.principal.tokenID] = left > 0 ? left : nil
        shops[entry.shop]?.listeners.remove(id)
        if shops[entry.shop]?.listeners.isEmpty ?? false { shops[entry.shop] = nil }
    }

    mutating func close() -> [Go] {
        isClosed = true
        return end(Array(entries.keys))
    }

    mutating func end(_ ids: [Int]) -> [Go] {
        for id in ids { entries[id]?.isOver = true }
        return ids.compactMap { wake($0) }
    }

    private mutating func wake(_ id: Int) -> Go? {
        guard let waiting = entries[id]?.waiting else { return nil }
        entries[id]?.waiting = nil
        return waiting.go
    }

    // MARK: Hearing

    /// What one can be told now; nil where it has to wait, which it does then.
    mutating func hear(_ id: Int, atMost limit: Int, until: ContinuousClock.Instant, orWait go: Go) -> Heard? {
        guard let entry = entries[id], !entry.isOver, let shop = shops[entry.shop] else { return .over }
        guard let told = shop.news.told(behind: entry.place, entry.kinds, atMost: limit) else {
            return .behind(entry.place)
        }
        entries[id]?.place = told.through
        guard told.total == 0 else { return .events(told) }
        entries[id]?.waiting = (go, until)
        return nil
    }

    /// One has read for itself.
    mutating func move(_ id: Int, to place: Int64) {
        entries[id]?.place = place
    }

    /// Those who have waited long enough.
    mutating func expire(at now: ContinuousClock.Instant) -> [Go] {
        entries.filter { $1.waiting.map { $0.until <= now } ?? false }.keys.compactMap { wake($0) }
    }

    // MARK: Reading

    /// Notes that a shop may have new events.
    /// - Returns: whether somebody has to begin to read.
    mutating func mark(_ shop: Int64) -> Bool {
        guard shops[shop] != nil else { return false }
        shops[shop]?.isStale = true
        defer { isReading = true }
        return !isReading
    }

    /// Reading has failed; it is for `resumesReading` to begin anew.
    mutating func failed(_ unread: [Int64]) {
        for shop in unread { shops[shop]?.isStale = true }
        isReading = false
    }

    /// Whether somebody has to begin again to read what is left.
    mutating func resumesReading() -> Bool {
        guard !isReading, shops.values.contains(where: { $0.isStale }) else { return false }
        isReading = true
        return true
    }

    /// Some of the shops to be read, and from where; none where nothing is left to read.
    mutating func toRead(atMost count: Int) -> [(shop: Int64, end: Int64, tenant: Tenant)] {
        let stale = shops.filter { $1.isStale }.prefix(count)
        for (shop, _) in stale { shops[shop]?.isStale = false }
        isReading = !stale.isEmpty
        return stale.map { ($0, $1.news.end, $1.tenant) }
    }

    /// Takes over what was read of a shop.
    /// - Parameter isAll: whether there was no more.
    /// - Returns: whom it concerns.
    mutating func take(_ events: [ToldEvent], of shop: Int64, isAll: Bool) -> [Go] {
        guard !events.isEmpty, let listeners = shops[shop]?.listeners else { return [] }
        let count = shops.count
        shops[shop]?.news.append(events, shops: count)
        if !isAll { shops[shop]?.isStale = true }
        return listeners.compactMap { id in
            guard let entry = entries[id] else { return nil }
            if events.contains(where: { $0.position > entry.place && entry.kinds.include($0) }) { return wake(id) }
            if entry.waiting != nil, let last = events.last { entries[id]?.place = max(entry.place, last.position) }
            return nil
        }
    }

    // MARK: Who may stay

    /// The tokens by which somebody listens.
    var hashes: Set<String> { Set(entries.values.map(\.principal.textHash)) }

    /// Ends those whose token is not what it was, or whose shop is not.
    mutating func keep(_ passes: [String: Authenticator.Pass]) -> [Go] {
        let gone = entries.filter { id, entry in
            guard let pass = passes[entry.principal.textHash], pass.allows(entry.address) else { return true }
            entries[id]?.shopVersion = pass.shopVersion
            return entry.shopVersion.map { $0 != pass.shopVersion } ?? false
        }
        return end(Array(gone.keys))
    }
}
