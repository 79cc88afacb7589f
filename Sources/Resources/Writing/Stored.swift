package import Basics
package import Persistence

/// A value as it stands in the database, with the version that guards it against a lost update.
@dynamicMemberLookup
package struct Stored<R: Resource>: Sendable {
    package var value: R
    package let id: Int64
    package let version: Int64
    /// The columns as they were read, to see what a change changes.
    package let record: [SQLValue]
    let isTaken: Bool

    package subscript<Value>(dynamicMember path: WritableKeyPath<R, Value>) -> Value {
        get { value[keyPath: path] }
        set { value[keyPath: path] = newValue }
    }
}

/// What a write left behind: the value and the JSON a single GET would now show.
package struct Written<R: Resource>: Sendable {
    package let value: R
    package let id: Int64
    package let version: Int64
    package let json: [UInt8]

    package var answer: Answer { Answer(body: json, version: version) }
}

/// A value on its way into the database, and what it replaces.
package struct Draft<R: Resource>: Sendable {
    package var new: R
    /// Nil for a new row.
    package let old: R?
    let stored: Stored<R>?
    /// Whether rows that are part of the answer were changed, which is a change of the row itself.
    let hasNewParts: Bool

    /// The version the row had; nil for a new one.
    package var oldVersion: Int64? { stored?.version }

    /// A new row.
    package init(_ new: R) {
        self.new = new
        (old, stored, hasNewParts) = (nil, nil, false)
    }

    /// A row that was taken and changed. Throws where it was only found: somebody else may have changed it since.
    package init(_ stored: Stored<R>, hasNewParts: Bool = false) throws {
        guard stored.isTaken else {
            throw StorageError.statement("\(R.info.table): an update needs a row that was taken")
        }
        new = stored.value
        old = try R.schema.value(stored.record)
        self.stored = stored
        self.hasNewParts = hasNewParts
    }
}

/// A row as a body describes it: its columns are in `new`, what is said beside them is still in the body.
package struct Described<R: Resource>: Sendable {
    package var new: R
    /// Nil for a new row.
    package let old: R?
    package let body: JSONObject
    /// Whether rows that are part of the answer were changed.
    package var hasNewParts = false
    private let stored: Stored<R>?

    /// - Parameter stored: the row it changes, which was taken; nil for a new one.
    package init(_ new: R, over stored: Stored<R>?, by body: JSONObject) {
        self.new = new
        self.body = body
        self.stored = stored
        old = stored?.value
    }

    /// What is stored of it.
    package func draft() throws -> Draft<R> {
        guard var stored else { return Draft(new) }
        stored.value = new
        return try Draft(stored, hasNewParts: hasNewParts)
    }
}
