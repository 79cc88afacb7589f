package import Basics
import Persistence

extension MediaLibrary {
    /// What a sweep has done, in originals.
    package struct Swept: Sendable, Equatable {
        /// Rows name them, and they lay aside.
        package var broughtBack = 0
        package var putAside = 0
        package var deleted = 0

        package init(broughtBack: Int = 0, putAside: Int = 0, deleted: Int = 0) {
            (self.broughtBack, self.putAside, self.deleted) = (broughtBack, putAside, deleted)
        }
    }

    /// Brings back what rows name; and if the folder is the database's, puts bytes aside that no row names and nobody has
    /// touched for a while, and deletes those that have lain there for a week.
    /// - Parameter used: which of some hashes of a shop rows name.
    @discardableResult
    package func sweep(
        at now: Instant, isOwner: Bool = true, used: @Sendable ([String], Int64) async throws -> Set<String>
    ) async throws -> Swept {
        let folder = folder
        var swept = try await tidyAside(at: now, isOwner, used)
        guard isOwner else { return swept }
        let time = now.adding(seconds: -Self.graceSeconds)
        try await onThread {
            folder.removeTemporary(idleSince: time)
            try folder.removeOldRenditions()
        }
        for shop in try await onThread({ folder.shops }) {
            for some in try await onThread({ try folder.idle(shop, since: time, at: now) }).chunks {
                let inUse = try await used(some, shop)
                swept.putAside += try await onThread {
                    try some.count { hash in
                        guard !inUse.contains(hash) else { return false }
                        return try folder.putAside(hash, shop: shop, idleSince: time, at: now)
                    }
                }
            }
        }
        return swept
    }

    /// Looks through what lies aside.
    private func tidyAside(
        at now: Instant, _ isOwner: Bool, _ used: @Sendable ([String], Int64) async throws -> Set<String>
    ) async throws -> Swept {
        let folder = folder
        var swept = Swept()
        for shop in try await onThread({ folder.shopsAside }) {
            for some in try await onThread({ folder.namesAside(shop) }).chunks {
                let inUse = try await used(some, shop)
                swept.broughtBack += try await onThread {
                    try some.count { try inUse.contains($0) && folder.bringBack($0, shop: shop) }
                }
                guard isOwner else { continue }
                swept.deleted += try await onThread {
                    some.count { !inUse.contains($0) && folder.removeAside($0, shop: shop, at: now) }
                }
            }
        }
        return swept
    }
}

extension [String] {
    /// As many as one question to the database is about.
    fileprivate var chunks: [[String]] {
        stride(from: 0, to: count, by: 500).map { Array(self[$0..<Swift.min($0 + 500, count)]) }
    }
}
