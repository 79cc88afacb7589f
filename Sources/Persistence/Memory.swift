import Synchronization

/// What parts of the program remember of a database beside its rows: one value of each type, made when it is first asked
/// for, and gone with the storage.
package final class Memory: Sendable {
    private let values = Mutex<[ObjectIdentifier: any Sendable]>([:])

    package init() {}

    /// The value of a type.
    package func value<T: Sendable>(_ make: () -> T) -> T {
        values.withLock { values in
            if let known = values[ObjectIdentifier(T.self)] as? T { return known }
            let new = make()
            values[ObjectIdentifier(T.self)] = new
            return new
        }
    }
}
