import Synchronization

/// Remembers how many rows a filter matches, until a row of that table and shop changes. Counting a thousand rows costs
/// more than reading the twenty that are shown, and most lists are asked for more often than they change.
package final class RowCounts: Sendable {
    /// A `SELECT count(*)` of one shop's table.
    package struct Key: Hashable, Sendable {
        fileprivate let place: Place
        fileprivate let text: String
        fileprivate let values: [SQLValue]

        package init(shop: Int64, table: String, _ statement: SQL) {
            place = Place(shop: shop, table: table)
            text = statement.text
            values = statement.values
        }
    }

    fileprivate struct Place: Hashable, Sendable {
        let shop: Int64
        let table: String
    }

    /// The moment at which a count is begun: what it comes to is believed from then on.
    package struct Moment: Sendable {
        fileprivate let generation: Int
        fileprivate let time: ContinuousClock.Instant
    }

    private struct Entry {
        let count: Int64
        let begun: Moment
    }

    private struct State {
        var generations: [Place: Int] = [:]
        var entries: [Key: Entry] = [:]
    }

    private static let entriesMax = 10_000

    private let keptFor: Duration?
    private let state = Mutex(State())

    /// - Parameter keptFor: how long a count may be believed although another process can write; nil where none can.
    package init(keptFor: Duration?) {
        self.keptFor = keptFor
    }

    /// The count of a statement, or nil where it must be counted; and the moment to remember a new count under.
    package func known(_ key: Key) -> (count: Int64?, now: Moment) {
        let time = ContinuousClock.now
        return state.withLock { state in
            let now = Moment(generation: state.generations[key.place] ?? 0, time: time)
            guard let entry = state.entries[key], entry.begun.generation == now.generation else { return (nil, now) }
            if let keptFor, time - entry.begun.time > keptFor { return (nil, now) }
            return (entry.count, now)
        }
    }

    /// Grows with every change of a shop's table, so that what was read under one number holds as long as it stands; nil
    /// where another process can write unseen.
    package func generation(shop: Int64, table: String) -> Int? {
        guard keptFor == nil else { return nil }
        return state.withLock { $0.generations[Place(shop: shop, table: table)] ?? 0 }
    }

    /// Remembers a count that was read after a moment. If rows changed meanwhile it is never used.
    package func remember(_ count: Int64, for key: Key, since begun: Moment) {
        state.withLock { state in
            if state.entries.count >= Self.entriesMax { state.entries.removeAll() }
            state.entries[key] = Entry(count: count, begun: begun)
        }
    }

    /// Forgets the counts of tables whose rows of a shop change. Called before the commit, so that nobody is shown the new rows
    /// with a count from before, and after it, before the answer, because somebody may have counted in between.
    package func changed(_ tables: Set<String>, shop: Int64) {
        guard !tables.isEmpty else { return }
        state.withLock { state in
            for table in tables { state.generations[Place(shop: shop, table: table), default: 0] += 1 }
        }
    }
}
