import Commerce
import Foundation
import Media
import Persistence
import StoragePostgres

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

    /// - Parameter prepare: what is done when the copy is proven and before it takes the old one's place.
    func run(
        _ file: String, prepare: (Restore.Change, [MediaFile]) async throws -> Void
    ) async throws {
        let tables = try tools.prove(file)
        let change = Restore.Change(old: try databaseID(), new: MediaOwners.newDatabaseID())
        let aside = try keepOld()
        try await prepare(change, try tools.files(namedBy: file))
        try tools.restore(file, renamedTo: change.new)
        print("restored \(tables) tables; " + (aside.map { "the old database is \($0)" } ?? "there was none before"))
    }

    private func databaseID() throws -> String? {
        guard try session.hasTable("server_facts") else { return nil }
        return try session.rows(MediaOwners.databaseIDStored).first?.first.flatMap { $0 }
    }

    private func keepOld() throws -> String? {
        guard try session.hasTable("schema_migrations") else { return nil }
        try Disk.makeFolder(data)
        let name = "butik.dump.before-restore-"
        PartFile.clear(data) { $0.hasPrefix(name) && $0.hasSuffix(DatabaseCopy.part) }
        let aside = "\(data)/\(name)\(SystemClock.now().milliseconds)"
        let part = try PartFile(aside + DatabaseCopy.part)
        try tools.dump(to: part, snapshot: try session.beginSnapshot())
        try session.rows("ROLLBACK")
        try part.publish(as: aside)
        return aside
    }
}
