import Basics
import Foundation
import Support
import Testing

/// The binary's commands beside a running server (CONTRACT 8, "Local door"). On SQLite the server does them; on Postgres
/// they do it themselves; nobody can tell which.
@Suite struct LocalDoorTests {
    private static func file(_ text: String, _ ending: String = ".csv") throws -> String {
        let file = Binary.folder() + ending
        try text.write(toFile: file, atomically: true, encoding: .utf8)
        return file
    }

    @Test func `shops, users and tokens are made beside a running server`() async throws {
        let binary = try await Binary.fresh()
        let serving = try await binary.serve()
        #expect(try await binary.succeed("shop", "create", "Ægte \"varer\"") == "shop 1: Ægte \"varer\"")
        let token = try await binary.succeed("token", "create", "--shop", "1", "--level", "all")
        let client = Client(token: token, port: serving.port)
        #expect(try await client.get("shop").json["name"] == "Ægte \"varer\"")
        #expect(try await client.get("token").json["paging"]["total"] == 1)
        let second = try await binary.succeed("token", "create", "--shop", "1", "--name", "Till")
        // What another process did is counted within a second.
        try await eventually("both tokens") { try await client.get("token").json["paging"]["total"] == 2 }
        let till = try #require(try await client.get("token").json["tokens"].elements.first { $0["name"] == "Till" })
        let id = String(till["token_id"].integer)

        let given = ["user", "create", "bo@example.com", "--shop", "1", "--password-stdin"]
        #expect(try await binary.run(given, input: "en lang sætning\n").output == "user 1: bo@example.com\n")
        let made = try await binary.succeed("user", "create", "anna@example.com")
        #expect(made.contains("anna@example.com\npassword: "))
        #expect(try await binary.succeed("user", "list").split(separator: "\n").count == 3)
        #expect(try await binary.succeed("shop", "list").contains("Ægte"))

        #expect(try await Client(token: second, port: serving.port).get("product").status == 200)
        #expect(try await binary.succeed("token", "revoke", id, "--shop", "1", "--yes") == "token \(id) is revoked")
        if Engine.current == .sqlite {
            // The server did it, and knows it at once.
            #expect(try await Client(token: second, port: serving.port).get("product").status == 401)
        }
        try await eventually("one token") { try await client.get("token").json["paging"]["total"] == 1 }
        #expect(try await binary.succeed("doctor").hasPrefix("All "))
        #expect(try await serving.stop() == 0)
    }

    @Test func `what a command is refused beside a server is told as without one`() async throws {
        let binary = try await Binary.fresh()
        let serving = try await binary.serve()
        for (arguments, status, line) in [
            (["token", "create", "--shop", "7"], 1, "butik: there is no shop 7"),
            (["shop", "create", "A", "--currency", "KWD"], 1, "with at most two decimals"),
            (["shop", "create", "A", "--vat", "101"], 64, ""),
            (["user", "create", "anna"], 1, "butik: anna is not an e-mail address"),
            (["token", "revoke", "1", "--shop", "1"], 1, "nothing was done; --yes answers for you"),
            (["import", "butik-csv", "/nowhere", "--shop", "1"], 1, "butik: /nowhere cannot be read"),
        ] {
            let ended = try await binary.run(arguments)
            #expect(ended.status == status, "\(arguments): \(ended.error)")
            #expect(line.isEmpty || ended.lastLine.hasSuffix(line), "\(arguments): \(ended.error)")
            #expect(ended.output.isEmpty, "\(arguments)")
        }
        #expect(try await binary.succeed("shop", "list").split(separator: "\n").count == 1)
        #expect(try await serving.stop() == 0)
    }

