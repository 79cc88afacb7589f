import Commerce
import Persistence
import Resources
import Secrets
import Support
import Testing

/// A password is known by what is kept of it, and by nothing without the master key.
@Suite struct PasswordTests {
    /// What Python's `hashlib.scrypt` makes of `correct horse`, with the costs of a test: before there were master keys, and with the
    /// pepper of the key of the bytes 0 to 31.
    private static let salt = "AAECAwQFBgcICQoLDA0ODw=="
    private static let plain = "$scrypt$ln=10,r=8,p=1$\(salt)$nfkj3u1fRTHCea+fVr03sWV770kp5wLOLoEakziKhqE="
    private static let peppered =
        "$scrypt$ln=10,r=8,p=1,keyid=c6ea063ae0995236$\(salt)$8iz5WM1OGb8BViRbos7T9sOP4//8d3sU0PYAURtWy7E="

    private static func keys(_ server: TestServer, _ key: MasterKey) async throws -> Keyring {
        _ = try await server.storage.write { try $0.run("DELETE FROM master_keys") }
        return try await Keyring.open(KeySource(text: key.text), for: server.storage, at: server.clock.now)
    }

    private static func peppers(_ server: TestServer, _ keys: Keyring) async throws -> Peppers {
        try await server.storage.read { try Peppers(keys, in: $0) }
    }

    @Test func `a password is kept as its hash and known by it`() async throws {
        let server = try await TestServer.shared
        let peppers = try await Self.peppers(server, server.keys)
        let hash = try await Password.hash("correct horse", peppers)
        #expect(hash.hasPrefix("$scrypt$ln=17,r=8,p=1,keyid=\(peppers.current)$"))
        #expect(!hash.contains("correct"))
        #expect(try await Password.verify("correct horse", against: hash, peppers))
        #expect(try await !Password.verify("correct horsf", against: hash, peppers))
        #expect(!Password.isDated(hash, peppers))
        for garbage in [
            "", "$scrypt$ln=17,r=8,p=1$no$no", hash.replacing("scrypt", with: "argon2"), String(hash.dropLast(4)),
        ] {
            #expect(try await !Password.verify("correct horse", against: garbage, peppers))
        }
    }

    @Test func `a hash says whether there was a pepper, and which`() async throws {
        let server = try await TestServer()
        let key = try #require(MasterKey([UInt8](0..<32)))
        let peppers = try await Self.peppers(server, Self.keys(server, key))
        for stored in [Self.plain, Self.peppered] {
            #expect(try await Password.verify("correct horse", against: stored, peppers))
            #expect(try await !Password.verify("correct horsf", against: stored, peppers))
            #expect(Password.isDated(stored, peppers))
        }
        // Without its master key it cannot even be tried.
        let others = try await Self.peppers(server, Self.keys(server, .new()))
        await #expect(throws: Password.Fault.pepper(key.id)) {
            try await Password.verify("correct horse", against: Self.peppered, others)
        }
        await server.stop()
    }

    @Test func `passwords outlive the master key they were hashed under`() async throws {
        let server = try await TestServer()
        let (old, new) = (try #require(MasterKey([UInt8](0..<32))), MasterKey.new())
        _ = try await Self.keys(server, old)
        let both = try await Keyring.open(
            KeySource(text: "\(old.text),\(new.text)"), for: server.storage, at: server.clock.now)
        let clock = server.clock
        #expect(try await KeyRotation(both, server.storage, []) { clock.now }.run().retired == [old.id])
        let alone = try await Keyring.open(KeySource(text: new.text), for: server.storage, at: server.clock.now)
        let peppers = try await Self.peppers(server, alone)
        #expect(peppers.current == new.id)
        #expect(try await Password.verify("correct horse", against: Self.peppered, peppers))
        #expect(Password.isDated(Self.peppered, peppers))
        await server.stop()
    }

    @Test func `a password has ten to 1,024 bytes`() async throws {
        let server = try await TestServer.shared
        let peppers = try await Self.peppers(server, server.keys)
        for text in ["", "123456789", String(repeating: "x", count: 1025)] {
            await #expect(throws: Password.Fault.length) { try await Password.hash(text, peppers) }
        }
        #expect(Password.generated().count == 20)
        #expect(Password.generated() != Password.generated())
    }
}
