import Foundation
import Support
import Testing

/// Imports that a server does for a command: long files, and servers that end first (CONTRACT 8, "Local door").
@Suite struct LocalImportTests {
    private static func file(_ lines: some Sequence<String>) throws -> String {
        let file = Binary.folder() + ".jsonl"
        try lines.joined(separator: "\n").write(toFile: file, atomically: true, encoding: .utf8)
        return file
    }

    private static func products(_ count: Int, padding: String = "") -> [String] {
        (1...count).map { "{\"own_id\": \"P\($0)\",\(padding) \"name\": \"Lamp \($0)\", \"price\": 5}" }
    }

    @Test func `a file that is too long to be sent is read by the server where it lies`() async throws {
        let binary = try await Binary.fresh(on: .sqlite)
        try await binary.succeed("shop", "create", "A")
        let serving = try await binary.serve()
        let file = try Self.file(Self.products(20, padding: String(repeating: " ", count: 900_000)))
        #expect(try await binary.succeed("import", "butik-jsonl", file, "--shop", "1").hasPrefix("20 created"))
        #expect(try await binary.succeed("import", "butik-jsonl", file, "--shop", "1").contains("20 unchanged"))

        // Another file at that path, as where a container has folders of its own, and what is no file.
        let socket = binary.data + "/butik.sock"
        var facts = stat()
        #expect(stat(String(binary.database.dropFirst("sqlite:".count)), &facts) == 0)
        let words = ["import", "butik-jsonl", file, "--shop", "1"].map { "argument=\($0)" }.joined(separator: "&")
        for (path, identity) in [(file, "1-1"), ("/dev/zero", "1-1"), (file + ".gone", "1-1")] {
            let query = "\(words)&database=\(facts.st_dev)-\(facts.st_ino)&file=\(path)&identity=\(identity)"
            let head = ["POST /local/command?\(query) HTTP/1.1", "Host: localhost", "Connection: close", "", ""]
            let reply = try await HTTP.raw(Array(head.joined(separator: "\r\n").utf8), socket: socket)
            #expect((reply.status, reply.code) == (409, "other_file"), "\(path): \(reply.text)")
        }
        try FileManager.default.removeItem(atPath: file)
        #expect(try await serving.stop() == 0)
    }

    @Test func `a server that is killed at an import keeps what is in, and the command says that it is not done`()
        async throws
    {
        let binary = try await Binary.fresh(on: .sqlite)
        let (serving, client, _) = try await binary.openShop { try await binary.serve() }
        let file = try Self.file(Self.products(4000))
        let command = try binary.start(["import", "butik-jsonl", file, "--shop", "1"])
        try await eventually("some of the products") {
            try await client.get("product?limit=0").json["paging"]["total"].integer > 500
        }
        try await serving.kill()
        try await eventually("the end of the command") { !command.isRunning }
        #expect(command.status == 1)
        #expect(command.output.isEmpty)
        let last = command.error.split(separator: "\n").last ?? ""
        #expect(last.hasPrefix("butik: the server stopped before the command was done"), "\(last)")

        let said = try await binary.succeed("import", "butik-jsonl", file, "--shop", "1")
        let counts = said.split(separator: " ").compactMap { Int($0) }
        #expect(counts.count == 4 && counts[0] + counts[2] == 4000 && counts[2] >= 500, "\(said)")
        #expect(try await binary.succeed("doctor").hasPrefix("All "))
        try FileManager.default.removeItem(atPath: file)
    }

    @Test func `a server that is told to stop ends the import before it goes`() async throws {
        let binary = try await Binary.fresh(on: .sqlite)
        let (serving, client, _) = try await binary.openShop { try await binary.serve() }
        let file = try Self.file(Self.products(2000))
        let command = try binary.start(["import", "butik-jsonl", file, "--shop", "1"])
        try await eventually("some of the products") {
            try await client.get("product?limit=0").json["paging"]["total"].integer >= 501
        }
        #expect(try await serving.stop() == 0)
        try await eventually("the end of the command") { !command.isRunning }
        #expect(command.status == 0, "\(command.error)")
        #expect(command.output == "2000 created, 0 updated, 0 unchanged, 0 refused\n")
        try FileManager.default.removeItem(atPath: file)
    }
}
