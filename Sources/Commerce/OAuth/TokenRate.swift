import Basics
import Synchronization

/// How often a client asks for tokens from one address: thirty times a minute, at once or spread.
final class TokenRate: Sendable {
    private struct Key: Hashable {
        let client: String
        let address: String
    }

    private static let most = 30.0
    private static let perSecond = most / 60
    /// More than have asked within a minute, but for somebody who makes names up.
    private static let keptMax = 10_000

    private let isOn: Bool
    private let left = Mutex<[Key: (count: Double, at: Instant)]>([:])

    init(isOn: Bool) {
        self.isOn = isOn
    }

    /// Counts a request.
    /// - Returns: the seconds after which one is taken again; nil for one that is taken now.
    func wait(_ client: String, from address: String, at now: Instant) -> Int64? {
        guard isOn else { return nil }
        // However long a name is that somebody makes up, it takes no more room.
        let key = Key(client: Fingerprint.sha256(Array(client.utf8)), address: address)
        return left.withLock { left in
            if left.count >= Self.keptMax, left[key] == nil { left.removeAll() }
            let count = Self.refilled(left[key] ?? (Self.most, now), at: now)
            left[key] = (count >= 1 ? count - 1 : count, now)
            return count >= 1 ? nil : Int64(((1 - count) / Self.perSecond).rounded(.up))
        }
    }

    /// A clock that went back gives nothing and takes nothing.
    private static func refilled(_ last: (count: Double, at: Instant), at now: Instant) -> Double {
        let passed = max(0, Double(now.milliseconds) - Double(last.at.milliseconds)) / 1000
        return min(most, last.count + passed * perSecond)
    }
}
