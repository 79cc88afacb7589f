/// Somebody who does something about each change of a resource's rows, in the transaction of the change.
package struct Follower<Subject: Resource>: Sendable {
    let stored: (@Sendable ([Draft<Subject>], Transaction) throws -> Void)?
    let removed: (@Sendable (Stored<Subject>, Transaction) throws -> Void)?

    /// - Parameters:
    ///   - stored: hears of all rows that one write stored, after their own events.
    ///   - removed: hears of a row that was deleted, before its parts go and before its event.
    package init(
        stored: (@Sendable ([Draft<Subject>], Transaction) throws -> Void)? = nil,
        removed: (@Sendable (Stored<Subject>, Transaction) throws -> Void)? = nil
    ) {
        self.stored = stored
        self.removed = removed
    }
}
