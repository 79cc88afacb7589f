import Basics
import Foundation

/// The clock of the real world.
enum SystemClock {
    @Sendable static func now() -> Instant {
        Instant(milliseconds: Int64(Date().timeIntervalSince1970 * 1000))
    }
}
