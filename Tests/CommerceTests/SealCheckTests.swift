import Areas
import Commerce
import Persistence
import Support
import Testing

/// The doctor opens what is sealed, and names what does not open.
@Suite struct SealCheckTests {
    @Test func `a sealed value that does not open is found`() async throws {
        let server = try await TestServer()
        #expect(try await House.doctor.examine(server.storage, with: server.keys) == [])
        _ = try await server.storage.write { try $0.run("UPDATE master_keys SET pepper = canary") }
        let id = try await server.storage.fetch("SELECT key_id FROM master_keys").first?.text(at: 0) ?? ""
        let findings = try await House.doctor.examine(server.storage, with: server.keys)
        #expect(findings.map(\.check) == ["every sealed value opens"])
        #expect(findings.first?.row.hasPrefix("master_keys.pepper of row \(id) does not open: ") == true)
        await server.stop()
    }
}
