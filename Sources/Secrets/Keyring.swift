package import Persistence
import Synchronization

/// The master keys of a running butik, and which of them its database is sealed with. One for the whole process: endpoints have it from
/// their call's services, jobs from their context's.
///
/// Another process may change the key. It keeps the new one in the file before anything is sealed with it, so who meets a key that
/// it does not know reads the file again; and which is the current one is asked in the transaction that seals.
package final class Keyring: Sendable {
    let source: KeySource
    private let keys: Mutex<[MasterKey]>

    init(_ source: KeySource, _ keys: [MasterKey]) {
        self.source = source
        self.keys = Mutex(keys)
    }

    var known: [MasterKey] { keys.withLock { $0 } }

    /// What seals in this transaction. Nobody changes the key before it has ended.
    /// - Throws: `KeyFault.wrong` where the key is not among those given.
    package func vault(in db: any Connection) throws -> Vault {
        // Where this has waited for a rotation to take over, the statement does not see the row that came; the next one does.
        guard let id = try Self.current(in: db) ?? Self.current(in: db) else { throw KeyFault.noneIsCurrent }
        return Vault(try key(id), older: known)
    }

    private static func current(in db: any Connection) throws -> String? {
        try db.row("SELECT key_id FROM master_keys WHERE is_current = 1\(db.dialect.forShare)").map { try $0["key_id"] }
    }

    /// Opens a value that was sealed with any of the keys.
    /// - Throws: `SealFault`.
    package func open(_ text: String, as place: SealedPlace) throws -> [UInt8] {
        if let id = SealedText(text)?.key { _ = try? key(id) }
        guard let first = known.first else { throw SealFault.malformed(place) }
        return try Vault(first, older: known).open(text, as: place)
    }

    package func openText(_ text: String, as place: SealedPlace) throws -> String {
        String(decoding: try open(text, as: place), as: UTF8.self)
    }

    /// A key by its id; of one that is not known the source is asked again, which is a small file.
    func key(_ id: String) throws -> MasterKey {
        if let key = known.first(where: { $0.id == id }) { return key }
        let read = try source.read()
        guard let key = read.first(where: { $0.id == id }) else {
            throw KeyFault.wrong("\(source)", needed: id, given: read.map(\.id))
        }
        keys.withLock { keys in keys += read.filter { !keys.contains($0) } }
        return key
    }

    /// Has known what a rotation has added.
    func learn(_ key: MasterKey) {
        keys.withLock { keys in if !keys.contains(key) { keys.append(key) } }
    }
}
