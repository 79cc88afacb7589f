/// How much work each client may cause, of whatever shops: a minute at once, and a quarter of a core in the long run.
struct RenderBudgets {
    static let burst = Duration.seconds(60)
    private static let refill = 0.25
    /// Past this many clients those who have had their whole budget back are forgotten.
    private static let clientsMax = 10_000

    private struct Debt {
        var seconds: Double
        var time: ContinuousClock.Instant

        mutating func age(to now: ContinuousClock.Instant) {
            seconds = max(0, seconds - (now - time).inSeconds * RenderBudgets.refill)
            time = now
        }
    }

    private var debts: [String: Debt] = [:]

    /// How many seconds a client has to wait until it may ask for more; nil where it may now.
    mutating func wait(_ asker: RenderAsker, at now: ContinuousClock.Instant) -> Int? {
        guard let client = asker.client, var debt = debts[client] else { return nil }
        debt.age(to: now)
        let excess = debt.seconds - Self.burst.inSeconds
        return excess < 0 ? nil : Int((excess / Self.refill).rounded(.up)) + 1
    }

    mutating func charge(_ asker: RenderAsker, _ work: Duration, at now: ContinuousClock.Instant) {
        guard let client = asker.client else { return }
        if debts.count >= Self.clientsMax { forget(at: now) }
        var debt = debts[client] ?? Debt(seconds: 0, time: now)
        debt.age(to: now)
        debt.seconds += work.inSeconds
        debts[client] = debt
    }

    private mutating func forget(at now: ContinuousClock.Instant) {
        debts = debts.filter { entry in
            var debt = entry.value
            debt.age(to: now)
            return debt.seconds > 0
        }
    }
}

extension RenderAsker {
    /// Whose work is counted; nil where nobody's is.
    fileprivate var client: String? { isMetered ? address : nil }
}

extension Duration {
    fileprivate var inSeconds: Double { self / .seconds(1) }
}
