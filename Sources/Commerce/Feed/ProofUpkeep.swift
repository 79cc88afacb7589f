import Persistence
import Resources

/// Counts the rows that are older than the proofs, shop by shop, each in its transaction: what was interrupted goes on with the next.
enum ProofUpkeep {
    static func job(of infos: [ResourceInfo]) -> Job {
        Job("complete proofs", every: 600) { context in try await run(of: infos, in: context.storage) }
    }

    private static func run(of infos: [ResourceInfo], in storage: any Storage) async throws {
        let names = infos.map(\.name)
        let shops = try await storage.fetch(
            """
            SELECT w.webshop_id FROM webshops w WHERE w.removed_on IS NULL AND (SELECT count(*) FROM feed_proofs p
            WHERE p.webshop_id = w.webshop_id AND p.is_whole = 1 AND p.resource IN (\(SQL.list(names)))) < \(names.count)
            ORDER BY w.webshop_id
            """)
        for row in shops {
            try Task.checkCancellation()
            try await FeedProof.complete(infos, of: try row["webshop_id"], in: storage)
        }
    }
}
