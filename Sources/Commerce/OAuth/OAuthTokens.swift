import Basics
import Persistence
import Resources

/// What a client gets for a code or a refresh token (RFC 6749 5.1).
struct OAuthTokens: Sendable {
    /// How long a text of the token works, which never stood in an address and can be renewed.
    static let accessSeconds: Int64 = 3600

    private let access: TokenText
    private let refresh: TokenText
    private let level: Token.Level
    private let tenant: Tenant

    init(access: TokenText, refresh: TokenText, _ level: Token.Level, _ tenant: Tenant) {
        (self.access, self.refresh, self.level, self.tenant) = (access, refresh, level, tenant)
    }

    func answer(of server: OAuthServer) -> Answer {
        let members: [JSONObject.Member] = [
            .init("access_token", .string(access.text)), .init("token_type", "Bearer"),
            .init("expires_in", .number(JSONNumber(Self.accessSeconds))), .init("refresh_token", .string(refresh.text)),
            .init("scope", .string(level.rawValue)),
        ]
        let facts = ShopFacts(tenant: tenant, server: server, level: level)
        var answer = Answer.json(.object(JSONObject(members + facts.members)))
        (answer.isTagged, answer.isSecret) = (false, true)
        return answer
    }

    static let schema: JSON = [
        "type": "object", "additionalProperties": false,
        "required": [
            "access_token", "token_type", "expires_in", "refresh_token", "scope", "shop_url", "shop_name",
            "api_endpoint",
            "webshop_id", "access_level", "currency", "vat", "prices_include_vat",
        ],
        "properties": [
            "access_token": ["type": "string"], "token_type": ["type": "string", "enum": ["Bearer"]],
            "expires_in": ["type": "integer", "description": "Seconds."],
            "refresh_token": ["type": "string", "description": "Used once; the answer brings the next."],
            "scope": ["type": "string", "enum": ["read", "write", "all"]],
            "shop_url": ["type": "string", "description": "A host without scheme."], "shop_name": ["type": "string"],
            "api_endpoint": ["type": "string"], "webshop_id": ["type": "integer"],
            "access_level": ["type": "string", "enum": ["read", "write", "all"]], "currency": ["type": "string"],
            "vat": ["type": "number"], "prices_include_vat": ["type": "integer"],
        ],
    ]
}

extension Storage {
    /// Does in one transaction of a shop what a client has asked for, in the name of whoever is to be named.
    /// - Returns: nil where the shop is there no longer.
    func exchange<T: Sendable>(
        inShop shop: Int64, _ call: Call, by actor: Actor, _ work: @escaping @Sendable (Transaction) throws -> T
    ) async throws -> T? {
        let url = try call.services.get(OAuthServer.self).issuer
        let tenant = try await read { db in try Shop.tenant(shop, in: db, publicURL: url) }
        guard let tenant else { return nil }
        return try await transact(in: tenant, at: call.clock(), as: call.requestID, by: actor, work)
    }
}
