import ButikFiles
import Foundation
import Persistence
import Resources
import Support
import Testing

/// What a restore leaves behind: another database than the one the backup was taken of, never beside a server.
@Suite struct RestoreTests {
    private static func backup(_ binary: Binary) async throws -> String {
        let file = Binary.folder() + ".backup"
        try await binary.succeed("backup", file)
        return file
    }

    @Test func `a restore beside a running server is refused and leaves nothing behind`() async throws {
        let binary = try await Binary.filled()
        let file = try await Self.backup(binary)
        let serving = try await binary.serve()
        let ended = try await binary.run("restore", file, "--yes")
        #expect(ended.status == 1)
        #expect(ended.lastLine.contains("is using"), "\(ended.error)")
        #expect(try binary.besideDatabase == [])
        #expect(try await HTTP.send("GET", "/readyz", port: serving.port).status == 200)
        #expect(try await serving.stop() == 0)
        try await binary.succeed("restore", file, "--yes")
        #expect(try await binary.succeed("doctor").hasPrefix("All "))
    }

    @Test func `a restored database is another one, and takes over the media folder of the one it replaces`()
        async throws
    {
        let binary = try await Binary.fresh()
        let (serving, client, product) = try await binary.openShop { try await binary.serve() }
        _ = try await client.upload(product, Picture.png(30, 30))
        let mark = binary.data + "/media/database"
        try await eventually("a first sweep") { FileManager.default.fileExists(atPath: mark) }
        let file = try await Self.backup(binary)
        let late = try await client.upload(product, Picture.png(40, 40))
        #expect(try await serving.stop() == 0)
        let first = try #require(try await binary.databaseID)
        // What came after the backup is older than the time that uploads have.
        for path in binary.mediaFiles {
            try FileManager.default.setAttributes(
                [.modificationDate: Date(timeIntervalSinceNow: -7200)], ofItemAtPath: binary.data + "/media/" + path)
        }
        try await binary.succeed("restore", file, "--yes")
        let second = try #require(try await binary.databaseID)
        #expect(second != first)
        #expect(try String(contentsOfFile: mark, encoding: .utf8) == second)

        // Served, it puts aside what it does not know. The restore is undone, and all is there.
        let served = try await binary.serve()
        try await eventually("a sweep") { binary.mediaFiles.count == 1 }
        #expect(try await HTTP.send("GET", late, port: served.port).status == 404)
        #expect(try await served.stop() == 0)
        let kept = try #require(try binary.besideDatabase.last)
        #expect(Binary.mode(kept) == 0o600)
        try await binary.succeed("restore", kept, "--yes")
        #expect(![first, second].contains(try await binary.databaseID))
        let again = try await binary.serve()
        #expect(try await HTTP.send("GET", late, port: again.port).status == 200)
        #expect(try await again.stop() == 0)
    }

    @Test func `a copy put up elsewhere leaves the first one's media folder to it`() async throws {
        let binary = try await Binary.filled()
        try await binary.serve().stop()
        let mark = binary.data + "/media/database"
        let file = try await Self.backup(binary)
        let owner = try #require(try await binary.databaseID)
        let staging = try await Binary.fresh(keyOf: binary)
        let settings = ["BUTIK_MEDIA_DIR": binary.data + "/media"]
        let ended = try await staging.run(["restore", file, "--yes"], environment: settings)
        #expect(ended.status == 0, "\(ended.error)")
        #expect(try await staging.databaseID != owner)
        let serving = try await staging.serve(settings: settings)
        try await eventually("a warning") { serving.program.error.contains("another database's") }
        #expect(try await serving.stop() == 0)
        #expect(try String(contentsOfFile: mark, encoding: .utf8) == owner)
    }

    @Test func `the folder of a database that is lost is taken when it is said so`() async throws {
        let binary = try await Binary.fresh()
        let (serving, client, product) = try await binary.openShop { try await binary.serve() }
        _ = try await client.upload(product, Picture.png(30, 30))
        let mark = binary.data + "/media/database"
        try await eventually("a first sweep") { FileManager.default.fileExists(atPath: mark) }
        #expect(try await serving.stop() == 0)
        let file = try await Self.backup(binary)
        let owner = try #require(try await binary.databaseID)
        let empty = try await Binary.fresh(migrated: false).with(data: binary.data)
        let ended = try await empty.run("restore", file, "--yes")
        #expect(ended.status == 0 && ended.error.contains("belongs to another database"), "\(ended.error)")
        #expect(try String(contentsOfFile: mark, encoding: .utf8) == owner)
        try await empty.succeed("restore", file, "--yes", "--take-media")
        #expect(try await String(contentsOfFile: mark, encoding: .utf8) == empty.databaseID)
    }

    @Test func `an older butik's backup in the place of a newer one's database is migrated like any other`()
        async throws
    {
        let old = try await Binary.fresh(migrated: false)
        let storage = try await Engine.open(old.database)
        let files = try ButikFiles.migrationFiles().filter { $0.name < "0018" }
        _ = try await Migrator(files: files, dialect: storage.dialect).migrate(storage)
        await storage.close()
        let file = try await Self.backup(old)
        let binary = try await Binary.filled()
        try await binary.succeed("restore", file, "--yes")
        #expect(try await binary.rows.keys.sorted() == old.rows.keys.sorted())
        #expect(try await binary.succeed("migrate").contains("Applied 0018"))
        #expect(try await binary.succeed("doctor").hasPrefix("All "))
        #expect(try await binary.rows["orders"]?.count == 0)
    }

    @Test func `the password is on no command line and in no question`() async throws {
        let binary = try await Binary.filled()
        let file = try await Self.backup(binary)
        guard Engine.current == .postgres else {
            let asked = try await binary.run("restore", file)
            #expect(asked.error.contains("Replace the SQLite database \(binary.folderOfDatabase)/butik.db by "))
            return
        }
        // Tools that note what they are given, before the real ones.
        let programs = Binary.folder()
        try FileManager.default.createDirectory(atPath: programs, withIntermediateDirectories: true)
        for tool in ["pg_dump", "pg_restore", "psql"] {
            let script = """
                #!/bin/sh
                echo "$0 $* [$PGPASSWORD]" >> \(programs)/calls
                exec /usr/bin/\(tool) "$@"

                """
            try Data(script.utf8).write(to: URL(fileURLWithPath: "\(programs)/\(tool)"))
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: "\(programs)/\(tool)")
        }
        var parts = try #require(URLComponents(string: binary.database))
        parts.password = "TOPSECRET"
        let secret = Binary(data: binary.data, database: parts.string ?? "")
        let environment = ["PATH": programs + ":/usr/bin:/bin"]
        let asked = try await secret.run(["restore", file], environment: environment)
        #expect(asked.status == 1 && asked.error.contains("Replace the Postgres database butik_test_"))
        #expect(!(asked.error + asked.output).contains("TOPSECRET"))
        for command in [["backup", Binary.folder()], ["restore", file, "--yes"]] {
            let ended = try await secret.run(command, environment: environment)
            #expect(ended.status == 0, "\(ended.error)")
            #expect(!(ended.error + ended.output).contains("TOPSECRET"))
        }
        let calls = try String(contentsOfFile: programs + "/calls", encoding: .utf8).split(separator: "\n")
        #expect(calls.count >= 5)
        for call in calls { #expect(!call.dropLast("[TOPSECRET]".count).contains("TOPSECRET"), "\(call)") }
        #expect(calls.contains { $0.hasSuffix("[TOPSECRET]") })
    }
}
