import Glibc

/// Keeps a second writing process out: SQLite's own locks would let it in, and two that checkpoint one log can corrupt it.
package final class ProcessLock: Sendable {
    private let descriptor: Int32

    /// Takes `<database>.lock`, which the kernel frees when its holder dies, or says who holds it.
    package init(database path: String) throws {
        descriptor = Glibc.open(path + ".lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw DatabaseFile.failure("open", path + ".lock") }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            guard errno == EWOULDBLOCK else { throw DatabaseFile.failure("lock", path + ".lock") }
            throw DatabaseInUse(path: path, process: holder)
        }
        let text = "\(getpid())\n"
        // The number is only for the message above, so a full disk must not keep the server from starting.
        guard ftruncate(descriptor, 0) == 0 else { return }
        _ = pwrite(descriptor, text, text.utf8.count, 0)
    }

    /// The file stays: removing it would let two processes lock two files of one name.
    deinit {
        if descriptor >= 0 { Glibc.close(descriptor) }
    }

    private var holder: Int? {
        var buffer = [UInt8](repeating: 0, count: 20)
        let count = pread(descriptor, &buffer, buffer.count, 0)
        return Int(String(decoding: buffer.prefix(max(count, 0)).prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self))
    }
}

/// Another process writes to the database.
package struct DatabaseInUse: Error, Sendable, Equatable, CustomStringConvertible {
    package let path: String
    package let process: Int?

    package var description: String {
        let who = process.map { "another butik (pid \($0))" } ?? "another butik"
        return "\(who) is using \(path); stop it, or let it do the work"
    }
}
