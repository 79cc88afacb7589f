import Glibc
import Persistence

/// A file of master keys that only its owner can read.
struct KeyFile: Sendable {
    let path: String

    /// Far more than any number of keys in use.
    private static let bytesMax = 4096

    /// Nil where there is none.
    func read() throws -> [MasterKey]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT { return nil }
            throw Disk.fault("open \(path)")
        }
        defer { close(descriptor) }
        var facts = stat()
        guard fstat(descriptor, &facts) == 0 else { throw Disk.fault("stat \(path)") }
        guard facts.st_mode & S_IFMT == S_IFREG else { throw KeyFault.malformed(path) }
        try refuseReadableByOthers(facts)
        return try KeyText.keys(in: try text(of: descriptor), from: path)
    }

    func refuseReadableByOthers() throws {
        var facts = stat()
        guard stat(path, &facts) == 0 else { throw Disk.fault("stat \(path)") }
        try refuseReadableByOthers(facts)
    }

    private func refuseReadableByOthers(_ facts: stat) throws {
        guard facts.st_mode & 0o077 == 0 else { throw KeyFault.readableByOthers(path) }
    }

    private func text(of descriptor: Int32) throws -> String {
        var bytes = [UInt8](repeating: 0, count: Self.bytesMax + 1)
        var count = 0
        while count < bytes.count {
            let more = bytes.withUnsafeMutableBytes {
                Glibc.read(descriptor, $0.baseAddress.map { $0 + count }, $0.count - count)
            }
            if more < 0, errno == EINTR { continue }
            guard more >= 0 else { throw Disk.fault("read \(path)") }
            if more == 0 { break }
            count += more
        }
        guard count <= Self.bytesMax else { throw KeyFault.malformed(path) }
        return String(decoding: bytes.prefix(count), as: UTF8.self)
    }

    /// Makes the file with a new key, unless another process was faster: then the key is theirs.
    func make() throws {
        try Disk.makeFolder(Disk.folder(of: path))
        let part = try PartFile("\(path).\(getpid())-\(UInt32.random(in: 0 ... .max)).part")
        try write([.new()], to: part)
        guard link(part.path, path) == 0 || errno == EEXIST else { throw Disk.fault("link \(path)") }
        try Disk.sync(Disk.folder(of: path))
    }

    /// Puts a key behind those that are there, for good.
    func add(_ key: MasterKey) throws {
        // What has the name may be a link to where the file is.
        guard let real = realpath(path, nil) else { throw Disk.fault("find \(path)") }
        defer { free(real) }
        let file = KeyFile(path: String(cString: real))
        let part = try PartFile(file.path + ".part")
        guard let keys = try file.read() else { throw KeyFault.missing(path) }
        try file.write(keys + [key], to: part)
        try part.publish(as: file.path)
    }

    private func write(_ keys: [MasterKey], to part: PartFile) throws {
        let descriptor = open(part.path, O_WRONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Disk.fault("open \(part.path)") }
        defer { close(descriptor) }
        try Array(keys.map { $0.text + "\n" }.joined().utf8).withUnsafeBytes { try Disk.writeAll(descriptor, $0) }
        guard fsync(descriptor) == 0 else { throw Disk.fault("fsync \(part.path)") }
    }
}
