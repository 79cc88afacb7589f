import Basics
import Outbound
package import Persistence
package import Resources

/// Images that were given by address and are not here yet.
package enum ImageFetches {
    /// Hosts that say nothing keep three places of four at most. After the last try the error stays.
    package static let queue = JobQueue(
        "fetch images", TurnLimits(inAll: 16, perShop: 4, perLane: 3), retries: RetrySchedule(30, 300, 1800))

    static func add(_ pictures: [Images.Picture], in tx: Transaction) throws {
        try queue.add(
            pictures.map { picture in
                .init(picture.id, lane: (try? OutboundURL(picture.sourceURL ?? ""))?.authority ?? "")
            }, in: tx)
    }

    /// The address to fetch from; nil where the image was removed.
    package static func address(of claim: Claim, in storage: any Storage) async throws -> String? {
        try await storage.fetch(
            "SELECT source_url FROM images WHERE webshop_id = \(claim.shop) AND image_id = \(claim.subject)"
        ).first.flatMap { try $0["source_url"] }
    }

    /// The image has arrived.
    /// - Parameter owners: what may have images.
    package static func succeed(
        _ claim: Claim, _ upload: Upload, among owners: [any Resource.Type], in tx: Transaction
    ) throws {
        try settle(claim, among: owners, in: tx) { picture in
            var here = picture
            here.file = upload
            try tx.db.run(
                """
                UPDATE images SET sha256 = \(upload.sha256), content_type = \(upload.type.contentType),
                width = \(upload.width), height = \(upload.height), path = \(here.path), error = NULL
                WHERE webshop_id = \(tx.shop) AND image_id = \(claim.subject)
                """)
            try claim.done(in: tx.db, at: tx.now)
        }
    }

    /// It could not be had.
    /// - Parameters:
    ///   - again: whether trying later may help.
    ///   - owners: what may have images.
    package static func fail(
        _ claim: Claim, _ reason: String, again: Bool, among owners: [any Resource.Type], in tx: Transaction
    ) throws {
        try settle(claim, among: owners, in: tx) { _ in
            try tx.db.run(
                """
                UPDATE images SET error = \(String(reason.prefix(500)))
                WHERE webshop_id = \(tx.shop) AND image_id = \(claim.subject)
                """)
            try claim.fail(reason, mayPass: again, in: tx.db, at: tx.now)
        }
    }

    /// Changes an image that is still waited for, as a change of what shows it.
    private static func settle(
        _ claim: Claim, among owners: [any Resource.Type], in tx: Transaction, _ change: (Images.Picture) throws -> Void
    ) throws {
        let row = try tx.db.row(
            """
            SELECT i.owner, i.owner_id FROM images i WHERE i.webshop_id = \(tx.shop) AND i.image_id = \(claim.subject)
            """)
        // Removed meanwhile, with its row in the queue.
        guard let row else { throw LeaseLost() }
        let (path, id): (String, Int64) = (try row["owner"], try row["owner_id"])
        guard let owner = owners.first(where: { $0.info.path == path }) else {
            throw StorageError.statement("images: nothing is called \(path)")
        }
        try settle(claim, of: owner, id, in: tx, change)
    }

    private static func settle<Owner: Resource>(
        _ claim: Claim, of owner: Owner.Type, _ id: Int64, in tx: Transaction,
        _ change: (Images.Picture) throws -> Void
    ) throws {
        let stored = try tx.take(owner, id)
        let pictures = try Images.stored(of: owner.info.path, [id], in: tx)[id] ?? []
        guard let picture = pictures.first(where: { $0.id == claim.subject }) else { throw LeaseLost() }
        try change(picture)
        try tx.update(stored, hasNewParts: true)
    }
}
