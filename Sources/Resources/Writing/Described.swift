package import Basics
package import Persistence

/// A row as a body describes it: its columns are in `new`, what is said beside them is still in the body.
package struct Described<R: Resource>: Sendable, Parted {
    package var new: R
    package var parts: Int64
    package let id: Int64
    package let body: JSONObject
    /// Whether rows that are part of the answer were changed.
    package var hasNewParts = false
    private let stored: Stored<R>?

    /// - Parameters:
    ///   - record: the columns, with what the body says of them.
    ///   - stored: the row it changes, which was taken; nil for a new one.
    package init(_ record: [SQLValue], over stored: Stored<R>?, by body: JSONObject) throws {
        new = try R.schema.value(record)
        parts = try R.schema.parts(of: record)
        id = try Int64(column: record.first ?? .null)
        self.body = body
        self.stored = stored
    }

    /// Nil for a new row.
    package var old: R? { stored?.value }
    /// Which kinds of rows it had; none for a new one.
    package var oldParts: Int64 { stored?.parts ?? 0 }

    /// What is stored of it.
    package func draft() throws -> Draft<R> {
        guard var stored else { return Draft(new, parts: parts) }
        stored.value = new
        stored.parts = parts
        return try Draft(stored, hasNewParts: hasNewParts)
    }
}
