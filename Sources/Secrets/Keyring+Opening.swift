package import Basics
package import Persistence

extension Keyring {
    /// The keys of a database, each proven by its canary. A database that has none is given the first key there is, and a key is made
    /// where there may be one.
    /// - Throws: `KeyFault`, which stops the start.
    package static func open(_ source: KeySource, for storage: any Storage, at now: Instant) async throws -> Keyring {
        if let keys = try await proven(source, for: storage) { return keys }
        guard let first = try source.readOrMake().first else { throw KeyFault.malformed("\(source)") }
        let row = try KeyRow(first, current: first)
        _ = try await storage.write { try $0.run(row.insertion(at: now)) }
        guard let keys = try await proven(source, for: storage) else { throw KeyFault.rotating }
        return keys
    }

    /// The keys of a database that has any, which nothing is written for; nil where nothing was ever sealed.
    package static func proven(_ source: KeySource, for storage: any Storage) async throws -> Keyring? {
        let rows = try await storage.fetch(
            "SELECT key_id, canary FROM master_keys WHERE retired IS NULL ORDER BY is_current DESC, key_id")
        guard let first = rows.first else { return nil }
        let needed: String = try first["key_id"]
        let keys: [MasterKey]
        do {
            keys = try source.read()
        } catch KeyFault.missing(let path) {
            throw KeyFault.gone(path, needed: needed)
        }
        let keyring = Keyring(source, keys)
        for row in rows {
            let id: String = try row["key_id"]
            let key = try keyring.key(id)
            guard try Vault(key).openText(try row["canary"], as: KeyRow.canary(of: id)) == KeyRow.song else {
                throw SealFault.notHere(KeyRow.canary(of: id))
            }
        }
        return keyring
    }
}
