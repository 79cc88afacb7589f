package import Resources

/// What clients are told where they get no token (RFC 6749 5.2): the code of a problem, which the door shows in OAuth's form.
package enum OAuthError: String, Sendable, CaseIterable {
    case invalidRequest = "invalid_request"
    case invalidClient = "invalid_client"
    case invalidGrant = "invalid_grant"
    case invalidScope = "invalid_scope"
    case unsupportedGrantType = "unsupported_grant_type"
    /// More than RFC 6749 has; RFC 8628 names it.
    case slowDown = "slow_down"

    /// - Parameter detail: in ASCII without quotes, as RFC 6749 wants it.
    package func problem(_ detail: String) -> Problem {
        guard self == .invalidClient else { return Problem(.malformed, rawValue, detail) }
        var problem = Problem(.unauthenticated, rawValue, detail)
        problem.headers = [("WWW-Authenticate", "Basic realm=\"butik\"")]
        return problem
    }
}
