import Basics
package import Crypto

/// The secret behind all that is secret at rest: 32 random bytes. Nothing is sealed with it itself, only with its subkeys.
package struct MasterKey: Sendable, Equatable, CustomStringConvertible {
    package static let byteCount = 32

    private let key: SymmetricKey
    /// By what name sealed values say which key they need. It is derived from the key, and tells nothing of it.
    package let id: String

    /// Nil where there are not 32 bytes.
    package init?(_ bytes: [UInt8]) {
        guard bytes.count == Self.byteCount else { return nil }
        self.init(SymmetricKey(data: bytes))
    }

    private init(_ key: SymmetricKey) {
        self.key = key
        id = Self.derive(from: key, .identity, byteCount: 8).withUnsafeBytes { Hex.text($0) }
    }

    /// A key that nobody had before.
    package static func new() -> MasterKey { MasterKey(SymmetricKey(size: .bits256)) }

    /// As it is kept: 64 hexadecimal digits.
    package var text: String { key.withUnsafeBytes { Hex.text($0) } }

    /// The key of a use, by HKDF-SHA-256 (RFC 5869).
    package func subkey(_ use: KeyUse) -> SymmetricKey {
        Self.derive(from: key, use, byteCount: Self.byteCount)
    }

    private static func derive(from key: SymmetricKey, _ use: KeyUse, byteCount: Int) -> SymmetricKey {
        HKDF<SHA256>.deriveKey(
            inputKeyMaterial: key, info: Array(("butik 1: " + use.label).utf8), outputByteCount: byteCount)
    }

    /// Compared in constant time.
    package static func == (left: MasterKey, right: MasterKey) -> Bool { left.key == right.key }

    package var description: String { "master key \(id)" }
}
