/// When work that failed is tried again, and when it is given up.
package struct RetrySchedule: Sendable, Equatable {
    /// Seconds to wait after the first failure, after the second, and so on.
    package let delays: [Int64]
    /// Whether the last delay is waited again and again, and nothing is ever given up.
    package let isEndless: Bool

    package init(_ delays: Int64..., isEndless: Bool = false) {
        self.delays = delays
        self.isEndless = isEndless
    }

    /// Every minute, for ever: what must happen in the end, whatever stands in its way.
    package static let untilItWorks = RetrySchedule(60, isEndless: true)

    /// Whether work that was begun so often should have been given up already: who was at its last try died at it, and
    /// nobody said how it ended.
    package func isOver(at attempts: Int64) -> Bool { attempts > 1 && delay(after: attempts - 1) == nil }

    /// Seconds to wait after so many tries; nil where it is given up.
    package func delay(after attempts: Int64) -> Int64? {
        guard attempts > 0 else { return delays.first }
        if attempts <= delays.count { return delays[Int(attempts) - 1] }
        return isEndless ? delays.last : nil
    }
}
