package import Persistence
import Synchronization

/// Wakes who waits for work of the queue, so that what was put in line on this process is begun at once. What others
/// put in line is found at the next look.
package final class QueueBell: Sendable {
    private struct State {
        var listeners: [Int: AsyncStream<Void>.Continuation] = [:]
        var next = 0
    }

    private let state = Mutex(State())

    package init() {}

    /// An element for each ring, or one for several that nobody has waited for.
    package func listen() -> (rings: AsyncStream<Void>, ring: AsyncStream<Void>.Continuation) {
        let (rings, ring) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        let number = state.withLock { state in
            state.next += 1
            state.listeners[state.next] = ring
            return state.next
        }
        ring.onTermination = { [weak self] _ in
            self?.state.withLock { _ = $0.listeners.removeValue(forKey: number) }
        }
        return (rings, ring)
    }

    package func ring() {
        for listener in state.withLock({ Array($0.listeners.values) }) { listener.yield() }
    }
}

extension Storage {
    package var queueBell: QueueBell { memory.value(QueueBell.init) }

    /// Rings where a transaction that was kept has put something in line.
    func ringBell(for tables: Set<String>) {
        if tables.contains(JobQueue.table) { queueBell.ring() }
    }
}
