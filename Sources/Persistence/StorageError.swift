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
    /// The statement is wrong: a bug of ours.
    case statement(String)
}
