import Glibc
import Persistence

/// Where the database lies, and what is done to files around SQLite rather than through it.
package enum DatabaseFile {
    /// The file's one true path, so that a link to it leads to the same lock and the same log.
    static func resolve(_ path: String) throws -> String {
        guard let resolved = realpath(path, nil) else { throw failure("open", path) }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    /// The same for a database that may not be there yet: where its file is, or would be made. Links, and links to links, are
    /// followed though they lead to nothing, and folders that are missing are made.
    package static func place(of path: String) throws -> String {
        var path = path
        // As many as the kernel follows.
        for _ in 1...40 {
            if exists(path) { return try resolve(path) }
            let folder = Disk.folder(of: path)
            guard let target = linkTarget(path) else {
                try createFolders(of: path)
                return try resolve(folder) + "/" + path.dropFirst(path.hasPrefix(folder) ? folder.count : 0)
            }
            path = target.hasPrefix("/") ? target : folder + target
        }
        errno = ELOOP
        throw failure("open", path)
    }

    private static func linkTarget(_ path: String) -> String? {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlink(path, &buffer, buffer.count)
        return count < 0 ? nil : String(decoding: buffer.prefix(count).map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    /// Makes the file and its folders where they are missing, for nobody but this user: it holds people's addresses.
    static func create(_ path: String) throws {
        try createFolders(of: path)
        _ = try createEmpty(path)
    }

    private static func createFolders(of path: String) throws {
        let folder = Disk.folder(of: path).dropLast()
        if !folder.isEmpty { try Disk.makeFolder(String(folder)) }
    }

    /// Answers false where the file is there already.
    static func createEmpty(_ path: String) throws -> Bool {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        if descriptor < 0 && errno == EEXIST { return false }
        guard descriptor >= 0 else { throw failure("make", path) }
        close(descriptor)
        return true
    }

    static func exists(_ path: String) -> Bool {
        access(path, F_OK) == 0
    }

    /// Moves what a database's log holds into its file, under the lock of whoever calls.
    /// - Returns: whether the file stands alone now. One that is too broken for that needs its log beside it.
    /// - Throws: `StorageError.busy` where somebody reads what the log holds, `.full`.
    package static func settle(_ path: String) throws -> Bool {
        guard exists(path + "-wal") else { return true }
        do {
            let connection = try SQLiteConnection(path: path, role: .writer)
            guard try connection.rows("PRAGMA wal_checkpoint(truncate)").first?["busy"] == 0 else {
                throw StorageError.busy("another program is reading \(path); end it first")
            }
            return true
        } catch StorageError.unavailable, StorageError.statement {
            return false
        }
    }

    /// What the last system call said.
    static func failure(_ verb: String, _ path: String) -> StorageError {
        errno == ENOSPC ? .full : .unavailable("cannot \(verb) \(path): \(String(cString: strerror(errno)))")
    }
}
