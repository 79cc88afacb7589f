package import Basics

/// Somebody who has logged in with a browser, for as long as that holds.
package struct Session: Sendable {
    package let id: Int64
    package let userID: Int64
    package let email: String
    package let name: String
    /// Whether the user looks after the server and all its shops.
    package let isPlatform: Bool
    /// Whether the second factor is not due any more.
    package let isWhole: Bool
    package let created: Instant
    package let lastUsed: Instant
    /// When the password was asked for last.
    package let confirmed: Instant

    /// Seconds for which what is sensitive may be done before the password is asked for again.
    private static let confirmedSeconds: Int64 = 600

    package init(
        id: Int64, userID: Int64, email: String, name: String, isPlatform: Bool, isWhole: Bool, created: Instant,
        lastUsed: Instant, confirmed: Instant
    ) {
        (self.id, self.userID, self.email, self.name) = (id, userID, email, name)
        (self.isPlatform, self.isWhole) = (isPlatform, isWhole)
        (self.created, self.lastUsed, self.confirmed) = (created, lastUsed, confirmed)
    }

    package func isConfirmed(at now: Instant) -> Bool {
        isWhole && now < confirmed.adding(seconds: Self.confirmedSeconds)
    }

    /// Who is named as having done what this user writes.
    package var actor: Actor { Actor(.user, id: userID, name: email) }
}
