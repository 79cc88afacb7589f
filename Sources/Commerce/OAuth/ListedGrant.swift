package import Basics
package import Persistence

/// A program that was let into a shop, and by whom.
package struct ListedGrant: Sendable {
    package let token: Int64
    package let name: String
    package let level: String
    /// Address of who let it in; nil for a user that there is no more.
    package let user: String?
    package let issued: Instant
    package let lastUsed: Instant?

    private static let rowsMax = 1000

    /// Those of a shop, the newest first, at most a thousand.
    package static func of(shop: Int64, in db: any Connection) throws -> [ListedGrant] {
        try db.rows(
            """
            SELECT t.token_id, t.name, t.access_level, t.last_used, g.issued, u.email FROM oauth_grants g
            JOIN tokens t ON t.webshop_id = g.webshop_id AND t.token_id = g.token_id
            LEFT JOIN users u ON u.user_id = g.user_id
            WHERE g.webshop_id = \(shop) AND t.removed_on IS NULL ORDER BY t.token_id DESC LIMIT \(rowsMax)
            """
        ).map {
            ListedGrant(
                token: try $0["token_id"], name: try $0["name"], level: try $0["access_level"], user: try $0["email"],
                issued: try $0["issued"], lastUsed: try $0["last_used"])
        }
    }
}
