import Synchronization

/// The part of the memory that one large body holds: a step after the other, as its bytes come. What it only says it will
/// send costs nobody anything.
package final class CountedBody: Sendable {
    private static let stepBytes = 65_536

    private let budget: BodyBudget
    private let id: Int
    private let most: Int
    private let held = Atomic<Int>(0)

    init(_ budget: BodyBudget, id: Int, most: Int) {
        self.budget = budget
        self.id = id
        self.most = most
    }

    /// Waits until so many bytes of the body may be in memory.
    /// - Throws: 503 where that takes too long.
    package func hold(_ bytes: Int) async throws {
        guard bytes > held.load(ordering: .relaxed) else { return }
        let wanted = max(bytes, min(most, bytes + Self.stepBytes - 1))
        try await budget.take(wanted, for: id)
        held.store(wanted, ordering: .relaxed)
    }

    package func giveBack() { budget.giveBack(id) }
}
