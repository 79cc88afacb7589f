import Basics
import Persistence
import Resources
import Synchronization

/// The `Date` header (RFC 9110, 5.6.7), written once a second.
final class HTTPDate: Sendable {
    private static let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    private let last = Mutex((second: Int64.min, text: ""))

    func text(at now: Instant) -> String {
        last.withLock { last in
            if last.second != now.seconds { last = (now.seconds, Self.written(now.seconds)) }
            return last.text
        }
    }

    /// `Sun, 01 Mar 2026 12:00:00 GMT`
    private static func written(_ seconds: Int64) -> String {
        let day = seconds / 86_400
        let date = Timestamp.date(day)
        let time = seconds % 86_400
        let weekday = days[Int(day % 7)]
        let month = months[Int(date.month) - 1]
        return
            "\(weekday), \(two(date.day)) \(month) \(date.year) \(two(time / 3600)):\(two(time / 60 % 60)):\(two(time % 60)) GMT"
    }

    private static func two(_ number: Int64) -> String {
        number < 10 ? "0\(number)" : String(number)
    }
}
