import Commerce
import Foundation
import Persistence
import StorageSQLite

/// Puts a copy in the place of an SQLite database, under the lock of the one process that writes, so never beside a server.
/// At every moment there is the old database or the new one, and the old one is kept.
struct SQLiteRestore {
    private let path: String
    private let lock: ProcessLock

    init(_ path: String) throws {
        self.path = try DatabaseFile.place(of: path)
        lock = try ProcessLock(database: self.path)
    }

    private var part: String { path + ".restore" }

    /// - Parameter files: brings what the rows name, just before they are there.
    func run(_ file: String, files: () async throws -> Void) async throws -> Restore.Change {
        defer { withExtendedLifetime(lock) {} }
        removePart()
        defer { removePart() }
        try await DatabaseCopy.prove(file, calling: file)
        let change = Restore.Change(old: await Self.databaseID(path), new: MediaOwners.newDatabaseID())
        try await copy(file, renamedTo: change.new)
        try await files()
        let aside = try keepOld()
        try DatabaseFile.publish(part, as: path)
        print(aside.map { "restored; the old database is \($0)" } ?? "restored; there was none before")
        return change
    }

    /// What the backup's log may still hold is in the copy too.
    private func copy(_ file: String, renamedTo name: String) async throws {
        let source = try await SQLiteStorage.open(path: file, readOnly: true)
        do {
            try await source.backup(to: part)
            await source.close()
        } catch {
            await source.close()
            throw error
        }
        let copy = try await SQLiteStorage.open(path: part)
        do {
            if let fault = try await copy.check().first {
                throw Settings.Fault(description: "\(part) was damaged on the way: \(fault)")
            }
            try await copy.write { db in
                guard try db.describe().tables.contains(where: { $0.name == "server_facts" }) else { return }
                try db.run(MediaOwners.rename(to: name))
            }
            await copy.close()
        } catch {
            await copy.close()
            throw error
        }
    }

    /// Gives the old file a second name, and its log with it, which would else be taken for the new one's.
    private func keepOld() throws -> String? {
        let manager = FileManager.default
        guard manager.fileExists(atPath: path) else { return nil }
        DatabaseFile.settle(path)
        let aside = "\(path).before-restore-\(SystemClock.now().milliseconds)"
        do {
            try manager.linkItem(atPath: path, toPath: aside)
        } catch {
            // Not every file system has links.
            try manager.copyItem(atPath: path, toPath: aside)
        }
        if manager.fileExists(atPath: path + "-wal") {
            try manager.moveItem(atPath: path + "-wal", toPath: aside + "-wal")
        }
        try? manager.removeItem(atPath: path + "-shm")
        // Before the new one takes the first name away.
        try DatabaseFile.flush(aside)
        return aside
    }

    private func removePart() {
        for suffix in ["", "-wal", "-shm", ".lock"] { try? FileManager.default.removeItem(atPath: part + suffix) }
    }

    /// By what name a database goes; nil where there is none, or it is the broken one that all this is about.
    private static func databaseID(_ path: String) async -> String? {
        guard FileManager.default.fileExists(atPath: path),
            let storage = try? await SQLiteStorage.open(path: path, readOnly: true)
        else { return nil }
        let rows = try? await storage.fetch(MediaOwners.databaseIDStored)
        await storage.close()
        return rows?.first?.text(0)
    }
}
