import Basics
import Persistence

/// The transactions of one requester: those that run, and those that wait. Writes beside each other and writes that are
/// alone go in phases: behind each that was alone come all those that waited meanwhile, so that an order waits for one
/// batch and not for twenty, and a batch not for orders without end.
struct ShopLine {
    private var reads = Queue<Admission.Job>()
    private var beside = Queue<Admission.Job>()
    private var alone = Queue<Admission.Job>()
    private var running = 0
    private var writing = 0
    private var isTaken = false
    /// How many of those beside each other go before the next that is alone.
    private var admitted = 0
    private var readLast = false

    var isWaiting: Bool { !(reads.isEmpty && beside.isEmpty && alone.isEmpty) }
    var isIdle: Bool { running == 0 && !isWaiting }

    var nextDeadline: ContinuousClock.Instant? {
        [reads, beside, alone].compactMap { $0.first?.deadline }.min()
    }

    mutating func enter(_ job: Admission.Job) {
        switch job.ticket.turn {
        case .read: reads.append(job)
        case .beside: beside.append(job)
        case .alone:
            if alone.isEmpty, !isTaken { admitted = beside.count }
            alone.append(job)
        }
    }

    mutating func next(share: Int) -> Admission.Job? {
        guard running < share else { return nil }
        let job = readLast ? nextWrite() ?? reads.popFirst() : reads.popFirst() ?? nextWrite()
        guard let job else { return nil }
        running += 1
        readLast = job.ticket.turn == .read
        return job
    }

    private mutating func nextWrite() -> Admission.Job? {
        if isTaken { return nil }
        if alone.isEmpty || admitted > 0, let job = beside.popFirst() {
            admitted = max(0, admitted - 1)
            writing += 1
            return job
        }
        guard writing == 0, let job = alone.popFirst() else { return nil }
        isTaken = true
        return job
    }

    mutating func leave(_ turn: Ticket.Turn) {
        running -= 1
        switch turn {
        case .read: break
        case .beside: writing -= 1
        case .alone:
            isTaken = false
            admitted = alone.isEmpty ? 0 : beside.count
        }
    }

    mutating func expire(at now: ContinuousClock.Instant) -> [Admission.Job] {
        var late: [Admission.Job] = []
        for line in [\Self.reads, \.beside, \.alone] {
            while let job = self[keyPath: line].first, job.deadline <= now {
                late.append(job)
                _ = self[keyPath: line].popFirst()
            }
        }
        admitted = min(admitted, beside.count)
        return late
    }
}
