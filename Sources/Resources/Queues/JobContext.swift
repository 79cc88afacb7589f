package import Basics
package import Persistence

/// What a job works with.
package struct JobContext: Sendable {
    package let storage: any Storage
    package let publicURL: String
    package let clock: @Sendable () -> Instant
    /// Told what is for the operator and not for clients.
    package let warn: @Sendable (String) -> Void

    package init(
        _ storage: any Storage, publicURL: String, clock: @escaping @Sendable () -> Instant,
        warn: @escaping @Sendable (String) -> Void
    ) {
        self.storage = storage
        self.publicURL = publicURL
        self.clock = clock
        self.warn = warn
    }

    package var now: Instant { clock() }
}
