import Foundation
import Synchronization

/// A time zone as a table of its changes, so that a timestamp is shown with one binary search and no calendar.
package struct Zone: Sendable, Equatable {
    package let identifier: String
    /// When each offset begins, in UTC seconds, ascending; `offsets` has one entry more, for the time before the first.
    private let changes: [Int64]
    private let offsets: [Int64]

    package static let utc = Zone(identifier: "UTC", changes: [], offsets: [0])

    private static let known = Mutex<[String: Zone]>([:])

    /// The zone of an IANA name such as `Europe/Copenhagen`, or nil where there is none.
    package static func named(_ identifier: String) -> Zone? {
        if let zone = known.withLock({ $0[identifier] }) { return zone }
        guard let zone = Zone(identifier) else { return nil }
        known.withLock { $0[identifier] = zone }
        return zone
    }

    private init(identifier: String, changes: [Int64], offsets: [Int64]) {
        self.identifier = identifier
        self.changes = changes
        self.offsets = offsets
    }

    private init?(_ identifier: String) {
        guard let zone = TimeZone(identifier: identifier) else { return nil }
        var changes: [Int64] = []
        var date = Date(timeIntervalSince1970: 0)
        var offsets = [Int64(zone.secondsFromGMT(for: date))]
        // 2100 is beyond every order of today's shops; the last offset then holds.
        let end = Date(timeIntervalSince1970: 4_102_444_800)
        while let next = zone.nextDaylightSavingTimeTransition(after: date), next < end, next > date {
            changes.append(Int64(next.timeIntervalSince1970))
            offsets.append(Int64(zone.secondsFromGMT(for: next.addingTimeInterval(1))))
            date = next
        }
        self.init(identifier: identifier, changes: changes, offsets: offsets)
    }

    /// Seconds to add to UTC at a moment.
    package func offset(at utcSeconds: Int64) -> Int64 {
        var low = 0
        var high = changes.count
        while low < high {
            let middle = (low + high) / 2
            if changes[middle] <= utcSeconds { low = middle + 1 } else { high = middle }
        }
        return offsets[low]
    }

    /// The moment of a local wall-clock time. In the hour that happens twice the first one is meant.
    package func utc(fromLocal seconds: Int64) -> Int64 {
        let guess = seconds - offset(at: seconds)
        let earlier = seconds - offset(at: guess - 3600)
        if earlier + offset(at: earlier) == seconds { return earlier }
        return seconds - offset(at: guess)
    }
}
