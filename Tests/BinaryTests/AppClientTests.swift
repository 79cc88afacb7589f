import Basics
import Foundation
import Resources
import Support
import Testing

/// `butik app client`, with a server beside it and without one (CONTRACT 8, "Verbs").
@Suite struct AppClientTests {
    private static let create = ["app", "client", "create", "Min app", "--max-level", "write", "--redirect-uri"]

    /// The words behind `client_id: ` and `client_secret: `.
    private static func made(_ output: String) -> [String: String] {
        let pairs = output.split(separator: "\n").map { $0.split(separator: ": ", maxSplits: 1).map(String.init) }
        return Dictionary(pairs.map { ($0[0], $0[1]) }, uniquingKeysWith: { $1 })
    }

    private static func succeed(_ binary: Binary, _ more: [String]) async throws -> String {
        let ended = try await binary.run(create + more)
        try #require(ended.status == 0, "\(ended.error)")
        return ended.output
    }

    private static func asks(_ client: [String: String], port: Int) async throws -> Reply {
        let form =
            client.map { "\($0.key)=\($0.value)" }.joined(separator: "&") + "&grant_type=refresh_token&refresh_token=x"
        return try await HTTP.send(
            "POST", "/oauth/token", body: Array(form.utf8),
            headers: ["Content-Type": "application/x-www-form-urlencoded"], port: port)
    }

    @Test func `a client is made, listed and removed beside a running server`() async throws {
        let binary = try await Binary.fresh()
        let serving = try await binary.serve()
        let uris = ["https://app.example/back", "--redirect-uri", "http://127.0.0.1/callback"]
        let client = Self.made(try await Self.succeed(binary, uris))
        #expect(client["client_id"]?.utf8.count == 32)
        #expect(client["client_secret"]?.hasPrefix("butik_cs_") == true)
        #expect(try await Self.asks(client, port: serving.port).json["error"] == "invalid_grant")
        let open = Self.made(try await Self.succeed(binary, ["https://app.example/", "--public"]))
        #expect(open.count == 1)
        #expect(try await Self.asks(open, port: serving.port).json["error"] == "invalid_grant")
        let list = try await binary.succeed("app", "client", "list").split(separator: "\n")
        #expect(list.count == 3 && list.count { $0.contains("Min app") && $0.contains("write") } == 2)
        #expect(list.count { $0.contains("public") } == 1 && !list.contains { $0.contains("butik_cs_") })
        let id = client["client_id"] ?? ""
        #expect(try await binary.run("app", "client", "remove", id).status == 1)
        #expect(try await binary.succeed("app", "client", "remove", id, "--yes") == "client \(id) is removed")
        let gone = try await Self.asks(client, port: serving.port)
        #expect((gone.status, gone.json["error"]) == (401, "invalid_client"))
        let again = try await binary.run("app", "client", "remove", id, "--yes")
        #expect((again.status, again.lastLine) == (1, "butik: there is no client \(id)"))
        #expect(try await serving.stop() == 0)
    }

    @Test func `a client with an address that no answer may go to is refused`() async throws {
        let binary = try await Binary.fresh()
        for uri in ["http://app.example/back", "https://app.example/#x", "https://a@app.example/", "app.example"] {
            let ended = try await binary.run(Self.create + [uri])
            #expect(
                ended.status == 1 && ended.lastLine.hasPrefix("butik: /redirect_uris/0: "), "\(uri): \(ended.error)")
        }
        let none = try await binary.run(["app", "client", "create", "Min app", "--max-level", "write"])
        #expect((none.status, none.lastLine) == (1, "butik: /redirect_uris: must have 1 to 20 addresses"))
        #expect(try await binary.run(["app", "client", "create", "A", "--max-level", "most"]).status == 64)
        #expect(try await binary.succeed("app", "client", "list").split(separator: "\n").count == 1)
    }
}
