import Glibc
import Persistence
import Resources

/// Letting go of what no row names: it is moved aside for a week before it is deleted, because a restore may be undone, and
/// because a copy of the database that shares the folder knows nothing of what the other has taken in since.
extension MediaFolder {
    /// How long bytes lie aside.
    static let asideSeconds: Int64 = 7 * 86_400

    private func aside(_ shop: Int64) -> String { "\(path)/aside/\(shop)" }

    // MARK: Aside

    /// Originals of a shop that nobody has used since a time: those that may go, if no row names them.
    func idle(_ shop: Int64, since time: Instant) -> [String] {
        let root = "\(path)/\(shop)"
        return Disk.names(in: root).flatMap { part in
            putBack(in: "\(root)/\(part)")
            return Disk.names(in: "\(root)/\(part)").filter { isIdle("\(root)/\(part)/\($0)", since: time) }
        }
    }

    /// Gives back their names to folders that a sweep was about to empty when it was cut short.
    private func putBack(in part: String) {
        for name in Disk.names(in: part) where name.hasSuffix(Self.going) {
            let path = "\(part)/\(name)"
            if rename(path, String(path.dropLast(Self.going.count))) != 0 { Disk.removeFolder(path) }
        }
    }

    private static let going = ".gone"

    /// A folder without an original was left by a crash; then its own time counts.
    private func isIdle(_ folder: String, since time: Instant) -> Bool {
        (Disk.time(folder + "/original") ?? Disk.time(folder)).map { $0 < time } ?? false
    }

    /// Moves an original aside and removes what was made of it, unless somebody has used it after all. Its folder gets
    /// another name first: an upload that comes meanwhile finds nothing and writes anew, and one that came before has left
    /// its mark.
    /// - Parameter now: from when on it lies aside.
    /// - Returns: whether it went.
    func putAside(_ sha256: String, shop: Int64, idleSince time: Instant, at now: Instant) throws -> Bool {
        let folder = folder(shop, sha256)
        let going = folder + Self.going
        try Disk.makeFolder(aside(shop))
        Disk.removeFolder(going)
        guard rename(folder, going) == 0 else { return false }
        if !isIdle(going, since: time), rename(going, folder) == 0 { return false }
        // The time it is found by is that of being put aside.
        if Disk.touch(going + "/original", at: now) {
            guard rename(going + "/original", "\(aside(shop))/\(sha256)") == 0 else {
                throw Disk.fault("rename to \(aside(shop))")
            }
            try Disk.syncFolder(aside(shop))
        }
        Disk.removeFolder(going)
        rmdir("\(path)/\(shop)/\(sha256.prefix(2))")
        return true
    }

    // MARK: Back, or away

    /// The shops that something of lies aside.
    var shopsAside: [Int64] { Disk.names(in: path + "/aside").compactMap { WholeNumber(strict: $0)?.int64 } }

    func namesAside(_ shop: Int64) -> [String] { Disk.names(in: aside(shop)) }

    /// An original where it is, which stays there. Looked for twice in its place, since it may come back meanwhile.
    func openedInPlace(_ sha256: String, shop: Int64) -> OpenedFile? {
        let place = original(shop, sha256)
        return OpenedFile(place) ?? OpenedFile("\(aside(shop))/\(sha256)") ?? OpenedFile(place)
    }

    /// An original, brought back where it lies aside; nil where there is none.
    func opened(_ sha256: String, shop: Int64) throws -> OpenedFile? {
        if let file = OpenedFile(original(shop, sha256)) { return file }
        return try bringBack(sha256, shop: shop) ? OpenedFile(original(shop, sha256)) : nil
    }

    /// Brings an original back that lies aside, as one that was used just now; says whether there was one.
    func bringBack(_ sha256: String, shop: Int64) throws -> Bool {
        let place = "\(aside(shop))/\(sha256)"
        guard Disk.touch(place) else { return false }
        try Disk.makeFolder(folder(shop, sha256))
        // Another server of the same folder may have been quicker.
        guard rename(place, original(shop, sha256)) == 0 || errno == ENOENT else { throw Disk.fault("rename \(place)") }
        try Disk.syncFolder(folder(shop, sha256))
        return true
    }

    /// Deletes an original that has lain aside for its time; says whether it had.
    func removeAside(_ sha256: String, shop: Int64, at now: Instant) -> Bool {
        let place = "\(aside(shop))/\(sha256)"
        guard let since = Disk.time(place), since <= now.adding(seconds: -Self.asideSeconds) else { return false }
        return unlink(place) == 0
    }

    /// Removes what uploads left behind that never ended.
    func removeTemporary(idleSince time: Instant) {
        for name in Disk.names(in: temporary) {
            let path = "\(temporary)/\(name)"
            if let last = Disk.time(path), last < time { unlink(path) }
        }
    }
}
