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
            let folder = folder(of: path)
            guard let target = linkTarget(path) else {
                try createFolders(of: path)
                return try resolve(folder) + "/" + path.dropFirst(path.hasPrefix(folder) ? folder.count : 0)
            }
            path = target.hasPrefix("/") ? target : folder + target
        }
        errno = ELOOP
        throw failure("open", path)
    }

    private static func folder(of path: String) -> String {
        path.lastIndex(of: "/").map { String(path[...$0]) } ?? "./"
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

    /// Makes the folders that a file will lie in, on disk before this returns.
    package static func createFolders(of path: String) throws {
        for (index, byte) in path.utf8.enumerated() where byte == UInt8(ascii: "/") && index > 0 {
            let folder = String(decoding: path.utf8.prefix(index), as: UTF8.self)
            if mkdir(folder, 0o700) == 0 {
                try synchronize(self.folder(of: folder))
            } else if errno != EEXIST {
                throw failure("make", folder)
            }
        }
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

    /// Gives a finished file its name, on disk before this returns.
    package static func publish(_ part: String, as path: String) throws {
        try synchronize(part)
        guard rename(part, path) == 0 else { throw failure("make", path) }
        try synchronize(folder(of: path))
    }

    /// Brings a file to the disk that has its name already, and the name with it.
    package static func flush(_ path: String) throws {
        try synchronize(path)
        try synchronize(folder(of: path))
    }

    /// Moves what a database's log holds into its file, under the lock of whoever calls. One that is too broken for that keeps
    /// its log beside it.
    package static func settle(_ path: String) {
        guard exists(path + "-wal"), let connection = try? SQLiteConnection(path: path, role: .writer) else { return }
        connection.checkpoint(.truncate)
    }

    private static func synchronize(_ path: String) throws {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure("open", path) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw failure("save", path) }
    }

    /// What the last system call said.
    static func failure(_ verb: String, _ path: String) -> StorageError {
        errno == ENOSPC ? .full : .unavailable("cannot \(verb) \(path): \(String(cString: strerror(errno)))")
    }
}
