import Basics
import Glibc
import Persistence
import Resources

/// The same for every file of this module.
typealias Disk = Persistence.Disk

/// What is asked about files, and small ones read and written.
extension Persistence.Disk {
    /// The same path from the root on: programs that we start take a relative one for something else.
    static func absolute(_ path: String) -> String {
        guard !path.hasPrefix("/"), let here = getcwd(nil, 0) else { return path }
        defer { free(here) }
        return String(cString: here) + "/" + path
    }

    /// Sets a file's time to now, or to a time; false where there is none.
    static func touch(_ path: String, at time: Instant? = nil) -> Bool {
        guard let time else { return utimensat(AT_FDCWD, path, nil, 0) == 0 }
        let moment = timespec(
            tv_sec: Int(time.milliseconds / 1000), tv_nsec: Int(time.milliseconds % 1000) * 1_000_000)
        return utimensat(AT_FDCWD, path, [moment, moment], 0) == 0
    }

    /// The content of a small file; nil where there is none.
    static func text(of path: String) -> String? {
        guard let file = OpenedFile(path) else { return nil }
        var buffer = [UInt8](repeating: 0, count: 256)
        let count = max(0, pread(file.descriptor, &buffer, buffer.count, 0))
        return String(decoding: buffer[..<count], as: UTF8.self)
    }

    /// The content of a file that is not large.
    static func bytes(of path: String) throws -> [UInt8] {
        guard let file = OpenedFile(path) else { throw fault("open \(path)") }
        return try [UInt8](unsafeUninitializedCapacity: Int(file.size)) { buffer, count in
            while count < buffer.count, let base = buffer.baseAddress {
                let got = pread(file.descriptor, base + count, buffer.count - count, off_t(count))
                if got < 0 { throw fault("read \(path)") }
                if got == 0 { break }
                count += got
            }
        }
    }

    /// Writes a small file, which has its old content or its new one whatever happens.
    /// - Parameter temporary: a folder of the same file system, for what is not whole yet.
    static func replace(_ path: String, with text: String, through temporary: String) throws {
        let part = try TemporaryFile(in: temporary)
        try part.write(text)
        try publish(part.path, as: path)
    }

    /// When a file was last written or used, in milliseconds; nil where there is none.
    static func time(_ path: String) -> Instant? { status(path)?.time }

    /// The same, and how large it is.
    static func status(_ path: String) -> (time: Instant, bytes: Int64)? {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        let milliseconds = Int64(status.st_mtim.tv_sec) * 1000 + Int64(status.st_mtim.tv_nsec) / 1_000_000
        return (Instant(milliseconds: milliseconds), Int64(status.st_size))
    }

    /// Removes a folder of files that can be made again; one that has others stays.
    static func removeFolder(_ path: String, except kept: String) {
        for name in names(in: path) where name != kept { unlink("\(path)/\(name)") }
        rmdir(path)
    }
}
