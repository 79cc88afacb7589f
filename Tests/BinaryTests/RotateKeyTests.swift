import Foundation
import Support
import Testing

/// `butik rotate-key`, beside a server.
@Suite struct RotateKeyTests {
    @Test func `the key is changed beside a running server, which goes on with the new one`() async throws {
        let binary = try await Binary.fresh()
        let serving = try await binary.serve()
        let old = try String(contentsOfFile: binary.keyFile, encoding: .utf8)
        let said = try await binary.succeed("rotate-key")
        #expect(said.contains(" seals from now on; values sealed anew: 1\n"))
        #expect(said.contains(" is needed only by backups from before: remove it when they are gone"))
        let file = try String(contentsOfFile: binary.keyFile, encoding: .utf8)
        #expect(file.hasPrefix(old) && file.split(separator: "\n").count == 2 && Binary.mode(binary.keyFile) == 0o600)
        try await binary.succeed("user", "create", "anna@example.com")
        #expect(try await binary.succeed("doctor").hasPrefix("All "))
        #expect(try await serving.stop() == 0)
        // The old key is needed no more.
        try Data(file.dropFirst(old.count).utf8).write(to: URL(fileURLWithPath: binary.keyFile))
        #expect(try await binary.serve().stop() == 0)
        #expect(try await binary.succeed("doctor").hasPrefix("All "))
    }
}
