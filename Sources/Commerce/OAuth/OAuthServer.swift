/// What clients are told that this server is, and which it serves.
package struct OAuthServer: Sendable {
    /// Its name for clients (RFC 8414, 2; RFC 9207), which is its public address.
    package let issuer: String
    /// Whether a `client_id` that nobody registered is served in the seed's flow.
    package let servesUnregistered: Bool
    let rate: TokenRate

    package init(publicURL: String, servesUnregistered: Bool, isRateLimited: Bool) {
        issuer = publicURL.hasSuffix("/") ? String(publicURL.dropLast()) : publicURL
        self.servesUnregistered = servesUnregistered
        rate = TokenRate(isOn: isRateLimited)
    }

    /// Where the API is.
    var apiEndpoint: String { issuer + "/REST" }
}
