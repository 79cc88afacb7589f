/// How the two engines differ. The list is short on purpose.
package enum Dialect: String, Sendable, CaseIterable {
    case sqlite, postgres

    /// Locks the rows a statement selects. SQLite has one writer, so there is nothing to lock.
    package var forUpdate: SQL { self == .postgres ? " FOR UPDATE" : "" }

    /// Lets nobody change the rows a statement selects until the end of the transaction.
    package var forShare: SQL { self == .postgres ? " FOR SHARE" : "" }

    /// Locks as `forUpdate` does, passing over rows that another transaction holds.
    package var forUpdateOfFree: SQL { self == .postgres ? " FOR UPDATE SKIP LOCKED" : "" }

    /// Whether transactions become visible in the order in which they wrote. True of the single writer only.
    package var commitsInOrder: Bool { self == .sqlite }
}
