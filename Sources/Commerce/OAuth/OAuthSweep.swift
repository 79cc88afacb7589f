import Basics
import Persistence
import Resources

/// Forgets what OAuth needs no longer: codes and refresh tokens past their end, tokens that came in an address and were never
/// used, and what clients have that were removed.
enum OAuthSweep {
    static let job = Job("expire OAuth codes and tokens", every: 3600) { context in
        try await sweep(context)
    }

    /// A code that comes again within a day is known as one that was used.
    private static let codeSeconds: Int64 = 86_400
    /// Somebody may be at the first use of a token right now.
    private static let margin: Int64 = 60

    private static func sweep(_ context: JobContext) async throws {
        let (storage, now) = (context.storage, context.now)
        let unused = try await storage.fetch(
            """
            SELECT t.webshop_id, t.token_id FROM tokens t JOIN webshops w ON w.webshop_id = t.webshop_id
            WHERE t.use_by < \(now.adding(seconds: -margin)) AND t.removed_on IS NULL AND w.removed_on IS NULL
            ORDER BY t.webshop_id, t.token_id
            """
        ).map { try OAuthGrant.Place($0) }
        for place in unused {
            try await storage.transact(
                inShop: place.shop, publicURL: context.publicURL, at: now, as: job.name
            ) { tx in try OAuthGrant.revoke(place.token, in: tx) }
        }
        try await OAuthGrant.revokeAll(ofRemovedClientsIn: storage, publicURL: context.publicURL, at: now)
        try await storage.write { db in
            _ = try db.run([
                "DELETE FROM oauth_codes WHERE expires < \(now.adding(seconds: -codeSeconds))",
                "DELETE FROM oauth_refresh_tokens WHERE expires < \(now)",
                """
                DELETE FROM oauth_grants WHERE NOT EXISTS (SELECT 1 FROM tokens t
                WHERE t.webshop_id = oauth_grants.webshop_id AND t.token_id = oauth_grants.token_id
                AND t.removed_on IS NULL)
                """,
            ])
        }
    }
}
