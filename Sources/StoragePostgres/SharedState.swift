import Synchronization

/// What all connections of one storage share.
final class SharedState: Sendable {
    let sequences = SequenceBlocks()
    /// Statements sent by callers, for tests that hold an endpoint to its number of statements.
    let statements = Atomic<Int>(0)
    /// Transactions that had to run again because another was in their way.
    let losses = Atomic<Int>(0)

    func count(_ statements: Int) {
        self.statements.wrappingAdd(statements, ordering: .relaxed)
    }
}
