package import Basics
import Outbound
package import Persistence
package import Resources

/// Images that were given by address and are not here yet: a queue in the database, so that a restart forgets none.
package enum ImageFetches {
    /// Waits after a failure, in seconds; after the last the error stays.
    private static let waits: [Int64] = [30, 300, 1800]
    /// How long a claim stands before another process may try: longer than any call may take.
    private static let claimSeconds: Int64 = 60

    /// An image to be fetched, claimed by this process.
    package struct Claim: Sendable {
        package let shop: Int64
        package let imageID: Int64
        package let host: String
        package let url: String
        package let attempts: Int64
    }

    static func add(_ pictures: [Images.Picture], in tx: Transaction) throws {
        try tx.db.run(
            SQL.insertions(
                "INSERT INTO image_fetches (webshop_id, image_id, host, attempts, next_attempt) VALUES",
                pictures.map { picture in
                    let host = (try? OutboundURL(picture.sourceURL ?? ""))?.authority ?? ""
                    return [tx.shop.sqlValue, picture.id.sqlValue, .text(host), .integer(0), tx.now.sqlValue]
                }))
    }

    /// Claims the next image whose turn it is; nil where nothing is due that may be fetched now. The claim's turn is to be ended.
    package static func claim(_ turns: FetchTurns, at now: Instant, in storage: any Storage) async throws -> Claim? {
        let due = try await storage.fetch(shops(dueAt: now)).compactMap { $0.integer(0) }
        for shop in turns.order(due) {
            while let row = try await storage.fetch(first(of: shop, notFrom: turns.fullHosts(of: shop), at: now)).first
            {
                let claim = Claim(
                    shop: shop, imageID: row.integer(0) ?? 0, host: row.text(1) ?? "", url: row.text(2) ?? "",
                    attempts: (row.integer(3) ?? 0) + 1)  // bounded: given up after a few
                guard turns.begin(shop, claim.host) else { break }
                do {
                    if try await take(claim, seenDue: row.integer(4), at: now, in: storage) { return claim }
                } catch {
                    turns.end(claim)
                    throw error
                }
                turns.end(claim)
            }
        }
        return nil
    }

    /// The shops that have something due, those first that have waited longest: one look into the index for each.
    private static func shops(dueAt now: Instant) -> SQL {
        """
        WITH RECURSIVE shops(webshop_id) AS (
            SELECT min(webshop_id) FROM image_fetches
            UNION ALL SELECT (SELECT min(f.webshop_id) FROM image_fetches f WHERE f.webshop_id > s.webshop_id)
            FROM shops s WHERE s.webshop_id IS NOT NULL)
        SELECT webshop_id FROM (
            SELECT s.webshop_id, (SELECT min(f.next_attempt) FROM image_fetches f WHERE f.webshop_id = s.webshop_id) AS due
            FROM shops s WHERE s.webshop_id IS NOT NULL) AS waiting
        WHERE due <= \(now) ORDER BY due, webshop_id
        """
    }

    /// What a shop has waited for longest.
    private static func first(of shop: Int64, notFrom hosts: [String], at now: Instant) -> SQL {
        let others: SQL = hosts.isEmpty ? "" : " AND f.host NOT IN (\(SQL.list(hosts)))"
        return """
            SELECT f.image_id, f.host, i.source_url, f.attempts, f.next_attempt FROM image_fetches f
            JOIN images i ON i.webshop_id = f.webshop_id AND i.image_id = f.image_id
            WHERE f.webshop_id = \(shop) AND f.next_attempt <= \(now)\(others) ORDER BY f.next_attempt, f.image_id LIMIT 1
            """
    }

    /// Of several processes one gets each image: the update holds only for the row as it was seen.
    private static func take(
        _ claim: Claim, seenDue due: Int64?, at now: Instant, in storage: any Storage
    ) async throws -> Bool {
        try await storage.write(for: .shop(claim.shop)) { db in
            try db.run(
                """
                UPDATE image_fetches SET attempts = \(claim.attempts), next_attempt = \(now.adding(seconds: claimSeconds))
                WHERE webshop_id = \(claim.shop) AND image_id = \(claim.imageID)
                AND attempts = \(claim.attempts - 1) AND next_attempt = \(due)
                """) == 1
        }
    }

    /// The image has arrived.
    package static func succeed(_ claim: Claim, _ upload: Upload, in tx: Transaction) throws {
        try settle(claim, in: tx) { picture in
            var here = picture
            here.file = upload
            try tx.db.run(
                """
                UPDATE images SET sha256 = \(upload.sha256), content_type = \(upload.type.contentType),
                width = \(upload.width), height = \(upload.height), path = \(here.path), error = NULL
                WHERE webshop_id = \(tx.shop) AND image_id = \(claim.imageID)
                """)
            try done(claim, in: tx)
        }
    }

    /// It could not be had.
    /// - Parameter again: whether trying later may help.
    package static func fail(_ claim: Claim, _ reason: String, again: Bool, in tx: Transaction) throws {
        try settle(claim, in: tx) { _ in
            try tx.db.run(
                """
                UPDATE images SET error = \(String(reason.prefix(500)))
                WHERE webshop_id = \(tx.shop) AND image_id = \(claim.imageID)
                """)
            let index = Int(claim.attempts) - 1
            guard again, waits.indices.contains(index) else { return try done(claim, in: tx) }
            try tx.db.run(
                """
                UPDATE image_fetches SET next_attempt = \(tx.now.adding(seconds: waits[index]))
                WHERE webshop_id = \(tx.shop) AND image_id = \(claim.imageID)
                """)
        }
    }

    /// Changes an image that is still waited for, as a change of what shows it.
    private static func settle(
        _ claim: Claim, in tx: Transaction, _ change: (Images.Picture) throws -> Void
    ) throws {
        let keys = Images.owners.map { "i." + $0.info.key }.joined(separator: ", ")
        let row = try tx.db.row(
            """
            SELECT \(raw: keys) FROM images i
            JOIN image_fetches f ON f.webshop_id = i.webshop_id AND f.image_id = i.image_id
            WHERE i.webshop_id = \(tx.shop) AND i.image_id = \(claim.imageID)
            """)
        // None: it was removed meanwhile, with its row in the queue.
        for (column, owner) in Images.owners.enumerated() {
            if let id = row?.integer(column) { try settle(claim, of: owner, id, in: tx, change) }
        }
    }

    private static func settle<Owner: Pictured>(
        _ claim: Claim, of owner: Owner.Type, _ id: Int64, in tx: Transaction,
        _ change: (Images.Picture) throws -> Void
    ) throws {
        let stored = try tx.take(owner, id)
        // Looked at again, now that nobody else can change it; another process may have been given it after our claim ran out.
        let isOurs =
            try tx.db.row(
                "SELECT attempts FROM image_fetches WHERE webshop_id = \(tx.shop) AND image_id = \(claim.imageID)"
            )?.integer(0) == claim.attempts
        let pictures = try Images.stored(of: owner, [id], in: tx)[id] ?? []
        guard isOurs, let picture = pictures.first(where: { $0.id == claim.imageID }) else { return }
        try change(picture)
        try tx.update(stored, hasNewParts: true)
    }

    private static func done(_ claim: Claim, in tx: Transaction) throws {
        try tx.db.run(
            "DELETE FROM image_fetches WHERE webshop_id = \(tx.shop) AND image_id = \(claim.imageID)")
    }
}
