import Basics
package import Resources

/// When an event that a webhook was not told of is tried again (CONTRACT 6 and 8, "Order per entity").
package enum WebhookRetries {
    /// Seconds behind the first try, behind the second, and so on.
    static let delays: [Int64] = [5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400]
    /// Tries for which a failing event holds back later changes of its object.
    static let holding: Int64 = 5
    /// Tries of what the host says is wrong with the event itself.
    private static let refusedMax: Int64 = 4
    /// The most that a host may ask us to wait.
    private static let waitMax: Int64 = 86_400

    /// Seconds to wait after a try that failed; nil where it was the last.
    /// - Parameters:
    ///   - attempt: the how-manieth it was.
    ///   - status: what the host answered; nil where it did not.
    ///   - asked: what the host asked for by `Retry-After`.
    ///   - event: its number, by which waits differ a little: what failed together does not come back together.
    static func delay(after attempt: Int64, status: Int?, asked: Int64?, event: Int64) -> Int64? {
        if isRefused(status), attempt >= refusedMax { return nil }
        guard attempt >= 1, attempt <= delays.count else { return nil }
        let delay = delays[Int(attempt) - 1]
        let jittered = delay + delay * (event % 41 - 20) / 100
        return max(jittered, min(asked ?? 0, waitMax))
    }

    /// 4xx, but for those that say "not now".
    private static func isRefused(_ status: Int?) -> Bool {
        guard let status, (400..<500).contains(status) else { return false }
        return ![408, 409, 425, 429].contains(status)
    }
}

extension Webhook {
    /// A piece of work for each webhook that is to be told of something. One that is slow holds a place of its own and nobody else up.
    package static let queue = JobQueue(
        "deliver webhooks", TurnLimits(inAll: 32, perShop: 8, perLane: 8),
        retries: RetrySchedule(5, 30, 60, isEndless: true))
}
