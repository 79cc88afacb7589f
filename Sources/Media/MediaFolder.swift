import Basics
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
            if try move(file.path, into: folder) { return }
        }
        throw Disk.Fault(what: "keep \(sha256)", code: EAGAIN)
    }

    /// Makes a file the original of a folder.
    /// - Returns: false where a sweep has just taken the folder away, which looks again whether it may and brings it back.
    func move(_ file: String, into folder: String) throws -> Bool {
        do {
            try Disk.makeFolder(folder)
            guard rename(file, folder + "/original") == 0 else { throw Disk.fault("rename to \(folder)") }
            try Disk.sync(folder)
            return true
        } catch let fault as Disk.Fault where fault.code == ENOENT {
            return false
        }
    }

    static func hash(_ bytes: UnsafeRawBufferPointer) -> String {
        var hash = SHA256()
        hash.update(bufferPointer: bytes)
        return Hex.text(hash.finalize())
    }

    // MARK: Out

    /// The shops there are files of.
    var shops: [Int64] { Disk.names(in: path).compactMap { WholeNumber(strict: $0)?.int64 } }

    /// Of one image so many renditions and bytes are kept, so that nobody can fill the disk by asking for others.
    private static let renditionsMax = 60
    private static let renditionBytesMax = 48 << 20

    /// A rendition that was made. One of no bytes was cut short by a power cut, and is made anew.
    func rendition(at path: String) -> OpenedFile? {
        OpenedFile(path).flatMap { $0.size > 0 ? $0 : nil }
    }

    /// Takes what was made of an original to where it is shown.
    /// - Parameter home: the folder of the original; where it has gone meanwhile nobody wants what was made of it.
    func publish(_ part: String, as rendition: Rendition, in home: String) throws {
        if rendition.type == .webp { try WebPMetadata.remove(in: part) }
        try Disk.sync(part)
        guard rename(part, "\(home)/\(rendition.name)") == 0 else {
            if errno == ENOENT { return }
            throw Disk.fault("rename \(part)")
        }
        makeRoom(in: home, for: rendition.name)
    }

    /// Lets go of the renditions made longest ago where there are too many or they are too large.
    /// - Parameters:
    ///   - home: the folder of their original.
    ///   - name: the one just made, which stays.
    private func makeRoom(in home: String, for name: String) {
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
        Disk.names(in: home).filter { $0 != "original" }
    }

    /// Removes what was made as it is not made any more, or was never ended, which nobody is shown.
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

    /// The database whose folder it is, or two while one takes the other's place; none where it is nobody's yet.
    var owners: [String] {
        (Disk.text(of: ownerMark) ?? "").split(separator: "\n").map(String.init)
    }

    /// Whether the folder belongs to a database. One that belongs to none yet is taken.
    func belongs(to databaseID: String) throws -> Bool {
        if owners.isEmpty { try take(for: databaseID) }
        return owners.contains(databaseID)
    }

    /// The mark has its content from the first moment on, and of several that come at once one is first.
    private func take(for databaseID: String) throws {
        let part = try TemporaryFile(in: temporary)
        try part.write(databaseID)
        try part.sync()
        if link(part.path, ownerMark) == 0 { return try Disk.sync(path) }
        guard errno == EEXIST, let owner = Disk.text(of: ownerMark) else { throw Disk.fault("link \(ownerMark)") }
        // An older butik wrote into the mark after it was there, and may have been killed between.
        if owner.isEmpty { try Disk.publish(part.path, as: ownerMark) }
    }

    /// Lets a database that is about to take another's place have the folder too: whichever of them is there after a crash
    /// has its files.
    func admit(_ databaseID: String) throws {
        try Disk.replace(ownerMark, with: (owners + [databaseID]).joined(separator: "\n"), through: temporary)
    }

    /// Leaves the folder to one database alone.
    func leave(to databaseID: String) throws {
        try Disk.replace(ownerMark, with: databaseID, through: temporary)
    }
}
