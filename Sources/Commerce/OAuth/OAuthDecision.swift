import Basics
package import Resources

/// What the user has decided, and where the browser goes with it.
extension OAuthRequest {
    /// A token that came in an address dies unless it is used within ten minutes (CONTRACT 7).
    static let unusedSeconds: Int64 = 600

    /// Lets the client in, in the transaction of the shop that the user has chosen.
    /// - Parameters:
    ///   - level: what the user has chosen of `levels`.
    ///   - right: the most that the user may do there.
    /// - Returns: the address to redirect to.
    /// - Throws: 403 where the level is none that can be given; 409 where the client is not what it was when it asked.
    package func approve(
        by user: Int64, at level: Token.Level, atMost right: Token.Level, in tx: Transaction
    ) throws -> String {
        guard levels.contains(level), level <= right else {
            throw Problem(.forbidden, "level", "\(level.rawValue) is more than can be given to \(name) here.")
        }
        guard try OAuthClient.named(clientID, in: tx.db) == client else {
            throw Problem.conflict("client_changed", "\(name) is not registered as it was any more; begin again.")
        }
        switch flow {
        case .token:
            let grant = OAuthGrant(client: clientID, name: name, user: user, level: level)
            let text = try grant.issue(useBy: tx.now.adding(seconds: Self.unusedSeconds), in: tx).text
            let facts = ShopFacts(tenant: tx.tenant, server: server, level: level)
            return redirectURI.adding([("token", text.text)] + facts.parameters + [("state", state)])
        case .code(let challenge):
            let code = try AuthorizationCode.issue(
                to: self, challenge: challenge, user: user, level: level, in: tx)
            return redirectURI.adding([("code", code.text), ("state", state), ("iss", server.issuer)])
        }
    }

    /// Tells the client that the user does not want it.
    /// - Returns: the address to redirect to.
    package func refuse() -> String {
        let issuer = flow == .token ? [] : [("iss", server.issuer)]
        return redirectURI.adding([("error", "access_denied"), ("state", state)] + issuer)
    }
}
