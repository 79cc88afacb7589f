import Glibc
import Resources

/// A file that is being written and has no name anybody knows. It is gone with the value unless it was moved.
package final class TemporaryFile: Sendable {
    let path: String
    private let descriptor: Int32

    /// - Parameter type: what programs are to take it for, which go by names.
    convenience init(in folder: String, type: FileType? = nil) throws {
        try Disk.makeFolder(folder)
        let words = (1...2).map { _ in String(UInt64.random(in: .min ... .max), radix: 36) }
        try self.init(at: "\(folder)/\(words.joined()).part" + (type.map { "." + $0.fileExtension } ?? ""))
    }

    private init(at path: String) throws {
        self.path = path
        descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Disk.fault("open \(path)") }
    }

    deinit {
        close(descriptor)
        unlink(path)
    }

    func write(_ buffer: UnsafeRawBufferPointer) throws {
        try Disk.writeAll(descriptor, buffer)
    }

    func write(_ text: String) throws {
        var text = text
        try text.withUTF8 { try write(UnsafeRawBufferPointer($0)) }
    }

    func sync() throws {
        guard fsync(descriptor) == 0 else { throw Disk.fault("fsync \(path)") }
    }

    /// The content, mapped and not read: a large file takes no memory of ours.
    func withBytes<T>(_ body: (UnsafeRawBufferPointer) throws -> T) throws -> T {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw Disk.fault("fstat \(path)") }
        guard status.st_size > 0 else { return try body(UnsafeRawBufferPointer(start: nil, count: 0)) }
        let size = Int(status.st_size)
        guard let base = mmap(nil, size, PROT_READ, MAP_PRIVATE, descriptor, 0), base != MAP_FAILED else {
            throw Disk.fault("mmap \(path)")
        }
        defer { munmap(base, size) }
        return try body(UnsafeRawBufferPointer(start: base, count: size))
    }
}
