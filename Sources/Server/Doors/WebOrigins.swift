import Commerce
import HTTPTypes

/// CORS (CONTRACT 4): off unless the page's origin is on the list of the shop or the token.
struct WebOrigins: Sendable {
    let authenticator: Authenticator

    /// A preflight carries no token, so any shop's list will do.
    func preflight(_ context: inout RequestContext) async throws {
        context.isPreflightAllowed = try await authenticator.isKnownOrigin(
            context.request.headers[.origin], at: context.now)
    }

    /// - Parameter isListed: whether an origin may read what this caller is answered.
    func describe(_ fields: inout HTTPFields, _ context: RequestContext, isListed: (String) -> Bool) {
        guard let origin = context.request.headers[.origin] else { return }
        fields[.vary] = "Origin, Authorization, Accept-Encoding"
        guard context.isPreflightAllowed || isListed(origin) else { return }
        fields[.accessControlAllowOrigin] = origin
        fields[.accessControlExposeHeaders] =
            "ETag, RateLimit, RateLimit-Policy, Retry-After, X-Request-Id, Idempotent-Replayed"
        guard context.isPreflightAllowed else { return }
        fields[.accessControlAllowMethods] = context.allowedMethods
        fields[.accessControlAllowHeaders] =
            """
            Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, MCP-Protocol-Version, Mcp-Method, \
            Mcp-Name, Prefer, X-Access-Token, X-Request-Id
            """
        fields[.accessControlMaxAge] = "600"
    }
}