    @Test func `files are imported and exported beside a running server, without a token`() async throws {
        let binary = try await Binary.fresh()
        let (serving, client, _) = try await binary.openShop { try await binary.serve() }
        let before = try await client.get("product").json["paging"]["total"].integer
        let file = try Self.file("own_id,name,price\nA,Lamp,5\nB,,5\n")
        let dry = try await binary.run("import", "butik-csv", file, "--shop", "1", "--dry-run")
        #expect(dry.output == "1 would be created, 0 would be updated, 0 unchanged, 1 refused\n")
        let ended = try await binary.run("import", "butik-csv", file, "--shop", "1")
        #expect(ended.status == 1)
        #expect(ended.output == "1 created, 0 updated, 0 unchanged, 1 refused\n")
        #expect(ended.error.contains("record 2, column name: is required and cannot be empty\n"))
        #expect(ended.error.contains("bytes "))
        try await eventually("a product more") {
            try await client.get("product").json["paging"]["total"].integer == before + 1
        }
        let tree = try Self.file(#"[{"id":"c1","name":"Lamps","path":[{"id":"c1","name":"Lamps"}]}]"#, ".json")
        #expect(try await binary.succeed("import", "categories-json", tree, "--shop", "1").contains("1 created"))
        #expect(try await client.get("category/tree").text.contains("Lamps"))
        #expect(try await binary.succeed("export", "butik-jsonl", "--shop", "1").contains(#""name":"Lamp""#))
        #expect(try await serving.stop() == 0)
    }

    @Test func `a server is filled while it serves`() async throws {
        let binary = try await Binary.fresh()
        let serving = try await binary.serve()
        let demo = try await binary.succeed("seed", "demo")
        #expect(demo.contains("products: 4998 new, 0 unchanged, 0 refused"))
        let file = try String(contentsOfFile: binary.data + "/demo.env", encoding: .utf8)
        let read = try #require(file.firstMatch(of: /BUTIK_TOKEN_READ=(\S+)/)?.1)
        let reader = Client(token: String(read), port: serving.port)
        #expect(try await reader.get("product?limit=0").json["paging"]["total"] == 5005)
        let said = try await binary.succeed(
            "seed", "bench", "--products", "30", "--customers", "5", "--orders", "7")
        let token = try #require(said.firstMatch(of: /BUTIK_TOKEN_WRITE=(\S+)/)?.1)
        #expect(said.contains("products: 30 in "))
        let client = Client(token: String(token), port: serving.port)
        #expect(try await client.get("order?limit=0").json["paging"]["total"] == 7)
        #expect(try await binary.succeed("doctor").hasPrefix("All "))
        #expect(try await serving.stop() == 0)
    }

    @Test func `commands are all that is behind the local door, and nobody else has them`() async throws {
        let binary = try await Binary.fresh(on: .sqlite)
        let serving = try await binary.serve()
        func send(_ line: String, _ length: Int = 0) async throws -> Reply {
            let head = [
                line + " HTTP/1.1", "Host: localhost", "Connection: close", "Content-Length: \(length)", "", "",
            ]
            return try await HTTP.raw(Array(head.joined(separator: "\r\n").utf8), socket: binary.data + "/butik.sock")
        }
        for line in ["GET /REST/product", "POST /REST/token", "GET /livez", "GET /metrics", "GET /"] {
            #expect(try await send(line).status == 404, "\(line)")
        }
        #expect(try await HTTP.send("POST", "/local/command", port: serving.port).status == 404)
        #expect(try await send("POST /local/command").code == "other_database")
        #expect(try await send("POST /local/command", 17_000_000).code == "body_too_large")
        #expect(try await send("GET /local/command").status == 405)
        var facts = stat()
        let found = stat(String(binary.database.dropFirst("sqlite:".count)), &facts)
        #expect(found == 0)
        for words in ["argument=serve", "argument=shop&argument=list", "argument=nothing", ""] {
            let reply = try await send("POST /local/command?\(words)&database=\(facts.st_dev)-\(facts.st_ino)")
            #expect((reply.status, reply.pointers) == (422, ["?argument"]), "\(words): \(reply.text)")
        }
        #expect(try await serving.stop() == 0)
    }

    @Test func `a command that is stopped has stopped in the server too`() async throws {
        let binary = try await Binary.fresh(on: .sqlite)
        let serving = try await binary.serve()
        let seed = try binary.start(["seed", "bench", "--products", "200000", "--customers", "0", "--orders", "0"])
        try await eventually("products") { seed.error.contains("products ") }
        seed.signal(SIGKILL)
        // Else the server would wait for it until its patience ends.
        let start = ContinuousClock.now
        #expect(try await serving.stop() == 0)
        #expect(ContinuousClock.now - start < .seconds(15))
    }

    @Test func `what a killed server left is in nobody's way`() async throws {
        let binary = try await Binary.fresh(on: .sqlite)
        let socket = binary.data + "/butik.sock"
        try await binary.serve().kill()
        #expect(FileManager.default.fileExists(atPath: socket))
        #expect(try await binary.succeed("shop", "create", "One") == "shop 1: One")
        let serving = try await binary.serve()
        #expect(try await binary.succeed("shop", "create", "Two") == "shop 2: Two")
        #expect(try await serving.stop() == 0)
        #expect(!FileManager.default.fileExists(atPath: socket))
    }

    @Test func `a command does not take one server for another`() async throws {
        let (one, other) = (try await Binary.fresh(on: .sqlite), try await Binary.fresh(on: .sqlite))
        let second = one.with(database: other.database)
        let serving = try await one.serve()
        let beside = try await second.serve()
        #expect(beside.program.error.contains("another server has"))
        let refused = try await second.run("shop", "create", "Lost")
        #expect(refused.status == 1)
        #expect(refused.lastLine == "butik: the server here has another database")
        #expect(try await one.succeed("shop", "create", "Found") == "shop 1: Found")
        // A second server of the same database does not start, and leaves the first its door.
        #expect(try await one.run("serve", "--port", "0").error.contains("is using"))
        #expect(try await one.succeed("shop", "create", "Again").hasSuffix(": Again"))
        #expect(try await beside.stop() == 0)
        #expect(try await serving.stop() == 0)
    }

    @Test func `in a data folder that is too deep for a socket a command says what has the database`() async throws {
        let plain = try await Binary.fresh(on: .sqlite)
        let binary = plain.with(data: plain.data + "/" + String(repeating: "d", count: 100))
        let serving = try await binary.serve()
        #expect(serving.program.error.contains("there is no local door"))
        let refused = try await binary.run("shop", "create", "A")
        #expect(refused.status == 1)
        #expect(refused.lastLine.contains("(pid \(serving.program.identifier)) is using"))
        #expect(try await serving.stop() == 0)
    }
}
