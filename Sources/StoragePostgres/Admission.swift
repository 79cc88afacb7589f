import Persistence

/// Which of the waiting transactions begins next. A requester holds a part of the connections only, so that there is always
/// one for another; requesters take turns; and what is to be alone in its shop waits here, where it holds no connection.
struct Admission {
    typealias Job = ConnectionPool.Job

    /// How many connections one requester may hold.
    private let share: Int
    private var lines: [Requester: ShopLine] = [:]
    /// Those who wait; who was served last is at the end.
    private var turns: [Requester] = []

    init(share: Int) {
        self.share = share
    }

    var isWaiting: Bool { !turns.isEmpty }

    /// When the first of those who wait has waited too long.
    var nextDeadline: ContinuousClock.Instant? { turns.compactMap { lines[$0]?.nextDeadline }.min() }

    mutating func enter(_ job: Job) {
        let requester = job.ticket.requester
        if !(lines[requester]?.isWaiting ?? false) { turns.append(requester) }
        lines[requester, default: ShopLine()].enter(job)
    }

    /// Takes out the one that begins; nil where nobody may.
    mutating func next() -> Job? {
        for (place, requester) in turns.enumerated() {
            guard let job = lines[requester]?.next(share: share) else { continue }
            turns.remove(at: place)
            if lines[requester]?.isWaiting ?? false { turns.append(requester) }
            return job
        }
        return nil
    }

    /// Says that one which began has ended.
    mutating func leave(_ ticket: Ticket) {
        lines[ticket.requester]?.leave(ticket.turn)
        if lines[ticket.requester]?.isIdle ?? false { lines[ticket.requester] = nil }
    }

    /// Takes out those that have waited too long.
    mutating func expire(at now: ContinuousClock.Instant) -> [Job] {
        let late = turns.flatMap { lines[$0]?.expire(at: now) ?? [] }
        turns.removeAll { !(lines[$0]?.isWaiting ?? false) }
        lines = lines.filter { !$0.value.isIdle }
        return late
    }
}
