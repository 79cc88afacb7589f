import Synchronization

/// What parts of the program remember of a database beside its rows: one value of each type, made when it is first asked
/// for, and gone with the storage.
package final class Memory: Sendable {
    private typealias Follower = (tables: Set<String>, follow: @Sendable (_ shop: Int64?) -> Void)

    private let followers = Mutex<[Follower]>([])
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

    /// Has somebody told of every change of some tables, by any shop: after its commit and before whoever made it hears of that.
    /// - Parameter follow: forgets; does nothing that takes long.
    package func follow(_ tables: Set<String>, _ follow: @escaping @Sendable () -> Void) {
        followers.withLock { $0.append((tables, { _ in follow() })) }
    }

    /// The same, of whose change it was.
    package func followShops(_ tables: Set<String>, _ follow: @escaping @Sendable (_ shop: Int64) -> Void) {
        followers.withLock { $0.append((tables, { shop in if let shop { follow(shop) } })) }
    }

    /// Tells those who follow a table that was changed.
    /// - Parameter shop: whose rows they are; nil where they are no shop's.
    package func changed(_ tables: Set<String>, shop: Int64? = nil) {
        let told = followers.withLock { $0.filter { !$0.tables.isDisjoint(with: tables) } }
        for follower in told { follower.follow(shop) }
    }
}
