import Crypto
import Glibc
import Persistence
import Resources

/// Where bytes live: `<shop>/<ab>/<sha256>/original`, and beside each original what was made of it. A file has its name only
/// when it is whole and on the disk. All of it blocks; `MediaLibrary` is the door for everybody else.
struct MediaFolder: Sendable {
    let path: String

    var temporary: String { path + "/tmp" }

    func folder(_ shop: Int64, _ sha256: String) -> String {
        "\(path)/\(shop)/\(sha256.prefix(2))/\(sha256)"
    }

    func original(_ shop: Int64, _ sha256: String) -> String { folder(shop, sha256) + "/original" }

    // MARK: In

    /// Moves a file to where its content belongs. What is there already is marked as used, so that a sweep leaves it.
    func keep(_ file: TemporaryFile, as sha256: String, shop: Int64) throws {
        let folder = folder(shop, sha256)
        // Twice, because a sweep may take the folder away between two of these steps; a second time it finds it fresh.
        for _ in 1...3 {
            if Disk.touch(folder + "/original") { return }
            try file.sync()
            let parents = [path, "\(path)/\(shop)", "\(path)/\(shop)/\(sha256.prefix(2))"]
            let isNew = try Disk.makeFolder(folder)
            if rename(file.path, folder + "/original") == 0 {
                try Disk.syncFolder(folder)
                if isNew { for parent in parents { try Disk.syncFolder(parent) } }
                return
            }
            guard errno == ENOENT else { throw Disk.fault("rename to \(folder)") }
        }
        throw Disk.Fault(what: "keep \(sha256)", code: EAGAIN)
    }

    static func hash(_ bytes: UnsafeRawBufferPointer) -> String {
        var hash = SHA256()
        hash.update(bufferPointer: bytes)
        return hash.finalize().reduce(into: "") { $0 += ($1 < 16 ? "0" : "") + String($1, radix: 16) }
    }

    // MARK: Out

    /// Originals of a shop that nobody has used since a time: those that may go, if no row names them.
    func idle(_ shop: Int64, since time: Instant) -> [String] {
        let root = "\(path)/\(shop)"
        return Disk.names(in: root).flatMap { part in
            putBack(in: "\(root)/\(part)")
            return Disk.names(in: "\(root)/\(part)").filter { isIdle("\(root)/\(part)/\($0)", since: time) }
        }
    }

    /// Gives back their names to folders that a sweep had put aside when it was cut short.
    private func putBack(in part: String) {
        for name in Disk.names(in: part) where name.hasSuffix(Self.aside) {
            let path = "\(part)/\(name)"
            if rename(path, String(path.dropLast(Self.aside.count))) != 0 { Disk.removeFolder(path) }
        }
    }

    private static let aside = ".gone"

    /// A folder without an original was left by a crash; then its own time counts.
    private func isIdle(_ folder: String, since time: Instant) -> Bool {
        (Disk.time(folder + "/original") ?? Disk.time(folder)).map { $0 < time } ?? false
    }

    /// Removes an original and all that was made of it, unless somebody has used it after all. It is put aside first: an
    /// upload that comes meanwhile finds nothing and writes anew, and one that came before has left its mark.
    func remove(_ sha256: String, shop: Int64, idleSince time: Instant) {
        let folder = folder(shop, sha256)
        let aside = folder + Self.aside
        Disk.removeFolder(aside)
        guard rename(folder, aside) == 0 else { return }
        if !isIdle(aside, since: time), rename(aside, folder) == 0 { return }
        Disk.removeFolder(aside)
        rmdir("\(path)/\(shop)/\(sha256.prefix(2))")
    }

    /// Removes what uploads left behind that never ended.
    func removeTemporary(idleSince time: Instant) {
        for name in Disk.names(in: temporary) {
            let path = "\(temporary)/\(name)"
            if let last = Disk.time(path), last < time { unlink(path) }
        }
    }

    /// The shops there are files of.
    var shops: [Int64] { Disk.names(in: path).compactMap { WholeNumber(strict: $0)?.int64 } }

    /// Of one image so many renditions and bytes are kept, so that nobody can fill the disk by asking for others.
    private static let renditionsMax = 60
    private static let renditionBytesMax = 48 << 20

    /// Lets go of the renditions made longest ago where there are too many or they are too large.
    /// - Parameters:
    ///   - home: the folder of their original.
    ///   - name: the one just made, which stays.
    func makeRoom(in home: String, for name: String) {
        let others = Disk.names(in: home).filter { $0 != "original" && $0 != name && !$0.contains(".part.") }
        let aged = others.compactMap { other in
            Disk.status("\(home)/\(other)").map { (path: "\(home)/\(other)", time: $0.time, bytes: $0.bytes) }
        }.sorted { $0.time > $1.time }
        var (count, bytes) = (1, Disk.status("\(home)/\(name)")?.bytes ?? 0)
        for other in aged {
            (count, bytes) = (count + 1, bytes + other.bytes)
            if count > Self.renditionsMax || bytes > Self.renditionBytesMax { unlink(other.path) }
        }
    }

    // MARK: Whose it is

    /// Whether the folder belongs to a database. One that belongs to none yet is taken.
    func belongs(to databaseID: String) throws -> Bool {
        let mark = path + "/database"
        try Disk.makeFolder(path)
        let descriptor = open(mark, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        if descriptor >= 0 {
            defer { close(descriptor) }
            var text = databaseID
            try text.withUTF8 { try Disk.writeAll(descriptor, UnsafeRawBufferPointer($0)) }
            return true
        }
        guard let file = OpenedFile(mark) else { throw Disk.fault("open \(mark)") }
        var buffer = [UInt8](repeating: 0, count: 256)
        let count = max(0, pread(file.descriptor, &buffer, buffer.count, 0))
        return String(decoding: buffer[..<count], as: UTF8.self) == databaseID
    }
}
