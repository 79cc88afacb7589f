/// A point in time, in whole milliseconds since 1970, which both engines can store and compare alike.
package struct Instant: Sendable, Hashable, Comparable {
    package var milliseconds: Int64

    package init(milliseconds: Int64) {
        self.milliseconds = milliseconds
    }

    package init(seconds: Int64) {
        milliseconds = seconds &* 1000
    }

    package static func < (left: Instant, right: Instant) -> Bool {
        left.milliseconds < right.milliseconds
    }

    package func adding(seconds: Int64) -> Instant {
        Instant(milliseconds: milliseconds &+ seconds &* 1000)
    }

    package var seconds: Int64 { milliseconds / 1000 }
}
