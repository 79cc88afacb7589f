import Foundation

/// How long something took, and how much of it that is a second.
enum Timing {
    static func text(_ what: String, _ count: Int, _ time: Duration) -> String {
        let seconds = Double(time.components.seconds) + Double(time.components.attoseconds) / 1e18
        let rate = seconds > 0 ? Int(Double(count) / seconds) : 0
        return "\(what): \(count) in \(Int(seconds * 1000)) ms, \(rate)/s"
    }
}
