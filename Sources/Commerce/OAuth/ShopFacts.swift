import Basics
import Resources

/// What a client is told of the shop that it was let into, beside its token (seed 000; CONTRACT 8, "OAuth page").
struct ShopFacts {
    let tenant: Tenant
    let server: OAuthServer
    let level: Token.Level

    /// The shop's first domain, else that of the public address (CONTRACT 8, "Readings").
    private var host: String { tenant.domains.first ?? tenant.serverHost }

    private var vat: String {
        var writer = JSONWriter(capacity: 8)
        writer.decimal(tenant.vatRate, places: 2)
        return writer.text
    }

    /// As parameters of the redirect.
    var parameters: [(name: String, value: String)] {
        [
            ("shop_url", host), ("shop_name", tenant.name), ("api_endpoint", server.apiEndpoint),
            ("webshop_id", String(tenant.webshopID)), ("access_level", level.rawValue),
            ("currency", tenant.currency.code), ("vat", vat),
            ("prices_include_vat", tenant.pricesIncludeVAT ? "1" : "0"),
        ]
    }

    /// As members of the answer that carries a token.
    var members: [JSONObject.Member] {
        [
            .init("shop_url", .string(host)), .init("shop_name", .string(tenant.name)),
            .init("api_endpoint", .string(server.apiEndpoint)),
            .init("webshop_id", .number(JSONNumber(tenant.webshopID))), .init("access_level", .string(level.rawValue)),
            .init("currency", .string(tenant.currency.code)), .init("vat", .number(JSONNumber(text: vat))),
            .init("prices_include_vat", tenant.pricesIncludeVAT ? 1 : 0),
        ]
    }
}
