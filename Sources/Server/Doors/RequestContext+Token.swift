import HTTPTypes

/// What doors that tokens come through say of them.
extension RequestContext {
    /// draft-ietf-httpapi-ratelimit-headers: the policies, and where this token stands.
    func describeLimits(_ fields: inout HTTPFields) {
        guard let standing, let grant else { return }
        let daily = grant.dailyLimit.map { ", \"daily\";q=\($0);w=86400" } ?? ""
        let day = standing.day.map { ", \"daily\";r=\($0.left);t=\($0.reset)" } ?? ""
        fields[.rateLimitPolicy] = "\"burst\";q=\(grant.burst);w=2\(daily)"
        fields[.rateLimit] = "\"burst\";r=\(standing.burst.left);t=\(standing.burst.reset)\(day)"
    }

    /// Whether pages of an origin are let in by the token or its shop.
    func lists(_ origin: String) -> Bool {
        guard let grant else { return false }
        return grant.origins.contains(origin) || grant.principal.tenant.origins.contains(origin)
    }
}
