import Glibc

/// What is asked of the file system so that it lasts through a power cut, with its refusals as errors. All of it blocks.
package enum Disk {
    /// The file system refused.
    package struct Fault: Error, CustomStringConvertible {
        let what: String
        package let code: Int32

        package init(what: String, code: Int32) {
            (self.what, self.code) = (what, code)
        }

        package var description: String { "\(what): \(String(cString: strerror(code)))" }
    }

    /// What the last system call said. Storage that is full is a fault of its own, which clients are told.
    package static func fault(_ what: String) -> any Error {
        let code = errno
        return code == ENOSPC || code == EDQUOT ? StorageError.full : Fault(what: what, code: code)
    }

    /// Makes a folder and those above it, each of which lasts.
    package static func makeFolder(_ path: String) throws {
        if mkdir(path, 0o700) == 0 { return try sync(folder(of: path)) }
        switch errno {
        case EEXIST: return
        case ENOENT:
            guard let slash = path.lastIndex(of: "/"), slash > path.startIndex else { throw fault("mkdir \(path)") }
            try makeFolder(String(path[..<slash]))
            try makeFolder(path)
        default: throw fault("mkdir \(path)")
        }
    }

    package static func writeAll(_ descriptor: Int32, _ buffer: UnsafeRawBufferPointer) throws {
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

    /// Makes what a file holds, or the names in a folder, last.
    package static func sync(_ path: String) throws {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw fault("open \(path)") }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw fault("fsync \(path)") }
    }

    /// Gives a finished file its name, in the place of what had it; both last when this returns.
    package static func publish(_ part: String, as path: String) throws {
        try sync(part)
        guard rename(part, path) == 0 else { throw fault("rename to \(path)") }
        try sync(folder(of: path))
    }

    package static func folder(of path: String) -> String {
        path.lastIndex(of: "/").map { String(path[...$0]) } ?? "./"
    }

    /// What is in a folder, in order; nothing where there is none.
    package static func names(in folder: String) -> [String] {
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
}
