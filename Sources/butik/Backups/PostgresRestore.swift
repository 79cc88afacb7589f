import Commerce
import Foundation
import Persistence
import StoragePostgres
import StorageSQLite

/// Puts a copy in the place of a Postgres database that no server uses. The old one is kept as a file.
struct PostgresRestore {
    private let tools: PostgresTools
    private let session: PostgresSession
    private let data: String

    /// - Throws: `Settings.Fault` beside a server: ids would run backwards, and those who follow the feed would stand ahead.
    init(_ url: String, _ settings: Settings) throws {
        tools = try PostgresTools(url)
        session = try PostgresSession(url: url)
        data = settings.data
        guard try session.takeAlone() else {
            throw Settings.Fault(description: "another butik is using the \(tools.name); stop it first")
        }
    }

    /// - Parameter files: brings what the rows name, just before they are there.
    func run(_ file: String, files: () async throws -> Void) async throws -> Restore.Change {
        let tables = try tools.prove(file)
        let old = try databaseID()
        let aside = try keepOld()
        try await files()
        try tools.restore(file)
        let new = MediaOwners.newDatabaseID()
        if try session.hasTable("server_facts") { try session.rows(MediaOwners.rename(to: new)) }
        print("restored \(tables) tables; " + (aside.map { "the old database is \($0)" } ?? "there was none before"))
        return Restore.Change(old: old, new: new)
    }

    private func databaseID() throws -> String? {
        guard try session.hasTable("server_facts") else { return nil }
        return try session.rows(MediaOwners.databaseIDStored).first?.first.flatMap { $0 }
    }

    private func keepOld() throws -> String? {
        guard try session.hasTable("schema_migrations") else { return nil }
        let aside = "\(data)/butik.dump.before-restore-\(SystemClock.now().milliseconds)"
        try DatabaseFile.createFolders(of: aside)
        try tools.dump(to: aside + ".part", snapshot: try session.beginSnapshot())
        try session.rows("ROLLBACK")
        try DatabaseFile.publish(aside + ".part", as: aside)
        return aside
    }
}
