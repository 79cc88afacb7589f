import Foundation
import Persistence
import Resources
import StorageSQLite
import Support
import Testing

/// A restore that ends before its time leaves the old database or the new one, never half of either.
@Suite struct BrokenRestoreTests {
    /// A shop, its backup, and what it has become since.
    private struct Case {
        let binary: Binary
        let file = Binary.folder() + ".backup"
        let backup: [String: [String]]
        let now: [String: [String]]

        init() async throws {
            binary = try await Binary.filled()
            backup = try await binary.rows
            try await binary.succeed("backup", file)
            try await binary.succeed("shop", "create", "Newer")
            now = try await binary.rows
        }
    }

    /// Waits until Postgres has undone what was under way, or has finished it where its end was sent already. Who reads
    /// meanwhile from a moment before finds new tables without rows (Postgres' documentation, "Caveats" of MVCC).
    private static func transactionsEnd(in binary: Binary) async throws {
        guard Engine.current == .postgres else { return }
        let others = """
            SELECT count(*) FROM pg_stat_activity
            WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
            """
        try await eventually("the end of all sessions") {
            try Shell.run("psql", [binary.database, "-Atqc", others]) == "0\n"
        }
    }

    /// Whether a file is an old database, whole.
    private static func isKept(_ file: String) -> Bool {
        file.contains(".before-restore-") && !file.hasSuffix(".part")
    }

    @Test(.timeLimit(.minutes(5)))
    func `a restore that is killed at any moment leaves the old rows or the new`() async throws {
        let test = try await Case()
        let binary = test.binary
        let id = try await binary.databaseID
        var states: Set<Bool> = []
        // How long one takes, by which the moments are chosen.
        let start = ContinuousClock.now
        try await binary.succeed("restore", test.file, "--yes")
        let whole = start.duration(to: .now)
        let rounds = 16
        for round in 0..<rounds {
            try await binary.succeed("shop", "create", "Newer")
            let old = try await binary.rows
            let program = try binary.start(["restore", test.file, "--yes"])
            // The last one has time enough also where the machine has got busy since.
            let moment = ContinuousClock.now + (round == rounds - 1 ? whole * 20 : whole * (3 * round) / (2 * rounds))
            let kept = try binary.besideDatabase.count
            // A third of them as soon as the old database has its second name, just before the new one takes its place.
            try await eventually("the moment") {
                try !program.isRunning || ContinuousClock.now > moment
                    || round % 3 == 0 && round < rounds - 1
                        && binary.besideDatabase.filter { Self.isKept($0) }.count > kept
            }
            program.signal(SIGKILL)
            try await eventually("its end") { !program.isRunning }
            try await Self.transactionsEnd(in: binary)
            let rows = try await binary.rows
            #expect(rows == old || rows == test.backup, "round \(round)")
            states.insert(rows == old)
            let name = try await binary.databaseID
            #expect(rows == old || name != id, "a new database has a name of its own")
        }
        #expect(states == [true, false], "the first are killed at once, and the last hardly")
        try await binary.succeed("restore", test.file, "--yes")
        #expect(try await binary.rows == test.backup)
        #expect(try binary.besideDatabase.allSatisfy { Self.isKept($0) })
        #expect(try await binary.succeed("doctor").hasPrefix("All "))
    }

    @Test(.timeLimit(.minutes(1)))
    func `a reader who stands in the log keeps a restore out, and nothing is lost`() async throws {
        let binary = try await Binary.fresh(on: .sqlite)
        let (first, client, _) = try await binary.openShop { try await binary.serve() }
        #expect(try await first.stop() == 0)
        let file = Binary.folder() + ".backup"
        try await binary.succeed("backup", file)
        let path = binary.folderOfDatabase + "/butik.db"
        let reader = try await SQLiteStorage.open(path: path, readOnly: true)
        let (standing, stands) = AsyncStream<Void>.makeStream()
        let mayEnd = DispatchSemaphore(value: 0)
        defer { mayEnd.signal() }
        let reading = Task {
            try await reader.read { _ in
                stands.yield()
                mayEnd.wait()
            }
        }
        _ = await standing.first { _ in true }
        // What is written behind the reader's back is in the log alone, as after the kill of a server.
        let serving = try await binary.serve()
        #expect(try await Client(token: client.token, port: serving.port).post("brand", ["name": "Late"]).status == 200)
        try await serving.kill()
        let before = try FileManager.default.contentsOfDirectory(atPath: binary.folderOfDatabase).sorted()
        let ended = try await binary.run("restore", file, "--yes")
        #expect(ended.status == 1 && ended.error.contains("is reading"), "\(ended.error)")
        let after = try FileManager.default.contentsOfDirectory(atPath: binary.folderOfDatabase).sorted()
        #expect(after == before)
        mayEnd.signal()
        try await reading.value
        await reader.close()
        #expect(try await binary.rows["brands"]?.count == 1)
        // Now it can be had, and the old one has what was in its log.
        try await binary.succeed("restore", file, "--yes")
        #expect(try await binary.rows["brands"]?.count == 0)
        let kept = try #require(try binary.besideDatabase.first)
        try await binary.succeed("restore", kept, "--yes")
        #expect(try await binary.rows["brands"]?.count == 1)
    }

    @Test(.timeLimit(.minutes(1)))
    func `a restore that is asked to stop waits for Postgres' tools, and the old rows stay`() async throws {
        guard Engine.current == .postgres else { return }
        let test = try await Case()
        // One that sends half of the archive and then is stuck.
        let programs = Binary.folder()
        try FileManager.default.createDirectory(atPath: programs, withIntermediateDirectories: true)
        let script = """
            #!/bin/sh
            case "$*" in *--clean*) ;; *) exec /usr/bin/pg_restore "$@" ;; esac
            trap 'touch \(programs)/asked; exit 1' TERM INT
            echo $$ > \(programs)/id
            /usr/bin/pg_restore "$@" | head -n 200
            touch \(programs)/stuck
            while :; do /bin/sleep 0.05; done

            """
        try Data(script.utf8).write(to: URL(fileURLWithPath: programs + "/pg_restore"))
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: programs + "/pg_restore")
        for number in [SIGTERM, SIGINT, SIGKILL] {
            let program = try test.binary.start(
                ["restore", test.file, "--yes"], environment: ["PATH": programs + ":/usr/bin:/bin"])
            try await eventually("half of a restore") { FileManager.default.fileExists(atPath: programs + "/stuck") }
            let stuck = try #require(Int32(try String(contentsOfFile: programs + "/id", encoding: .utf8).dropLast()))
            // What a kill leaves behind has to end, and with it the transaction.
            defer { kill(stuck, SIGKILL) }
            program.signal(number)
            try await eventually("its end") { !program.isRunning }
            if number != SIGKILL {
                #expect(program.status == 1 && program.error.contains("butik: p"), "\(program.error)")
                #expect(FileManager.default.fileExists(atPath: programs + "/asked"))
                try FileManager.default.removeItem(atPath: programs + "/asked")
            }
            try FileManager.default.removeItem(atPath: programs + "/stuck")
        }
        #expect(try await test.binary.rows == test.now)
        #expect(try test.binary.besideDatabase.filter { $0.hasSuffix(".part") } == [])
        try await test.binary.succeed("restore", test.file, "--yes")
        #expect(try await test.binary.rows == test.backup)
    }
}
