import Basics
import Secrets
import Testing

/// What is sealed opens in its place, with its key, unchanged, and nowhere else.
@Suite struct VaultTests {
    private let vault = Vault(.new())
    private let place = SealedPlace("webhooks", 7, "secret")

    @Test(arguments: [0, 1, 15, 16, 17, 100_000])
    func `what is sealed opens again`(_ length: Int) throws {
        let secret = String(repeating: "æ", count: length)
        let sealed = try vault.seal(secret, as: place)
        #expect(sealed.hasPrefix("v1.\(vault.current.id)."))
        #expect(sealed.split(separator: ".", omittingEmptySubsequences: false).count == 4)
        #expect(secret.isEmpty || !sealed.contains(secret))
        #expect(try vault.openText(sealed, as: place) == secret)
    }

    /// Sealed by Python's `cryptography` as reliability-security 5.5 says, with the key of the bytes 0 to 31.
    @Test func `what was sealed as it is written down opens`() throws {
        let key = try #require(MasterKey([UInt8](0..<32)))
        #expect(key.id == "c6ea063ae0995236")
        let sealed = "v1.c6ea063ae0995236.AAECAwQFBgcICQoL.OAtqyXSAfs4OezCJI7VaWqLhNm5NwEk"
        #expect(try Vault(key).openText(sealed, as: place) == "whsec_1")
    }

    @Test func `one secret is never sealed the same way twice`() throws {
        let sealed = try (0..<100).map { _ in try vault.seal("secret", as: place) }
        #expect(Set(sealed).count == 100)
    }

    @Test(arguments: [
        SealedPlace("webhooks", 8, "secret"), SealedPlace("webhooks", 7, "secret_2"),
        SealedPlace("webhook", 7, "secret"),
        // The same letters, cut otherwise.
        SealedPlace("webhooks7", "", "secret"), SealedPlace("webhook", "s7", "secret"),
        SealedPlace("webhooks", "7s", "ecret"),
    ])
    func `a value opens in no other place`(_ other: SealedPlace) throws {
        let sealed = try vault.seal("secret", as: place)
        #expect(throws: SealFault.notHere(other)) { try vault.open(sealed, as: other) }
    }

    @Test func `a value opens with no other key, and says which it needs`() throws {
        let sealed = try vault.seal("secret", as: place)
        let other = Vault(.new())
        let fault = #expect(throws: SealFault.unknownKey(vault.current.id, place)) { try other.open(sealed, as: place) }
        #expect(
            "\(try #require(fault))".contains("webhooks.secret of row 7 is sealed with master key \(vault.current.id)"))
        // Another key that says it is the one.
        let claimed = sealed.replacing(vault.current.id, with: other.current.id)
        #expect(throws: SealFault.notHere(place)) { try other.open(claimed, as: place) }
    }

    @Test func `an older key opens what it has sealed, and seals no more`() throws {
        let sealed = try vault.seal("secret", as: place)
        let newer = Vault(.new(), older: [vault.current])
        #expect(try newer.openText(sealed, as: place) == "secret")
        #expect(try newer.seal("secret", as: place).hasPrefix("v1.\(newer.current.id)."))
    }

    @Test func `a text that is cut or changed anywhere does not open`() throws {
        let sealed = try vault.seal("secret", as: place)
        for length in 0..<sealed.count {
            #expect(throws: SealFault.self) { try vault.open(String(sealed.prefix(length)), as: place) }
        }
        for index in sealed.indices {
            var changed = sealed
            changed.replaceSubrange(index...index, with: sealed[index] == "A" ? "B" : "A")
            #expect(throws: SealFault.self) { try vault.open(changed, as: place) }
        }
        for text in [sealed + ".", sealed + "=", "v1....", "v2" + sealed.dropFirst(2), " " + sealed, "secret"] {
            #expect(throws: SealFault.self) { try vault.open(text, as: place) }
        }
    }

    @Test func `a key is 32 bytes, and its id and its words do not tell it`() throws {
        #expect(MasterKey([UInt8](repeating: 1, count: 31)) == nil)
        #expect(MasterKey([UInt8](repeating: 1, count: 33)) == nil)
        let bytes = [UInt8](0..<32)
        let key = try #require(MasterKey(bytes))
        #expect(key.text == Hex.text(bytes))
        #expect(key.id.count == 16 && !key.text.contains(key.id))
        #expect("\(key)" == "master key \(key.id)" && String(describing: Optional(key)).contains(key.id))
        #expect(key == MasterKey(bytes) && key != .new())
    }

    @Test func `each use has a key of its own, the same for ever`() throws {
        let key = try #require(MasterKey([UInt8](0..<32)))
        func text(_ use: KeyUse) -> String { key.subkey(use).withUnsafeBytes { Hex.text($0) } }
        #expect(text(KeyUse("one")) == text(KeyUse("one")))
        #expect(text(KeyUse("one")) != text(KeyUse("two")))
        #expect(text(KeyUse("one")) != key.text)
    }
}
