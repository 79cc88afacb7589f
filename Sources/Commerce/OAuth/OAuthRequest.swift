/// What a client asks a user for, found good: who it is, where the answer goes, how much it can be given.
package struct OAuthRequest: Sendable {
    package enum Flow: Sendable, Equatable {
        /// The seed's: the token comes with the redirect.
        case token
        /// OAuth 2.1's: a code comes with it, and the token is fetched by whoever knows what hashes to the challenge (RFC 7636).
        case code(challenge: String)
    }

    package let clientID: String
    /// Nil for one that nobody has registered.
    package let client: OAuthClient?
    package let redirectURI: RedirectURI
    /// Sent back as it came.
    package let state: String
    package let flow: Flow
    /// What the user can choose from, the least first.
    package let levels: [Token.Level]
    let server: OAuthServer

    /// What the user is told that it is called.
    package var name: String { client?.name ?? clientID }
    package var isRegistered: Bool { client != nil }
}

/// What became of a request that came to the page.
package enum OAuthAsked: Sendable {
    /// To be told on the page and to nobody else: it is not certain who asks, so nobody is sent anywhere.
    case refused(String)
    /// To be told to the client, by a redirect there.
    case redirect(String)
    case good(OAuthRequest)
}
