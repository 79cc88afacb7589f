import Persistence

/// A statement's text and values, ready to be sent.
struct BoundStatement: Sendable {
    let text: String
    let values: [SQLValue]
    let isPlannedAnew: Bool

    init(_ sql: SQL) throws(StorageError) {
        values = sql.values
        // The protocol counts values in 16 bits.
        guard values.count <= 65_535 else { throw .statement("a statement binds at most 65,535 values") }
        text = sql.text
        isPlannedAnew = sql.isPlannedAnew
    }
}
