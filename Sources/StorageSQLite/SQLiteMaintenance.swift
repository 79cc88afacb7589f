import Glibc
import Persistence

extension SQLiteStorage {
    /// Reads every page and index entry and answers what is wrong with them; nothing when all is sound.
    package func check() async throws -> [String] {
        let lines = try await onReader { connection in
            try connection.rows("PRAGMA integrity_check").compactMap { $0.text(0) }
        }
        return lines == ["ok"] ? [] : lines
    }

    /// Writes the database as it stands now to a new file. The file has its name only when it is whole and on disk.
    package func backup(to target: String) async throws {
        let source = path
        try await WorkerThread.run {
            guard !DatabaseFile.exists(target) else { throw StorageError.unavailable("\(target) exists already") }
            let part = "\(target).\(getpid()).part"
            guard try DatabaseFile.createEmpty(part) else {
                throw StorageError.unavailable("\(part) is in the way; another backup makes it, or one was broken off")
            }
            do {
                let connection = try SQLiteConnection(path: source, role: .copier)
                try connection.run("VACUUM INTO \(part)")
                try DatabaseFile.publish(part, as: target)
            } catch {
                unlink(part)
                throw error
            }
        }
    }
}
