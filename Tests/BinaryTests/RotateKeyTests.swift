import Foundation
import Persistence
import Secrets
import StorageSQLite
import Support
import Testing

/// `butik rotate-key`, beside a server, and killed.
@Suite struct RotateKeyTests {
    private static let count = 10_000

    private static func read(_ binary: Binary, _ statement: SQL) async throws -> Rows {
        let storage: any Storage =
            Engine.current == .sqlite
            ? try await SQLiteStorage.open(path: String(binary.database.dropFirst("sqlite:".count)), readOnly: true)
            : try await Engine.open(binary.database)
        do {
            let rows = try await storage.fetch(statement)
            await storage.close()
            return rows
        } catch {
            await storage.close()
            throw error
        }
    }

    /// How many values are sealed with the key that seals now, and how many are not.
    private static func sealed(_ binary: Binary) async throws -> (anew: Int64, before: Int64) {
        let rows = try await read(
            binary,
            """
            SELECT sum(CASE WHEN substr(pepper, 4, 16) = c.key_id THEN 1 ELSE 0 END) AS anew, count(*) AS total
            FROM master_keys, (SELECT key_id FROM master_keys WHERE is_current = 1) c
            """)
        let row = try #require(rows.first)
        let (anew, total): (Int64, Int64) = (try row["anew"], try row["total"])
        return (anew, total - anew)
    }

    /// Makes one of the later values take so long that whoever seals it anew can be killed at that. Postgres has locks for it.
    private static let hindrance = """
        CREATE TRIGGER hindrance BEFORE UPDATE ON master_keys WHEN old.key_id = 'earlier-5' BEGIN
        SELECT sum(length(a.key_id) + length(b.key_id)) FROM master_keys a, master_keys b,
        (SELECT 1 FROM master_keys LIMIT 10); END
        """

    /// Holds that value while something is done.
    private static func holding(_ binary: Binary, _ body: () async throws -> Void) async throws {
        guard Engine.current == .postgres else { return try await body() }
        let storage = try await Engine.open(binary.database)
        let (end, (taken, take)) = (DispatchSemaphore(value: 0), AsyncStream<Void>.makeStream())
        async let held: Void = storage.write { db in
            _ = try db.rows("SELECT key_id FROM master_keys WHERE key_id = 'earlier-5' FOR UPDATE")
            take.yield()
            end.wait()
        }
        _ = await taken.first { _ in true }
        let outcome: Result<Void, any Error>
        do { outcome = .success(try await body()) } catch { outcome = .failure(error) }
        end.signal()
        try await held
        await storage.close()
        try outcome.get()
    }

    /// A database with many sealed values: what is kept of as many master keys of earlier.
    private static func filled() async throws -> Binary {
        let binary = try await Binary.fresh()
        try await binary.succeed("user", "create", "anna@example.com")
        let key = try #require(try KeySource.file(binary.keyFile).read().first)
        let vault = Vault(key)
        let rows = try (1...count).map { index -> [SQLValue] in
            let id = "earlier-\(index)"
            let pepper = try vault.seal("pepper \(index)", as: SealedPlace("master_keys", id, "pepper"))
            return [.text(id), .text(""), .text(pepper), .integer(0), .integer(0), .integer(1)]
        }
        let storage = try await Engine.open(binary.database)
        let head = "INSERT INTO master_keys (key_id, canary, pepper, is_current, created, retired) VALUES"
        try await storage.write { db in
            try db.run(SQL.insertions(head, rows))
            if db.dialect == .sqlite { try db.script(hindrance) }
        }
        await storage.close()
        return binary
    }

    @Test func `the key is changed beside a running server, which goes on with the new one`() async throws {
        let binary = try await Binary.fresh()
        let serving = try await binary.serve()
        let old = try String(contentsOfFile: binary.keyFile, encoding: .utf8)
        let said = try await binary.succeed("rotate-key")
        #expect(said.contains(" seals from now on; values sealed anew: 1\n"))
        #expect(said.contains(" is needed only by backups from before: remove it when they are gone"))
        let file = try String(contentsOfFile: binary.keyFile, encoding: .utf8)
        #expect(file.hasPrefix(old) && file.split(separator: "\n").count == 2 && Binary.mode(binary.keyFile) == 0o600)
        try await binary.succeed("user", "create", "anna@example.com")
        #expect(try await binary.succeed("doctor").hasPrefix("All "))
        #expect(try await serving.stop() == 0)
        // The old key is needed no more.
        try Data(file.dropFirst(old.count).utf8).write(to: URL(fileURLWithPath: binary.keyFile))
        #expect(try await binary.serve().stop() == 0)
        #expect(try await binary.succeed("doctor").hasPrefix("All "))
    }

    @Test func `what was killed while it changed the key is seen to its end by the next`() async throws {
        let binary = try await Self.filled()
        let serving = try await binary.serve()
        let first: SQL = "SELECT substr(pepper, 4, 16) FROM master_keys WHERE key_id = 'earlier-1'"
        let before = try await Self.read(binary, first).first?.text(at: 0)
        try await Self.holding(binary) {
            let rotation = try binary.start(["rotate-key"])
            try await eventually("the first values") {
                let now = try await Self.read(binary, first).first?.text(at: 0)
                return now != nil && now != before
            }
            // On SQLite it is the server that does it.
            if Engine.current == .sqlite { try await serving.kill() } else { rotation.signal(SIGKILL) }
            try await eventually("the end of the command") { !rotation.isRunning }
        }
        if Engine.current == .sqlite {
            let storage = try await Engine.open(binary.database)
            try await storage.write { try $0.script("DROP TRIGGER hindrance") }
            await storage.close()
        }
        let part = try await Self.sealed(binary)
        try #require(part.anew > 0 && part.before > 0)
        let again = Engine.current == .sqlite ? try await binary.serve() : serving
        #expect(try await binary.succeed("doctor").hasPrefix("All "))
        #expect(try await binary.succeed("rotate-key").contains("values sealed anew: \(part.before)\n"))
        #expect(try await Self.sealed(binary).before == 0)
        #expect(try await Self.read(binary, "SELECT key_id FROM master_keys WHERE retired IS NULL").count == 1)
        #expect(try await binary.succeed("doctor").hasPrefix("All "))
        #expect(try await again.stop() == 0)
    }
}
