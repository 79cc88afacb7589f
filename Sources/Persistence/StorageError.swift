/// What an engine can refuse. Mapped where the statement runs, so that code inside a transaction sees these.
package enum StorageError: Error, Sendable, Equatable {
    package enum Constraint: String, Sendable {
        case unique, foreignKey, check, notNull
    }

    /// A rule of the schema was broken. `name` is the index or constraint, as `table_column_key`.
    case constraint(Constraint, name: String)
    /// No connection was free in time, or the transaction lost too many races. Worth trying again.
    case busy(String)
    /// The disk is full. Reads go on.
    case full
    /// The database cannot be reached, or went away before it answered: whether the write happened is unknown.
    case unavailable(String)
    /// A value is larger than the engine can keep or index, or no text: what was sent is to blame.
    case unstorable(String)
    /// The statement is wrong: a bug of ours.
    case statement(String)

    /// Whether the statement itself was refused, so that others may well succeed: nothing is wrong with the database.
    package var isOfStatement: Bool {
        switch self {
        case .constraint, .unstorable, .statement: true
        case .busy, .full, .unavailable: false
        }
    }
}
