import Basics
import Persistence

/// What the database keeps of a master key: by what id it goes, a known text sealed with it, and the pepper of passwords hashed while
/// it was the current one.
struct KeyRow {
    let id: String
    let canary: String
    let pepper: String

    static let song = "butik"
    static let peppers = SealedColumn("master_keys", key: "key_id", "pepper", isShopOwned: false)

    /// - Parameter current: the key that the pepper is sealed with.
    init(_ key: MasterKey, current: MasterKey) throws {
        id = key.id
        canary = try Vault(key).seal(Self.song, as: Self.canary(of: id))
        let bytes = key.subkey(Peppers.use).withUnsafeBytes { Array($0) }
        pepper = try Vault(current).seal(bytes, as: Self.peppers.place(id))
    }

    static func canary(of id: String) -> SealedPlace { SealedPlace("master_keys", id, "canary") }

    /// Nothing happens where there is a current key already.
    func insertion(at now: Instant) -> SQL {
        """
        INSERT INTO master_keys (key_id, canary, pepper, is_current, created)
        VALUES (\(id), \(canary), \(pepper), 1, \(now)) ON CONFLICT DO NOTHING
        """
    }
}

extension Keyring {
    /// What is kept of the keys themselves, beside what areas keep.
    package static let sealed = [KeyRow.peppers]
}
