package import Persistence

/// What the live rows of a resource come to, and where the feed stood then: who has read the list and followed the feed to that
/// cursor has the same, or is not in step (CONTRACT 8, "Feed").
package struct FeedProof: Sendable {
    /// Rows that are looked through in one go where they have to be counted.
    private static let perPage = 100_000

    package let cursor: Int64
    package let change: ProofChange

    /// Reads what is kept up, not the rows: these only once, where they are older than what is kept.
    package static func read(_ info: ResourceInfo, of shop: Int64, from storage: any Storage) async throws -> FeedProof
    {
        try await EventFeed.place(in: storage)
        if let proof = try await kept(info, of: shop, in: storage) { return proof }
        try await complete([info], of: shop, in: storage)
        guard let proof = try await kept(info, of: shop, in: storage) else {
            throw StorageError.statement("feed_proofs has nothing of \(info.name)")
        }
        return proof
    }

    private static func kept(_ info: ResourceInfo, of shop: Int64, in storage: any Storage) async throws -> FeedProof? {
        // One statement, so that the newest place and the sum are of one state.
        let row = try await storage.fetch(
            """
            SELECT count, high, low, (\(EventFeed.newest(of: shop))) AS newest FROM feed_proofs
            WHERE webshop_id = \(shop) AND resource = \(info.name) AND is_whole = 1
            """
        ).first
        return try row.map { FeedProof(cursor: try $0["newest"] ?? 0, change: try ProofChange($0)) }
    }

    // MARK: Rows from before

    /// Adds what was there before anything was kept up.
    package static func complete(_ infos: [ResourceInfo], of shop: Int64, in storage: any Storage) async throws {
        let missing = try await storage.read(for: .shop(shop)) { db in
            let changes = try changes(of: shop, in: db)
            // Rows of proofs are held in the order of their names, as where events get their places.
            return try infos.sorted { $0.name < $1.name }.map { info in
                (info.name, try counted(info, of: shop, in: db) - (changes[info.name] ?? ProofChange()))
            }
        }
        try await storage.write(for: .shop(shop)) { db in
            _ = try db.run(FeedProofs.complete(missing.map { (resource: $0, change: $1) }, of: shop))
        }
    }

    /// What is kept of a shop's resources in the snapshot of a connection, with what has no place in the feed yet.
    package static func changes(of shop: Int64, in db: any Connection) throws -> [String: ProofChange] {
        var statements: [SQL] = ["SELECT resource, count, high, low FROM feed_proofs WHERE webshop_id = \(shop)"]
        if !db.dialect.commitsInOrder { statements.append(FeedProofs.unplaced(of: shop)) }
        return try db.fetch(statements).joined().reduce(into: [:]) { changes, row in
            let name: String = try row["resource"]
            changes[name] = try (changes[name] ?? ProofChange()) + ProofChange(row)
        }
    }

    /// What the live rows of a shop come to, by looking at each of them.
    package static func counted(_ info: ResourceInfo, of shop: Int64, in db: any Connection) throws -> ProofChange {
        var sum = ProofChange()
        var (last, count) = (Int64(0), perPage)
        while count == perPage {
            let rows = try db.rows(
                """
                SELECT \(raw: info.key) AS id, version FROM \(raw: info.table) WHERE \(info.owned(by: shop))
                \(raw: info.key) > \(last) AND removed_on IS NULL ORDER BY \(raw: info.key) LIMIT \(perPage)
                """)
            count = rows.count
            for row in rows {
                last = try row["id"]
                sum.enter(last, try row["version"])
            }
        }
        return sum
    }
}

extension ProofChange {
    init(_ row: Row) throws {
        self.init(count: try row["count"], high: try row["high"], low: try row["low"])
    }
}
