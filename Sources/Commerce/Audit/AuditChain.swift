import Basics
package import Persistence
import Resources

/// Chains the rows of the audit, shop by shop: `hash = SHA-256(the hash before, and the row)`. Done after the commit and under one
/// lock, so that those who write do not wait for each other.
package enum AuditChain {
    /// Rows chained in one go.
    private static let batch = 200

    /// Gives every committed row that has none its place and its hash.
    package static func extend(in storage: any Storage) async throws {
        let waiting: SQL = "SELECT 1 FROM audit WHERE hash IS NULL ORDER BY audit_id LIMIT 1"
        guard try await !storage.fetch(waiting.plannedAnew).isEmpty else { return }
        var count = batch
        while count == batch {
            let links = try await storage.write { db in try extend(in: db) }
            // Some were written past a transaction of their shop.
            for shop in Set(links.map(\.shop)) { storage.counts.changed([Audit.table], shop: shop) }
            count = links.count
        }
    }

    /// - Returns: the links that were added.
    private static func extend(in db: any Connection) throws -> [AuditLink] {
        // Held to the commit: two that go on from one head would fork the chain.
        if db.dialect == .postgres { _ = try db.rows("SELECT pg_advisory_xact_lock(7310218)") }
        let waiting: SQL =
            "SELECT \(raw: AuditLink.columns) FROM audit WHERE hash IS NULL ORDER BY audit_id LIMIT \(batch)"
        let rows = try db.rows(waiting.plannedAnew)
        guard !rows.isEmpty else { return [] }
        var heads = try heads(of: Set(rows.map { try $0["webshop_id"] as Int64 }), in: db)
        let links = try rows.map { row in
            let shop: Int64 = try row["webshop_id"]
            let link = try AuditLink(row, behind: heads[shop] ?? .start)
            heads[shop] = AuditHead(link)
            return link
        }
        try keep(links, heads, in: db)
        return links
    }

    private static func heads(of shops: Set<Int64>, in db: any Connection) throws -> [Int64: AuditHead] {
        let rows = try db.rows(
            "SELECT webshop_id, place, hash FROM audit_heads WHERE webshop_id IN (\(SQL.paddedList(shops.sorted())))")
        return try rows.reduce(into: [:]) {
            $0[try $1["webshop_id"] as Int64] = AuditHead(place: try $1["place"], hash: try $1["hash"])
        }
    }

    private static func keep(_ links: [AuditLink], _ heads: [Int64: AuditHead], in db: any Connection) throws {
        // Filled up to a power of two, so that a few statements serve for all lengths: a row is placed once, however often it is said.
        var padded = links
        while padded.count & (padded.count - 1) != 0, let last = padded.last { padded.append(last) }
        let placed = SQL.joined(padded.map { "(\($0.shop), \($0.id), \($0.place), \($0.hash))" }, by: ", ")
        let ends = heads.sorted { $0.key < $1.key }.map { shop, head -> [SQLValue] in
            [.integer(shop), .integer(head.place), .text(head.hash)]
        }
        // The columns of VALUES have these names on both engines.
        try db.run(
            [
                """
                UPDATE audit SET place = placed.column3, hash = placed.column4 FROM (VALUES \(placed)) AS placed
                WHERE audit.webshop_id = placed.column1 AND audit.audit_id = placed.column2
                """
            ]
                + SQL.insertions(
                    "INSERT INTO audit_heads (webshop_id, place, hash) VALUES", ends,
                    "ON CONFLICT (webshop_id) DO UPDATE SET place = excluded.place, hash = excluded.hash"))
    }
}
