package import Commerce
package import Logging
package import Persistence
import Resources
import ServiceLifecycle

/// What has to be done now and then: place events in the feed, write usage counts, forget what is no longer kept.
package struct Housekeeping: Service {
    /// How long an answer is kept under its idempotency key (CONTRACT 4).
    private static let idempotencySeconds: Int64 = 48 * 3600

    private let storage: any Storage
    private let limiter: Limiter
    private let clock: @Sendable () -> Instant
    private let logger: Logger

    package init(
        _ storage: any Storage, limiter: Limiter, clock: @escaping @Sendable () -> Instant, logger: Logger
    ) {
        self.storage = storage
        self.limiter = limiter
        self.clock = clock
        self.logger = logger
    }

    package func run() async throws {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await every(.milliseconds(250), "place events") { try await EventFeed.place(in: storage) } }
            group.addTask { await every(.seconds(1), "index products") { try await SearchUpkeep.run(in: storage) } }
            group.addTask { await every(.seconds(10), "write usage") { try await limiter.flush(to: storage) } }
            group.addTask { await every(.seconds(3600), "expire") { try await expire() } }
        }
        // What was counted since the last round.
        try await limiter.flush(to: storage)
    }

    /// Removes idempotency keys and events that are past their time.
    package func expire() async throws {
        let now = clock()
        try await WriteDoor.expireKeys(in: storage, before: now.adding(seconds: -Self.idempotencySeconds))
        try await EventFeed.expire(in: storage, at: now)
    }

    private func every(
        _ interval: Duration, _ name: String, _ work: @escaping @Sendable () async throws -> Void
    ) async {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do {
                    try await work()
                } catch {
                    logger.error("could not \(name): \(error)")
                }
                try? await Task.sleep(for: interval)
            }
        }
    }
}
