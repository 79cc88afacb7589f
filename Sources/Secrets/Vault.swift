import Crypto

/// Seals values before they are stored, and opens them again: AES-256-GCM with a random nonce of 96 bits. What lies in the database
/// alone tells nothing, and a value that was moved to another row does not open.
package struct Vault: Sendable {
    /// The key that values are sealed with.
    package let current: MasterKey
    private let keys: [String: SymmetricKey]

    /// - Parameter older: keys that values may still be sealed with.
    package init(_ current: MasterKey, older: [MasterKey] = []) {
        self.current = current
        keys = Dictionary((older + [current]).map { ($0.id, $0.subkey(.sealing)) }, uniquingKeysWith: { $1 })
    }

    package func seal(_ bytes: [UInt8], as place: SealedPlace) throws -> String {
        guard let key = keys[current.id] else { throw SealFault.unknownKey(current.id, place) }
        let box = try AES.GCM.seal(bytes, using: key, authenticating: place.bound(to: current.id))
        return SealedText(key: current.id, box: box).text
    }

    package func seal(_ text: String, as place: SealedPlace) throws -> String {
        try seal(Array(text.utf8), as: place)
    }

    /// - Throws: `SealFault` where the text is cut, changed, of another place, or sealed with a key that is not here.
    package func open(_ text: String, as place: SealedPlace) throws -> [UInt8] {
        guard let sealed = SealedText(text) else { throw SealFault.malformed(place) }
        guard let key = keys[sealed.key] else { throw SealFault.unknownKey(sealed.key, place) }
        do {
            return Array(try AES.GCM.open(sealed.box, using: key, authenticating: place.bound(to: sealed.key)))
        } catch {
            throw SealFault.notHere(place)
        }
    }

    package func openText(_ text: String, as place: SealedPlace) throws -> String {
        String(decoding: try open(text, as: place), as: UTF8.self)
    }
}
