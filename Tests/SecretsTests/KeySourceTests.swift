import Foundation
import Secrets
import Support
import Testing

/// Where the master key comes from, and what of that stops the start.
@Suite struct KeySourceTests {
    private static let hex = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
    private static let base64 = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="

    private static func file(_ text: String, mode: Int = 0o600) throws -> String {
        let path = KeyedDatabase.folder()
        let isMade = FileManager.default.createFile(
            atPath: path, contents: Data(text.utf8), attributes: [.posixPermissions: mode])
        try #require(isMade)
        return path
    }

    @Test(arguments: [hex, hex.uppercased(), base64, String(base64.dropLast()), "  \(hex)\n"])
    func `a key is hexadecimal or base64`(_ text: String) throws {
        let key = try #require(MasterKey([UInt8](0..<32)))
        #expect(try KeySource(text: text).read() == [key])
        #expect(try KeySource.file(Self.file(text)).read() == [key])
    }

    @Test func `several keys stand with commas or on lines`() throws {
        let keys = [MasterKey.new(), MasterKey.new()]
        #expect(try KeySource(text: keys.map(\.text).joined(separator: ", ")).read() == keys)
        #expect(try KeySource.file(Self.file(keys.map { $0.text + "\n" }.joined())).read() == keys)
    }

    @Test(arguments: [
        "", " ", "secret", String(hex.dropLast()), hex + "0", hex + " secret", String(base64.dropLast(4)), "\0",
    ])
    func `what is no key is refused, and not repeated`(_ text: String) throws {
        let fault = #expect(throws: KeyFault.malformed("BUTIK_MASTER_KEY")) { try KeySource(text: text) }
        #expect(
            "\(try #require(fault))".hasPrefix(
                "BUTIK_MASTER_KEY must hold a key of 32 bytes, as 64 hexadecimal digits or"))
        let path = try Self.file(text)
        #expect(throws: KeyFault.malformed(path)) { try KeySource.file(path).read() }
    }

    @Test(arguments: [0o640, 0o604, 0o620, 0o610, 0o644, 0o666])
    func `a key file that others can use is refused`(_ mode: Int) throws {
        let path = try Self.file(Self.hex, mode: mode)
        let fault = #expect(throws: KeyFault.readableByOthers(path)) { try KeySource.file(path).read() }
        #expect("\(try #require(fault))".hasSuffix("run: chmod 600 \(path)"))
    }

    @Test func `a folder, a long file and none are no key files`() throws {
        let folder = KeyedDatabase.folder()
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        #expect(throws: KeyFault.malformed(folder)) { try KeySource.file(folder).read() }
        let long = try Self.file(String(repeating: Self.hex + "\n", count: 64))
        #expect(throws: KeyFault.malformed(long)) { try KeySource.file(long).read() }
        #expect(throws: KeyFault.missing(folder + "/none")) { try KeySource.file(folder + "/none").read() }
        #expect(throws: KeyFault.missing(folder + "/none")) { try KeySource.made(folder + "/none").read() }
    }
}
