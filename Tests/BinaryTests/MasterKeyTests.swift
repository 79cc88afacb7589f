import Foundation
import Support
import Testing

/// The start and the master key: made for a new database, and never without it again.
@Suite struct MasterKeyTests {
    private static func serve(_ binary: Binary, _ environment: [String: String] = [:]) async throws -> Binary.Ended {
        let ended = try await binary.run(["serve", "--port", "0"], environment: environment)
        #expect(ended.status == 1 && ended.error.split(separator: "\n").count == 1, "\(ended.error)")
        return ended
    }

    private static func key(_ binary: Binary) throws -> String {
        try String(contentsOfFile: binary.keyFile, encoding: .utf8).trimmingCharacters(in: .newlines)
    }

    @Test func `the first start makes the key, and the next ones take it`() async throws {
        let binary = try await Binary.fresh()
        #expect(!FileManager.default.fileExists(atPath: binary.keyFile))
        #expect(try await binary.serve().stop() == 0)
        #expect(Binary.mode(binary.keyFile) == 0o600)
        let key = try Self.key(binary)
        #expect(key.count == 64)
        #expect(try await binary.serve().stop() == 0)
        #expect(try Self.key(binary) == key)
        let rows = try await binary.rows
        #expect(!"\(rows)".contains(key))
    }

    @Test func `a key file that others can read stops the start`() async throws {
        let binary = try await Binary.fresh()
        try await binary.succeed("user", "create", "anna@example.com")
        chmod(binary.keyFile, 0o640)
        let line =
            "butik: \(binary.keyFile) holds a master key, and others can read it; run: chmod 600 \(binary.keyFile)\n"
        #expect(try await Self.serve(binary).error == line)
        #expect(try await binary.run("user", "create", "bo@example.com").error == line)
        #expect(try await binary.run("rotate-key").error == line)
        let doctor = try await binary.run("doctor")
        #expect(doctor.status == 1 && doctor.output.contains("every sealed value opens: \(binary.keyFile) holds"))
        chmod(binary.keyFile, 0o600)
        #expect(try await binary.serve().stop() == 0)
        #expect(try await binary.succeed("doctor").hasPrefix("All "))
        // What needs no key asks for none.
        chmod(binary.keyFile, 0o640)
        #expect(try await binary.succeed("migrate") == "The database is up to date.")
        try await binary.succeed("shop", "create", "Test")
        chmod(binary.keyFile, 0o600)
    }

    @Test func `a key file that is lost, damaged or another's stops the start`() async throws {
        let (binary, other) = (try await Binary.fresh(), try await Binary.fresh())
        for each in [binary, other] { #expect(try await each.serve().stop() == 0) }
        let (own, foreign) = (try Self.key(binary), try Self.key(other))
        try FileManager.default.removeItem(atPath: binary.keyFile)
        let lost = try await Self.serve(binary).error
        #expect(
            lost.hasPrefix(
                "butik: there is no \(binary.keyFile), and the database's secrets are sealed with master key "))
        #expect(lost.contains("put the file back") && !FileManager.default.fileExists(atPath: binary.keyFile))
        let wrong = try await Self.serve(binary, ["BUTIK_MASTER_KEY": foreign]).error
        let ids = wrong.matches(of: /[0-9a-f]{16}/).map { String($0.0) }
        #expect(ids.count == 2 && Set(ids).count == 2 && lost.contains(ids[0]), "\(wrong)")
        #expect(!wrong.contains(foreign))
        let malformed = try await Self.serve(other, ["BUTIK_MASTER_KEY": String(foreign.dropLast())]).error
        #expect(malformed.hasPrefix("butik: BUTIK_MASTER_KEY must hold a key of 32 bytes"))
        // Given by hand it is the same key.
        let serving = try await binary.serve(settings: ["BUTIK_MASTER_KEY": own])
        #expect(try await serving.stop() == 0)
        try FileManager.default.moveItem(atPath: other.keyFile, toPath: other.keyFile + "s")
        let file = ["BUTIK_MASTER_KEY_FILE": other.keyFile + "s"]
        #expect(try await other.serve(settings: file).stop() == 0)
        #expect(try await Self.serve(binary, file).error.contains("\(other.keyFile)s holds "))
    }

    @Test func `a key in a settings file that others can read stops the start`() async throws {
        let binary = try await Binary.fresh()
        let path = Binary.folder() + ".yaml"
        try Data("master_key: \"\(String(repeating: "0", count: 64))\"\n".utf8).write(to: URL(fileURLWithPath: path))
        chmod(path, 0o644)
        let ended = try await binary.run("user", "create", "anna@example.com", "--config", path)
        #expect(ended.status == 1 && ended.lastLine.contains("\(path) holds a master key, and others can read it"))
        chmod(path, 0o600)
        try await binary.succeed("user", "create", "anna@example.com", "--config", path)
        #expect(!FileManager.default.fileExists(atPath: binary.keyFile))
    }

    @Test func `a backup that is put up without its key says so at the start`() async throws {
        let binary = try await Binary.filled()
        let file = Binary.folder() + ".backup"
        try await binary.succeed("backup", file)
        let key = try Self.key(binary)
        #expect(FileManager.default.contents(atPath: file)?.range(of: Data(key.utf8)) == nil)
        let place = try await Binary.fresh(migrated: false)
        try await place.succeed("restore", file, "--yes")
        #expect(try await Self.serve(place).error.contains("put the file back (it is in no backup of the database)"))
        try place.takeKey(of: binary)
        #expect(try await place.serve().stop() == 0)
    }

    @Test func `a password is hashed under a pepper of the key`() async throws {
        let binary = try await Binary.fresh()
        let given = ["user", "create", "bo@example.com", "--password-stdin"]
        #expect(try await binary.run(given, input: "correct horse\n").status == 0)
        let rows = "\(try await binary.rows["users"] ?? [])"
        #expect(rows.contains("$scrypt$ln=17,r=8,p=1,keyid=") && !rows.contains("correct"))
    }
}
