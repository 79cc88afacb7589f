package import Basics
package import Persistence

/// A value as it stands in the database, with the version that guards it against a lost update.
@dynamicMemberLookup
package struct Stored<R: Resource>: Sendable, Parted {
    package var value: R
    package let id: Int64
    package let version: Int64
    /// The columns as they were read, to see what a change changes.
    package let record: [SQLValue]
    let isTaken: Bool
    package var parts: Int64

    /// - Parameter record: the columns of its fields.
    init(id: Int64, version: Int64, record: [SQLValue], isTaken: Bool) throws {
        value = try R.schema.value(record)
        parts = try R.schema.parts(of: record)
        self.id = id
        self.version = version
        self.record = record
        self.isTaken = isTaken
    }

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
    package let parts: Int64
    /// Nil for a new row.
    package let old: R?
    let stored: Stored<R>?
    /// Whether rows that are part of the answer were changed, which is a change of the row itself.
    let hasNewParts: Bool

    /// The version the row had; nil for a new one.
    package var oldVersion: Int64? { stored?.version }

    /// A new row.
    package init(_ new: R, parts: Int64 = 0) {
        self.new = new
        self.parts = parts
        (old, stored, hasNewParts) = (nil, nil, false)
    }

    /// A row that was taken and changed. Throws where it was only found: somebody else may have changed it since.
    package init(_ stored: Stored<R>, hasNewParts: Bool = false) throws {
        guard stored.isTaken else {
            throw StorageError.statement("\(R.info.table): an update needs a row that was taken")
        }
        new = stored.value
        parts = stored.parts
        old = try R.schema.value(stored.record)
        self.stored = stored
        self.hasNewParts = hasNewParts
    }
}

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
