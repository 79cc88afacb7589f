import Persistence

/// A value on its way into the database, and what it replaces.
package struct Draft<R: Resource>: Sendable {
    package var new: R
    package let parts: Int64
    /// Nil for a new row.
    package let old: R?
    let stored: Stored<R>?
    /// Whether rows that are part of the answer were changed, which is a change of the row itself.
    let hasNewParts: Bool
    /// What the audit calls the change, where that is not the usual.
    let action: String?

    /// The version the row had; nil for a new one.
    package var oldVersion: Int64? { stored?.version }

    /// A new row.
    package init(_ new: R, parts: Int64 = 0) {
        self.new = new
        self.parts = parts
        (old, stored, hasNewParts, action) = (nil, nil, false, nil)
    }

    /// A row that was taken and changed. Throws where it was only found: somebody else may have changed it since.
    package init(_ stored: Stored<R>, hasNewParts: Bool = false, action: String? = nil) throws {
        guard stored.isTaken else {
            throw StorageError.statement("\(R.info.table): an update needs a row that was taken")
        }
        new = stored.value
        parts = stored.parts
        old = try R.schema.value(stored.record)
        self.stored = stored
        self.hasNewParts = hasNewParts
        self.action = action
    }
}
