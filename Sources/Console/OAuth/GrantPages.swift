import Basics
import Commerce
import Resources

/// Which programs were let into a shop. Who owns it can show them out again, as any token.
enum GrantPages {
    static let all = [list]

    private static let list = Endpoint(
        shopPage: .get, "/admin/oauth", .user, "grants", "The programs that were let into a shop."
    ) { shop in
        let id = shop.shop
        let grants = try await shop.page.storage.read { try ListedGrant.of(shop: id, in: $0) }
        return try shop.page(
            "grants",
            [
                "hasNone": grants.isEmpty,
                "grants": grants.map { grant in
                    [
                        "token_id": String(grant.token), "name": grant.name, "level": grant.level,
                        "user": grant.user ?? "", "issued": Timestamp.page(grant.issued),
                        "last_used": grant.lastUsed.map { Timestamp.page($0) } ?? "never",
                    ]
                },
            ])
    }
}
