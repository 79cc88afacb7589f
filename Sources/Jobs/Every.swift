import Logging
import ServiceLifecycle

/// Does something again and again until the server stops. A failure is logged, and the next round is a new try.
func every(
    _ interval: Duration, _ name: String, _ logger: Logger, _ work: @escaping @Sendable () async throws -> Void
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
