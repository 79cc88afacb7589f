import Glibc
import Persistence
import Resources

/// The few things that are asked of the file system, with its refusals as errors. All of them block.
enum Disk {
    /// The file system refused.
    struct Fault: Error, CustomStringConvertible {
        let what: String
        let code: Int32

        var description: String { "\(what): \(String(cString: strerror(code)))" }
    }

    /// Storage that is full is a fault of its own, which clients are told.
    static func fault(_ what: String) -> any Error {
        let code = errno
        return code == ENOSPC || code == EDQUOT ? StorageError.full : Fault(what: what, code: code)
    }

    /// The same path from the root on: programs that we start take a relative one for something else.
    static func absolute(_ path: String) -> String {
        guard !path.hasPrefix("/"), let here = getcwd(nil, 0) else { return path }
        defer { free(here) }
        return String(cString: here) + "/" + path
    }

    /// Makes a folder and those above it, on disk before this returns; says whether this one is new.
    @discardableResult
    static func makeFolder(_ path: String) throws -> Bool {
        if mkdir(path, 0o700) == 0 {
            try syncFolder(path + "/..")
            return true
        }
        switch errno {
        case EEXIST: return false
        case ENOENT:
            guard let slash = path.lastIndex(of: "/"), slash > path.startIndex else { throw fault("mkdir \(path)") }
            try makeFolder(String(path[..<slash]))
            return try makeFolder(path)
        default: throw fault("mkdir \(path)")
        }
    }

    static func writeAll(_ descriptor: Int32, _ buffer: UnsafeRawBufferPointer) throws {
        var done = 0
        while done < buffer.count, let base = buffer.baseAddress {
            let count = write(descriptor, base + done, buffer.count - done)
            if count < 0 {
                if errno == EINTR { continue }
                throw fault("write")
            }
            done += count
        }
    }

    /// Makes names in a folder last through a power cut.
    static func syncFolder(_ path: String) throws {
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw fault("open \(path)") }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw fault("fsync \(path)") }
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
        var text = text
        try text.withUTF8 { try part.write(UnsafeRawBufferPointer($0)) }
        try part.sync()
        guard rename(part.path, path) == 0 else { throw fault("rename to \(path)") }
        try syncFolder(path.lastIndex(of: "/").map { String(path[...$0]) } ?? ".")
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

    static func names(in folder: String) -> [String] {
        guard let handle = opendir(folder) else { return [] }
        defer { closedir(handle) }
        var names: [String] = []
        while let entry = readdir(handle) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    /// Removes a folder of files.
    static func removeFolder(_ path: String) {
        for name in names(in: path) { unlink("\(path)/\(name)") }
        rmdir(path)
    }
}
