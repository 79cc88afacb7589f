package import Crypto
package import Persistence

/// What passwords are hashed with beside their salt, so that a stolen database alone cannot be guessed at: a subkey of the master key
/// that was the current one, by its id. It outlives that key, since nobody can hash a password anew before its owner comes by.
package struct Peppers: Sendable {
    static let use = KeyUse("password pepper")

    /// The one for new hashes.
    package let current: String
    private let keys: [String: SymmetricKey]

    package subscript(id: String) -> SymmetricKey? { keys[id] }

    /// The peppers of every master key there has been.
    package init(_ keyring: Keyring, in db: any Connection) throws {
        var (current, keys): (String?, [String: SymmetricKey]) = (nil, [:])
        for row in try db.rows("SELECT key_id, pepper, is_current FROM master_keys") {
            let id: String = try row["key_id"]
            keys[id] = SymmetricKey(data: try keyring.open(try row["pepper"], as: KeyRow.peppers.place(id)))
            if try row["is_current"] { current = id }
        }
        guard let current else { throw KeyFault.noneIsCurrent }
        (self.current, self.keys) = (current, keys)
    }
}
