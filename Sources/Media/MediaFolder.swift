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
        return text(of: hash.finalize())
    }

    /// A hash as the name of what it is of.
    static func text(of hash: SHA256.Digest) -> String {
        hash.reduce(into: "") { $0 += ($1 < 16 ? "0" : "") + String($1, radix: 16) }
    }

    // MARK: Out

    /// All originals there are.
    var originals: [MediaFile] {
        shops.flatMap { shop in
            Disk.names(in: "\(path)/\(shop)").flatMap { Disk.names(in: "\(path)/\(shop)/\($0)") }.filter {
                Disk.time(original(shop, $0)) != nil
            }.map { MediaFile(shop: shop, sha256: $0) }
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
        removeOldRenditions(in: home)
        let others = renditions(in: home).filter { $0 != name }
        let aged = others.compactMap { other in
            Disk.status("\(home)/\(other)").map { (path: "\(home)/\(other)", time: $0.time, bytes: $0.bytes) }
        }.sorted { $0.time > $1.time }
        var (count, bytes) = (1, Disk.status("\(home)/\(name)")?.bytes ?? 0)
        for other in aged {
            (count, bytes) = (count + 1, bytes + other.bytes)
            if count > Self.renditionsMax || bytes > Self.renditionBytesMax { unlink(other.path) }
        }
    }

    private func renditions(in home: String) -> [String] {
        Disk.names(in: home).filter { $0 != "original" && !$0.contains(".part.") }
    }

    /// Removes what was made as it is not made any more, which nobody is shown.
    private func removeOldRenditions(in home: String) {
        for name in renditions(in: home) where !Rendition.isCurrent(name) { unlink("\(home)/\(name)") }
    }

    /// The same in all of the folder, once for each way of making them.
    func removeOldRenditions() throws {
        let mark = path + "/renditions"
        guard Disk.text(of: mark) != Rendition.version else { return }
        for shop in shops {
            for part in Disk.names(in: "\(path)/\(shop)") {
                let parent = "\(path)/\(shop)/\(part)"
                for name in Disk.names(in: parent) { removeOldRenditions(in: "\(parent)/\(name)") }
            }
        }
        try Disk.replace(mark, with: Rendition.version, through: temporary)
    }

    // MARK: Whose it is

    private var ownerMark: String { path + "/database" }

    /// Whether the folder belongs to a database. One that belongs to none yet is taken.
    func belongs(to databaseID: String) throws -> Bool {
        try Disk.makeFolder(path)
        let descriptor = open(ownerMark, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            guard let owner = Disk.text(of: ownerMark) else { throw Disk.fault("open \(ownerMark)") }
            return owner == databaseID
        }
        defer { close(descriptor) }
        var text = databaseID
        try text.withUTF8 { try Disk.writeAll(descriptor, UnsafeRawBufferPointer($0)) }
        return true
    }

    /// Gives the folder of a database to the one that takes its place; that of another stays as it is.
    func handOver(from old: String, to new: String) throws {
        guard Disk.text(of: ownerMark) == old else { return }
        try Disk.replace(ownerMark, with: new, through: temporary)
    }
}
