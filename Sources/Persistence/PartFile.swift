import Glibc

/// A file that is being written, for nobody but this user, and has its name when it is whole. Its lock, which the kernel frees
/// when its writer dies, tells whether it is still being written: what a kill has left behind belongs to whoever comes next.
/// It is gone with the value unless it was published.
package final class PartFile: Sendable {
    package let path: String
    private let descriptor: Int32

    /// Begins the file, or begins one anew that nobody writes any more.
    /// - Throws: `StorageError.unavailable` where somebody does.
    package init(_ path: String) throws {
        self.path = path
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Disk.fault("open \(path)") }
        // Whoever had it may have given it its name before it could be locked.
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0, hasItsName else {
            throw StorageError.unavailable("\(path) is being written by another butik")
        }
        guard fchmod(descriptor, 0o600) == 0, ftruncate(descriptor, 0) == 0 else { throw Disk.fault("empty \(path)") }
    }

    /// Where another has the file, it is theirs to remove.
    deinit {
        guard descriptor >= 0 else { return }
        if flock(descriptor, LOCK_EX | LOCK_NB) == 0, hasItsName { unlink(path) }
        close(descriptor)
    }

    package func publish(as name: String) throws {
        try Disk.publish(path, as: name)
    }

    /// Removes what kills have left behind in a folder.
    package static func clear(_ folder: String, _ isPart: (String) -> Bool) {
        for name in Disk.names(in: folder) where isPart(name) { _ = try? PartFile("\(folder)/\(name)") }
    }

    private var hasItsName: Bool {
        var (held, named) = (stat(), stat())
        return fstat(descriptor, &held) == 0 && stat(path, &named) == 0 && held.st_ino == named.st_ino
            && held.st_dev == named.st_dev
    }
}
