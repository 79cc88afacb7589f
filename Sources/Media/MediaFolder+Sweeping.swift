import Basics
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
    /// - Parameter now: when folders that a sweep was about to empty when it was cut short are put aside.
    func idle(_ shop: Int64, since time: Instant, at now: Instant) throws -> [String] {
        let root = "\(path)/\(shop)"
        return try Disk.names(in: root).flatMap { part in
            let names = Disk.names(in: "\(root)/\(part)")
            for name in names {
                guard let going = Going(name), going.since < time else { continue }
                try putBack(going, in: "\(root)/\(part)", shop: shop, at: now)
            }
            return names.filter { Going($0) == nil && isIdle("\(root)/\(part)/\($0)", since: time) }
        }
    }

    /// Gives a folder its name back; where there is a new one, what it holds goes aside.
    private func putBack(_ going: Going, in part: String, shop: Int64, at now: Instant) throws {
        if rename("\(part)/\(going.name)", "\(part)/\(going.sha256)") == 0 { return }
        try empty("\(part)/\(going.name)", of: going.sha256, shop: shop, at: now)
    }

    /// A folder without an original was left by a crash; then its own time counts.
    private func isIdle(_ folder: String, since time: Instant) -> Bool {
        (Disk.time(folder + "/original") ?? Disk.time(folder)).map { $0 < time } ?? false
    }

    /// Moves an original aside and removes what was made of it, unless somebody has used it after all. Its folder gets
    /// another name first, which no other sweep has: an upload that comes meanwhile finds nothing and writes anew, and one
    /// that came before has left its mark.
    /// - Parameter now: from when on it lies aside.
    /// - Returns: whether it went.
    func putAside(_ sha256: String, shop: Int64, idleSince time: Instant, at now: Instant) throws -> Bool {
        let folder = folder(shop, sha256)
        let part = "\(path)/\(shop)/\(sha256.prefix(2))"
        let going = "\(part)/\(Going(sha256, since: now).name)"
        guard rename(folder, going) == 0 else { return false }
        if !isIdle(going, since: time), rename(going, folder) == 0 { return false }
        try empty(going, of: sha256, shop: shop, at: now)
        rmdir(part)
        return true
    }

    /// Moves the original of a folder aside, where it has one, and removes the rest. No original is ever deleted here.
    private func empty(_ folder: String, of sha256: String, shop: Int64, at now: Instant) throws {
        // The time it is found by is that of being put aside.
        if Disk.touch(folder + "/original", at: now) {
            try Disk.makeFolder(aside(shop))
            guard rename(folder + "/original", "\(aside(shop))/\(sha256)") == 0 else {
                throw Disk.fault("rename to \(aside(shop))")
            }
            try Disk.sync(aside(shop))
        }
        Disk.removeFolder(folder, except: "original")
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

    /// Brings an original back that lies aside, as one that was used just now; says whether it is there now.
    func bringBack(_ sha256: String, shop: Int64) throws -> Bool {
        let place = "\(aside(shop))/\(sha256)"
        // Another server of the same folder may be quicker, and a sweep may have the folder in its hands.
        for _ in 1...3 {
            guard Disk.touch(place) else { break }
            if try move(place, into: folder(shop, sha256)) { return true }
        }
        return Disk.time(original(shop, sha256)) != nil
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
