import Basics
import Persistence
import Synchronization

/// The earliest stamp of each shop in the group of transactions that the writer is at, while readers cannot see it.
final class OpenStamps: Sendable {
    private let earliest = Mutex<[Int64: Instant]>([:])

    func open(from floor: Instant, shop: Int64) {
        earliest.withLock { $0[shop] = min($0[shop] ?? floor, floor) }
    }

    /// The group has become visible, or is undone.
    func close() {
        earliest.withLock { $0.removeAll(keepingCapacity: true) }
    }

    /// The earliest open stamp of a shop, if it lies before a moment; else that moment.
    func horizon(ofShop shop: Int64, at now: Instant) -> Instant {
        earliest.withLock { min($0[shop] ?? now, now) }
    }
}
