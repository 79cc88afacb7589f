import Basics
import Persistence
import Synchronization

/// Idempotency keys whose first request is still running in this process.
final class InFlightKeys: Sendable {
    private let keys = Mutex<Set<ExactText>>([])

    /// Whether the key was free; if so it is taken.
    func enter(_ key: String) -> Bool {
        keys.withLock { $0.insert(ExactText(key)).inserted }
    }

    func leave(_ key: String) {
        _ = keys.withLock { $0.remove(ExactText(key)) }
    }
}
