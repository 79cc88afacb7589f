import Persistence
import Resources

/// Whoever is out of a shop, or may do less there, takes the programs along that they let in.
enum LostGrants {
    private static let name = "revoke what users may give no longer"

    /// Soon after a role was changed, and without a write where none was.
    static let job = Job(name, everywhere: .seconds(20)) { context in
        let rows = try await context.storage.fetch(
            """
            SELECT g.webshop_id, g.token_id, g.user_id FROM oauth_grants g
            JOIN tokens t ON t.webshop_id = g.webshop_id AND t.token_id = g.token_id
            JOIN webshops w ON w.webshop_id = g.webshop_id WHERE t.removed_on IS NULL AND w.removed_on IS NULL
            AND NOT EXISTS (SELECT 1 FROM users u WHERE u.user_id = g.user_id AND u.is_platform = 1)
            AND NOT EXISTS (SELECT 1 FROM webshop_users m WHERE m.webshop_id = g.webshop_id AND m.user_id = g.user_id
            AND (\(isEnough)))
            ORDER BY g.webshop_id, g.token_id
            """)
        for row in rows {
            let (place, user): (OAuthGrant.Place, Int64) = (try OAuthGrant.Place(row), try row["user_id"])
            guard let tenant = try await context.tenant(place.shop) else { continue }
            try await context.storage.transact(in: tenant, at: context.now, as: name) { tx in
                for token in try tx.takeAll(Token.self, [place.token]).values
                where try !OAuthGrant.mayGive(user, token.value.accessLevel, in: tx) {
                    try OAuthGrant.revoke(place.token, in: tx)
                }
            }
        }
    }
}

extension LostGrants {
    /// That a role reaches to a token's level.
    fileprivate static let isEnough = SQL.joined(
        Role.allCases.flatMap { role in
            role.level.included.map { level -> SQL in
                "m.role = \(role.rawValue) AND t.access_level = \(level.rawValue)"
            }
        }, by: " OR ")
}

extension OAuthGrant {
    /// Whether a user may, as of now, let a program into the transaction's shop at a level.
    static func mayGive(_ user: Int64, _ level: Token.Level, in tx: Transaction) throws -> Bool {
        let row = try tx.db.row(
            """
            SELECT u.is_platform, m.role FROM users u LEFT JOIN webshop_users m ON m.user_id = u.user_id
            AND m.webshop_id = \(tx.shop) WHERE u.user_id = \(user)
            """)
        guard let row else { return false }
        if try row["is_platform"] { return true }
        let role: String? = try row["role"]
        return role.flatMap { Role(rawValue: $0) }.map { level <= $0.level } ?? false
    }
}
