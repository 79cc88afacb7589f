import Foundation
import Resources
import Server
import Support
import Testing

/// The local door (CONTRACT 8): what is behind it, and who can come through.
@Suite struct LocalDoorTests {
    /// A command of the server's owner, which answers who asked.
    private static let command: Endpoint = {
        var endpoint = Endpoint(
            .post, "/local/test", .local, "test", "A test.", Documentation(),
            .command { call, storage in
                _ = try await storage.fetch("SELECT 1")
                let isOwner = if case .local = call.caller { "owner" } else { "somebody" }
                return Answer(contentType: "text/plain", body: Array(isOwner.utf8) + call.bytes, isTagged: false)
            })
        endpoint.takesBytes = true
        endpoint.bodyMax = 100
        return endpoint
    }()

    private static var folder: String { NSTemporaryDirectory() + "butik_door_\(UInt32.random(in: 0 ... .max))" }

    private static func with(
        _ data: String = folder, change: @Sendable (inout RequestHandler.Settings) -> Void = { _ in },
        _ body: (TestServer, String) async throws -> Void
    ) async throws {
        let server = try await TestServer(
            local: ButikServer.Local(LocalSocket(data: data), [command]), change: change)
        try await body(server, data + "/butik.sock")
        await server.stop()
        #expect(!FileManager.default.fileExists(atPath: data + "/butik.sock"))
        try? FileManager.default.removeItem(atPath: data)
    }

    private static func send(_ method: String, _ path: String, body: String = "", _ socket: String) async throws
        -> Reply
    {
        let head = [
            "\(method) \(path) HTTP/1.1", "Host: localhost", "Connection: close", "Content-Length: \(body.utf8.count)",
        ]
        let text = head.joined(separator: "\r\n") + "\r\n\r\n" + body
        return try await HTTP.raw(Array(text.utf8), socket: socket)
    }

    @Test func `the owner of the data folder needs no token`() async throws {
        try await Self.with { _, socket in
            let reply = try await Self.send("POST", "/local/test", body: "!", socket)
            #expect((reply.status, reply.text) == (200, "owner!"))
            #expect(reply[header: "X-Request-Id"]?.isEmpty == false)
            #expect(reply[header: "Cache-Control"] == "no-store")
        }
    }

    @Test func `nothing else is behind the local door`() async throws {
        try await Self.with { _, socket in
            for endpoint in Endpoint.everything {
                let path = endpoint.template.replacing(/\{[^}]+\}/, with: "1")
                let reply = try await Self.send(endpoint.method.rawValue, path, socket)
                #expect((reply.status, reply.code) == (404, "no_such_route"), "\(endpoint.label)")
            }
        }
    }

    @Test func `the network does not see what is behind the local door`() async throws {
        try await Self.with { server, _ in
            let shop = try await TestShop.open(on: server)
            for method in ["POST", "GET", "OPTIONS"] {
                let reply = try await shop.send(method, "/local/test")
                #expect((reply.status, reply.code) == (404, "no_such_route"), "\(method)")
            }
        }
    }

    @Test func `only its owner can open it, and what is needed to make it is gone`() async throws {
        try await Self.with { _, socket in
            let facts = try FileManager.default.attributesOfItem(atPath: socket)
            #expect(facts[.posixPermissions] as? Int == 0o600)
            #expect(facts[.type] as? FileAttributeType == .typeSocket)
            let folder = URL(fileURLWithPath: socket).deletingLastPathComponent().path
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["butik.sock"])
        }
    }

    @Test func `its bodies have a limit, and its clients no more time than others`() async throws {
        try await Self.with(change: { $0.limits.headSeconds = 1 }) { _, socket in
            let long = try await Self.send("POST", "/local/test", body: String(repeating: "x", count: 101), socket)
            #expect((long.status, long.code) == (413, "body_too_large"))
            // Says nothing, and is hung up on.
            #expect(try await HTTP.raw([], socket: socket).body.isEmpty)
        }
    }

    @Test func `a server whose data folder is too deep for a socket serves without a local door`() async throws {
        let deep = NSTemporaryDirectory() + String(repeating: "d", count: 100)
        try await Self.with(deep) { server, socket in
            let reply = try await HTTP.send("GET", "/readyz", port: server.port)
            #expect(reply.status == 200)
            #expect(!FileManager.default.fileExists(atPath: socket))
        }
    }

    @Test func `what a server left that was killed before its door had a name is in nobody's way`() async throws {
        let data = Self.folder
        try FileManager.default.createDirectory(atPath: data + "/.door", withIntermediateDirectories: true)
        #expect(FileManager.default.createFile(atPath: data + "/.door/s", contents: nil))
        try await Self.with(data) { _, socket in
            let reply = try await Self.send("POST", "/local/test", socket)
            #expect(reply.text == "owner")
        }
    }

    @Test func `a door is not made in a folder that a link leads to`() async throws {
        let (data, elsewhere) = (Self.folder, Self.folder)
        for folder in [data, elsewhere] {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        }
        chmod(elsewhere, 0o755)
        try FileManager.default.createSymbolicLink(atPath: data + "/.door", withDestinationPath: elsewhere)
        try await Self.with(data) { server, socket in
            let reply = try await HTTP.send("GET", "/readyz", port: server.port)
            #expect(reply.status == 200)
            #expect(!FileManager.default.fileExists(atPath: socket))
        }
        let (left, facts) = (
            try FileManager.default.contentsOfDirectory(atPath: elsewhere),
            try FileManager.default.attributesOfItem(atPath: elsewhere)
        )
        #expect(left == [] && facts[.posixPermissions] as? Int == 0o755)
        try FileManager.default.removeItem(atPath: elsewhere)
    }

    @Test func `of two servers with one data folder the first keeps the door`() async throws {
        let data = Self.folder
        try await Self.with(data) { _, socket in
            let other = try await TestServer(local: ButikServer.Local(LocalSocket(data: data), []))
            #expect(try await HTTP.send("GET", "/readyz", port: other.port).status == 200)
            #expect(try await Self.send("POST", "/local/test", socket).text == "owner")
            await other.stop()
            #expect(try await Self.send("POST", "/local/test", socket).text == "owner")
        }
    }
}
