import Basics
import Resources
import Support
import Testing

/// `butik app approve` and `reject`, beside a running server (CONTRACT 8, "App").
@Suite struct AppReviewCommandTests {
    @Test func `apps are listed, approved and rejected by who runs the server`() async throws {
        let binary = try await Binary.fresh()
        let (serving, client, _) = try await binary.openShop { try await binary.serve() }
        let app = try await client.post("app", ["name": "Ledger", "access_level": "read"]).json
        let id = String(app["app_id"].integer)
        let early = try await binary.run("app", "approve", id)
        #expect(early.status == 1 && early.lastLine.contains("only one that was submitted"), "\(early.error)")
        #expect(try await client.post("app/\(id)/submit", [:]).status == 200)
        #expect(try await binary.succeed("app", "list").contains("submitted"))
        #expect(try await binary.succeed("app", "approve", id) == "app \(id) is approved")
        #expect(try await client.get("app/\(id)").json["status"] == "approved")
        #expect(try await binary.succeed("app", "reject", id, "--reason", "It spies") == "app \(id) is rejected")
        #expect(try await client.get("app/\(id)").json["reason"] == "It spies")
        let none = try await binary.run("app", "approve", "999")
        #expect(none.status == 1, "\(none.error)")
        #expect(try await serving.stop() == 0)
    }
}
