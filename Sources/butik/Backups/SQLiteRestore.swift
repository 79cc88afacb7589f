import Commerce
import Foundation
import Media
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

    /// - Parameter prepare: what is done when the copy is proven and before it takes the old one's place.
    func run(
        _ file: String, prepare: (Restore.Change, [MediaFile]) async throws -> Void
    ) async throws {
        defer { withExtendedLifetime(lock) {} }
        let part = try PartFile(path + ".restore")
        removeBeside(part)
        defer { removeBeside(part) }
        let files = try await DatabaseCopy.prove(file, calling: file)
        let change = Restore.Change(old: await Self.databaseID(path), new: MediaOwners.newDatabaseID())
        try await copy(file, into: part, renamedTo: change.new)
        try await prepare(change, files)
        let aside = try replace(by: part)
        print(aside.map { "restored; the old database is \($0)" } ?? "restored; there was none before")
    }

    /// What the backup's log may still hold is in the copy too.
    private func copy(_ file: String, into part: PartFile, renamedTo name: String) async throws {
        try await SQLiteStorage.with(path: file, readOnly: true) { try await $0.backup(into: part.path) }
        try await SQLiteStorage.with(path: part.path) { copy in
            if let fault = try await copy.check().first {
                throw Settings.Fault(description: "\(part.path) was damaged on the way: \(fault)")
            }
            try await copy.write { db in
                guard try db.describe().tables.contains(where: { $0.name == "server_facts" }) else { return }
                try db.run(MediaOwners.rename(to: name))
            }
        }
    }

    /// - Returns: where the old database is now.
    private func replace(by part: PartFile) throws -> String? {
        guard Place(path) != .missing else {
            try part.publish(as: path)
            return nil
        }
        let aside = "\(path).before-restore-\(SystemClock.now().milliseconds)"
        let standsAlone = try DatabaseFile.settle(path)
        try keepOld(as: aside)
        // A log that stays would be taken for the new one's. Where the file needs it, the two are kept together.
        let hasLog = Place(path + "-wal") != .missing
        if hasLog, !standsAlone { try Disk.publish(path + "-wal", as: aside + "-wal") }
        for suffix in ["-wal", "-shm"] { unlink(path + suffix) }
        do { try part.publish(as: path) } catch {
            if hasLog, !standsAlone { try Disk.publish(aside + "-wal", as: path + "-wal") }
            throw error
        }
        return aside
    }

    /// Gives the old file a second name, which lasts.
    private func keepOld(as aside: String) throws {
        do {
            try FileManager.default.linkItem(atPath: path, toPath: aside)
        } catch {
            // Not every file system has links.
            try FileManager.default.copyItem(atPath: path, toPath: aside)
        }
        try Disk.sync(aside)
        try Disk.sync(Disk.folder(of: aside))
    }

    /// What SQLite keeps beside a database while it is open.
    private func removeBeside(_ part: PartFile) {
        for suffix in ["-wal", "-shm", ".lock"] { unlink(part.path + suffix) }
    }

    /// By what name a database goes; nil where there is none, or it is the broken one that all this is about.
    private static func databaseID(_ path: String) async -> String? {
        guard Place(path) != .missing else { return nil }
        return try? await SQLiteStorage.with(path: path, readOnly: true) { storage in
            try await storage.fetch(MediaOwners.databaseIDStored).first.map { try $0["value"] }
        }
    }
}
