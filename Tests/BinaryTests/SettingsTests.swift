import Basics
import Foundation
import Resources
import Support
import Testing

/// A setting that cannot be meant stops the start with one line; flag beats environment beats file.
@Suite struct SettingsTests {
    private static func file(_ text: String) throws -> String {
        let path = Binary.folder() + ".yaml"
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        return path
    }

    /// What the document says the server's address is: the shortest way to see what was read.
    private static func address(
        _ arguments: [String] = [], _ environment: [String: String] = [:]
    ) async throws -> String {
        let ended = try await Binary.run(["openapi"] + arguments, environment: environment)
        try #require(ended.status == 0, "\(ended.error)")
        return try JSONParser.parse(Array(ended.output.trimmingCharacters(in: .whitespacesAndNewlines).utf8))[
            "servers"][0]["url"].text
    }

    @Test(
        arguments: [
            (["BUTIK_PROT": "1"], "BUTIK_PROT is no setting; there are BUTIK_DATABASE_URL, "),
            (["BUTIK_PORT": "http"], "port: http must be a number from 0 to 65535"),
            (["BUTIK_PORT": "65536"], "port: 65536 must be a number from 0 to 65535"),
            (["BUTIK_RATE_LIMIT": "maybe"], "rate_limit: maybe must be one of off, on"),
            (["BUTIK_OAUTH_UNREGISTERED": "no"], "oauth_unregistered: no must be one of off, on"),
            (["BUTIK_LOG_LEVEL": "loud"], "log_level: loud must be one of critical, "),
            (["BUTIK_LOG_FORMAT": "xml"], "log_format: xml must be one of json, text"),
            (["BUTIK_TRUSTED_PROXIES": "10.0.0.0/8,here"], "trusted_proxies: here is no network"),
            (["BUTIK_OUTBOUND_ALLOW": "127.0.0.1"], "outbound_allow: 127.0.0.1 must be a list of host:port"),
            (["BUTIK_DATABASE_URL": "mysql://localhost"], "database_url must begin with sqlite: or postgres://"),
            (["BUTIK_REPLICA_URLS": "postgres://other/db"], "replica_urls has no effect: all reads go to"),
            (["BUTIK_MASTER_KEY": "secret"], "BUTIK_MASTER_KEY must hold a key of 32 bytes, as 64 hexadecimal digits"),
            (
                ["BUTIK_MASTER_KEY": String(repeating: "0", count: 64), "BUTIK_MASTER_KEY_FILE": "/key"],
                "master_key and master_key_file both say where the master key is; leave one out"
            ),
            (["BUTIK_DATABASE_URL": "sqlite:"], "database_url: sqlite: needs a path"),
        ])
    func `a wrong variable stops the start with one line`(_ environment: [String: String], _ line: String) async throws
    {
        let ended = try await Binary.run(["serve", "--port", "0", "--data", Binary.folder()], environment: environment)
        #expect(ended.status == 1)
        #expect(ended.error.hasPrefix("butik: " + line), "\(ended.error)")
        #expect(ended.error.split(separator: "\n").count == 1)
        #expect(ended.output == "")
    }

    @Test(
        arguments: [
            ("prot: 1\n", "prot is no setting; there are database_url, "), ("- port\n", "must be a YAML mapping"),
            ("trusted_proxies: [10.0.0.0/8]\n", "trusted_proxies of the file must be a text"),
            ("mail_from: a@b.test\n", "mail_from has no effect: no smtp_url is set"),
            ("port: [\n", "must be a YAML mapping"), ("port: many\n", "port: many must be a number"),
        ])
    func `a wrong file stops the start with one line`(_ text: String, _ line: String) async throws {
        let ended = try await Binary.run(["serve", "--data", Binary.folder(), "--config", try Self.file(text)])
        #expect(ended.status == 1)
        #expect(ended.error.contains(line), "\(ended.error)")
        #expect(ended.error.split(separator: "\n").count == 1)
    }

    @Test func `a file that is not there stops the start`() async throws {
        let ended = try await Binary.run(["serve", "--data", Binary.folder(), "--config", "/nowhere.yaml"])
        #expect(ended.status == 1)
        #expect(ended.error == "butik: /nowhere.yaml cannot be read\n")
    }

    @Test func `flag beats environment beats file`() async throws {
        let file = try Self.file("host: file.example\nport: 1001\n")
        #expect(try await Self.address() == "http://127.0.0.1:8080")
        #expect(try await Self.address(["--config", file]) == "http://file.example:1001")
        #expect(try await Self.address(["--config", file], ["BUTIK_PORT": "1002"]) == "http://file.example:1002")
        #expect(
            try await Self.address(["--config", file], ["BUTIK_PUBLIC_URL": "https://shop.example"])
                == "https://shop.example")
        // A server takes the port of its flag, though the environment names one that nobody may have.
        let binary = try await Binary.fresh()
        let serving = try await binary.serve()
        #expect(try await HTTP.send("GET", "/livez", port: serving.port).status == 200)
        #expect(try await serving.stop() == 0)
    }

    @Test func `the database of the environment is used, and a flag beats it`() async throws {
        let binary = try await Binary.fresh()
        let environment = ["BUTIK_DATABASE_URL": binary.database]
        let list = try await Binary.run(["shop", "list"], environment: environment)
        #expect(list.status == 0)
        let elsewhere = ["--database-url", "sqlite:" + Binary.folder() + "/none.db"]
        let other = try await Binary.run(["shop", "list"] + elsewhere, environment: environment)
        #expect(other.status == 1)
        #expect(other.error.contains("run: butik migrate"))
    }

    @Test(
        arguments: [
            ["serv"], ["serve", "--prot", "1"], ["serve", "--port", "many"], ["token", "create"],
            ["token", "create", "--shop", "1", "--level", "owner"], ["import", "xml", "file", "--shop", "1"],
            ["backup"],
            ["shop", "create", "Test", "--vat", "lots"],
        ])
    func `what cannot be understood ends with 64`(_ arguments: [String]) async throws {
        let ended = try await Binary.run(arguments)
        #expect(ended.status == 64)
        #expect(ended.error.contains("Usage: butik"))
    }

    @Test(
        arguments: [
            "serve", "migrate", "seed", "import", "backup", "restore", "doctor", "user", "shop", "token", "openapi",
            "rotate-key",
            "bench",
        ])
    func `every verb explains itself`(_ verb: String) async throws {
        let ended = try await Binary.run([verb, "--help"])
        #expect(ended.status == 0)
        #expect(ended.output.contains("USAGE: butik \(verb)"))
    }
}
