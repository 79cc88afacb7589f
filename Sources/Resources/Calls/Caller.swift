/// Who calls, as the door found out that the request came through.
///
/// A further kind (a shopper, a user's session, an app) is one more case here, holding what is known of it; its door makes
/// it, and the compiler names every place that has to say what it means there.
package enum Caller: Sendable {
    /// Nobody we know, as on open routes.
    case nobody
    /// A token of a shop.
    case token(Principal)
    /// An app, with its own token.
    case app(AppCaller)
    /// Somebody who has logged in, at the pages of the server.
    case user(Session)
    /// The same at one of their shops, whose pages do there what clients do.
    case member(ShopMember)
    /// Whoever owns the data folder, through the local door.
    case local

    /// The shop that is called; none where nobody says which.
    package var tenant: Tenant {
        switch self {
        case .nobody, .local, .user: .none
        case .token(let principal): principal.tenant
        case .app(let app): app.tenant
        case .member(let member): member.tenant
        }
    }

    /// Up to where the caller may look.
    package var level: AccessLevel {
        switch self {
        case .nobody, .user, .app: .read
        case .token(let principal): principal.level
        case .member(let member): member.level
        case .local: .all
        }
    }

    /// What the caller's idempotency keys hang on, such as `token:5`. Nil for those who cannot be told from others, and so
    /// are never shown an answer again.
    package var key: String? {
        switch self {
        case .nobody, .local, .user, .member, .app: nil
        case .token(let principal): "token:\(principal.tokenID)"
        }
    }
}
