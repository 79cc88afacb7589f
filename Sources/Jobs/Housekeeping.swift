import Areas
package import Basics
package import Commerce
package import Exchange
package import Logging
package import Persistence
import Resources
import ServiceLifecycle

/// What has to be done now and then: place events in the feed, write usage counts, do the imports that wait, forget what is
/// no longer kept.
package struct Housekeeping: Service {
    /// How long an answer is kept under its idempotency key (CONTRACT 4).
    private static let idempotencySeconds: Int64 = 48 * 3600

    private let storage: any Storage
    private let limiter: Limiter
    private let imports: ImportWork
    private let clock: @Sendable () -> Instant
    private let logger: Logger

    package init(
        _ storage: any Storage, limiter: Limiter, imports: ImportWork, clock: @escaping @Sendable () -> Instant,
        logger: Logger
    ) {
        self.storage = storage
        self.limiter = limiter
        self.imports = imports
        self.clock = clock
        self.logger = logger
    }

    package func run() async throws {
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                await every(.milliseconds(250), "place events", logger) { try await EventFeed.place(in: storage) }
            }
            group.addTask {
                await every(.seconds(1), "index products", logger) { try await SearchUpkeep.run(in: storage) }
            }
            group.addTask { await every(.seconds(60), "bring keys into form", logger) { try await bringKeys() } }
            // A token sees its own calls within a second (CONTRACT 8).
            group.addTask {
                await every(.milliseconds(500), "write usage", logger) { try await limiter.flush(to: storage) }
            }
            group.addTask { await every(.seconds(1), "import", logger) { while try await imports.doNext() {} } }
            group.addTask { await every(.seconds(3600), "expire", logger) { try await expire() } }
        }
        // What was counted since the last round.
        try await limiter.flush(to: storage)
    }

    /// Goes on where `butik migrate` was interrupted.
    private func bringKeys() async throws {
        try await KeyUpkeep.run(of: House.resources, in: storage, publicURL: imports.publicURL, at: clock()) {
            [logger] renamed in
            logger.warning("\(renamed)")
        }
    }

    /// Removes idempotency keys and events that are past their time.
    package func expire() async throws {
        let now = clock()
        try await WriteDoor.expireKeys(in: storage, before: now.adding(seconds: -Self.idempotencySeconds))
        try await EventFeed.expire(in: storage, at: now)
        try await imports.expire()
    }
}
