package import Basics
package import Persistence
import Resources
import Synchronization

/// All who listen to feeds in this process. New events are read once for all listeners of a shop: after each commit of this
/// process, and once a second where others write too. Who waits costs an entry here, and no thread, connection or statement.
package final class FeedListeners: Sendable {
    /// How many one token may have (CONTRACT 8, "Feed").
    static let perToken = 64
    /// How often is looked who has waited long enough.
    private static let tick = Duration.milliseconds(250)
    /// With each of these looks at tokens, and at what others wrote.
    private static let ticksPerLook = 4
    /// So many looks in a row may fail.
    private static let failuresMax = 10
    /// Shops read in one go, and events of each.
    private static let shopsMax = 64
    private static let eventsMax: Int64 = 200
    /// So many are woken at a time, and then others have theirs: telling a thousand takes an event loop some milliseconds. A storm
    /// of writes is so told in fewer, longer pieces.
    private static let wokenAtOnce = 16
    private static let pause = Duration.milliseconds(1)

    private let storage: any Storage
    private let authenticator: Authenticator
    private let clock: @Sendable () -> Instant
    /// What waiting is measured by.
    private let monotonic: @Sendable () -> ContinuousClock.Instant
    private let most: Int
    private let books = Mutex(ListenerBooks())

    /// - Parameter most: how many may listen in all.
    package init(
        _ storage: any Storage, _ authenticator: Authenticator, atMost most: Int,
        clock: @escaping @Sendable () -> Instant, monotonic: @escaping @Sendable () -> ContinuousClock.Instant
    ) {
        (self.storage, self.authenticator, self.most) = (storage, authenticator, most)
        (self.clock, self.monotonic) = (clock, monotonic)
        storage.memory.followShops([EventFeed.table]) { [weak self] shop in self?.hear(of: shop) }
    }

    /// How many listen.
    package var count: Int { books.withLock { $0.entries.count } }

    /// Has all who listen end with what they have, and all who come later: the server stops.
    package func close() {
        Self.wake(books.withLock { $0.close() }, with: .over)
    }

    /// Takes a seat for the token that calls; it is free again when the listener is.
    /// - Parameters:
    ///   - place: behind which is listened.
    ///   - newest: a place that was the shop's newest a moment ago.
    func enter(_ call: Call, _ kinds: EventKinds, behind place: Int64, newest: Int64) throws -> Listener {
        let entry = ListenerBooks.Entry(
            principal: try call.token(), address: call.address, kinds: kinds, place: place)
        let (id, isFirst) = try books.withLock { books in
            (try books.enter(entry, newest: newest, perToken: Self.perToken, inAll: most), books.beginsTicking())
        }
        if isFirst { Task { await tick() } }
        // What came since that moment was told to nobody.
        hear(of: kinds.shop)
        return Listener(self, id)
    }

    // MARK: For one listener

    func leave(_ id: Int) { books.withLock { $0.leave(id) } }

    func end(_ id: Int) { Self.wake(books.withLock { $0.end([id]) }, with: .over) }

    func move(_ id: Int, to place: Int64) { books.withLock { $0.move(id, to: place) } }

    func next(_ id: Int, atMost limit: Int, within seconds: Int64) async -> Heard {
        let until = monotonic() + .seconds(seconds)
        while true {
            let heard = await withTaskCancellationHandler {
                await withCheckedContinuation { go in
                    let now = books.withLock { $0.hear(id, atMost: limit, until: until, orWait: go) }
                    if let now { go.resume(returning: now) }
                }
            } onCancel: {
                end(id)
            }
            if let heard { return heard }
        }
    }

    private static func wake(_ waiting: [ListenerBooks.Go], with heard: Heard?) {
        for go in waiting { go.resume(returning: heard) }
    }

    private static func wakeInTurn(_ waiting: [ListenerBooks.Go], with heard: Heard?) async throws {
        for (index, go) in waiting.enumerated() {
            go.resume(returning: heard)
            // Nobody cancels the tasks that do so.
            if index % wokenAtOnce == wokenAtOnce - 1 { try await Task.sleep(for: pause) }
        }
    }

    // MARK: What is new

    private func hear(of shop: Int64) {
        if books.withLock({ $0.mark(shop) }) { Task { await read() } }
    }

    /// Reads until nothing is left to read. One does so at a time.
    private func read() async {
        while case let shops = books.withLock({ $0.toRead(atMost: Self.shopsMax) }), !shops.isEmpty {
            do {
                try await EventFeed.place(in: storage)
                let answers = try await storage.fetch(shops.map { Self.news(of: $0.shop, behind: $0.end) })
                let woken = try zip(shops, answers).flatMap { shop, rows in
                    let events = try rows.map { try ToldEvent($0, for: shop.tenant) }
                    return books.withLock { $0.take(events, of: shop.shop, isAll: rows.count < Self.eventsMax) }
                }
                try await Self.wakeInTurn(woken, with: nil)
            } catch {
                // Tried again with the next look, and given up there when those fail too.
                return books.withLock { $0.failed(shops.map(\.shop)) }
            }
        }
    }

    private static func news(of shop: Int64, behind place: Int64) -> SQL {
        """
        \(ToldEvent.select) WHERE e.webshop_id = \(shop) AND e.position > \(place) AND e.position IS NOT NULL
        ORDER BY e.position LIMIT \(raw: String(eventsMax))
        """
    }

    /// The database cannot be read for long: whoever listens comes back and is told why.
    private func giveUp() {
        Self.wake(books.withLock { $0.end(Array($0.entries.keys)) }, with: .over)
    }

    // MARK: As long as somebody listens

    private func tick() async {
        var (ticks, failures) = (0, 0)
        while books.withLock({ $0.goesOnTicking() }) {
            do {
                try await Task.sleep(for: Self.tick)
                let now = monotonic()
                try await Self.wakeInTurn(books.withLock { $0.expire(at: now) }, with: .silence)
                ticks &+= 1
                guard ticks % Self.ticksPerLook == 0 else { continue }
                if books.withLock({ $0.resumesReading() }) { Task { await read() } }
                try await look()
                failures = 0
            } catch {
                failures += 1
                if failures >= Self.failuresMax { giveUp() }
            }
        }
    }

    /// Looks whose tokens are still good, and what other processes wrote.
    private func look() async throws {
        let passes = try await authenticator.passes(books.withLock { $0.hashes }, at: clock())
        Self.wake(books.withLock { $0.keep(passes) }, with: .over)
        guard !storage.dialect.commitsInOrder else { return }
        let listened = books.withLock { $0.listened }
        guard !listened.isEmpty else { return }
        try await EventFeed.place(in: storage)
        let answers = try await storage.fetch(
            SQL.each(listened.map(\.shop)) { shops in
                """
                SELECT w.webshop_id, (\(EventFeed.newest(of: "w.webshop_id" as SQL))) AS newest FROM webshops w
                WHERE w.webshop_id IN (\(shops))
                """
            })
        let ends = Dictionary(listened.map { ($0.shop, $0.end) }, uniquingKeysWith: max)
        for row in answers.joined() {
            let shop: Int64 = try row["webshop_id"]
            if try row["newest"] ?? 0 > ends[shop] ?? .max { hear(of: shop) }
        }
    }
}
