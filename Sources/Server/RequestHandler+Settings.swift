package import Basics
package import Media
package import Outbound

extension RequestHandler {
    /// What a server is told of how to handle requests.
    package struct Settings: Sendable {
        package var limits = Limits()
        package var rateLimit = true
        /// Whether OAuth clients that nobody registered are served.
        package var servesUnregisteredClients = true
        package var logsRequests = true
        package var logFormat = LogFormat.json
        /// Networks whose `X-Forwarded-For` is believed.
        package var trustedProxies: [AddressRange] = []
        /// Where files are.
        package var media = MediaLibrary(folder: "butik-data/media")
        /// Where calls to addresses that clients give may go.
        package var outbound = OutboundPolicy()
        package var clock: @Sendable () -> Instant
        /// What bursts are measured by: it never goes back, whatever is done to the other clock.
        package var monotonic: @Sendable () -> ContinuousClock.Instant = { .now }
        /// How a call over the burst waits for its turn.
        package var sleep: @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }

        package init(clock: @escaping @Sendable () -> Instant) {
            self.clock = clock
        }
    }
}
