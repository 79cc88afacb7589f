package import Basics
package import Persistence

/// What a job works with.
package struct JobContext: Sendable {
    package let storage: any Storage
    package let publicURL: String
    package let clock: @Sendable () -> Instant
    /// What the server has beside its database, as calls have it.
    package let services: Services
    /// Told what is for the operator and not for clients.
    package let warn: @Sendable (String) -> Void

    package init(
        _ storage: any Storage, publicURL: String, clock: @escaping @Sendable () -> Instant,
        services: Services = Services(), warn: @escaping @Sendable (String) -> Void
    ) {
        self.storage = storage
        self.publicURL = publicURL
        self.clock = clock
        self.services = services
        self.warn = warn
    }

    package var now: Instant { clock() }
}
