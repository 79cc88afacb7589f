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
