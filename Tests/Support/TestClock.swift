package import Basics
import Persistence
import Synchronization

/// A clock that stands still until a test moves it.
package final class TestClock: Sendable {
    private let time: Mutex<Instant>

    /// 2026-03-01 12:00:00 UTC
    package init(_ start: Instant = Instant(seconds: 1_772_366_400)) {
        time = Mutex(start)
    }

    package var now: Instant { time.withLock { $0 } }

    package func advance(seconds: Int64) {
        advance(milliseconds: seconds * 1000)
    }

    package func advance(milliseconds: Int64) {
        time.withLock { $0 = Instant(milliseconds: $0.milliseconds + milliseconds) }
    }
}
