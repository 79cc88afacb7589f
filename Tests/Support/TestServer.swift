import Basics
import ButikFiles
package import Commerce
import Console
import Foundation
import Jobs
import Logging
package import Media
import NIOCore
package import Persistence
package import Resources
package import Secrets
package import Server
package import Transfers

/// A real server on a free port over a database of its own. Tests share one, each in a shop of its own; a test that is
/// about the server itself starts another.
package final class TestServer: Sendable {
    package let storage: any Storage
    package let databaseURL: String
    package let port: Int
    package let clock: TestClock
    package let handler: RequestHandler
    package let media: MediaLibrary
    /// The master keys of its database, and what else its endpoints work with.
    package let keys: Keyring
    package let services: Services
    package let outbox: Outbox
    private let task: Task<Void, any Error>

    package static let publicURL = "http://butik.test"

    /// The loop of all calls to the outside that tests make.
    package static let calls = TransferLoop()

    /// Cheap ones, and room for all tests at once.
    package static let passwords = PasswordThreads(atOnce: 2, inLine: 1000, logRounds: 10)

    /// The server that tests share.
    package static var shared: TestServer {
        get async throws { try await sharing.value }
    }

    private static let sharing = Task { try await TestServer() }

    package init(
        rateLimit: Bool = false, local: ButikServer.Local? = nil,
        change: @Sendable (inout RequestHandler.Settings) -> Void = { _ in }
    ) async throws {
        (databaseURL, storage) = try await Engine.emptyDatabase()
        let migrator = Migrator(files: try ButikFiles.migrationFiles(), dialect: storage.dialect)
        _ = try await migrator.migrate(storage)
        let clock = TestClock()
        keys = try await Keyring.open(KeySource(text: MasterKey.new().text), for: storage, at: clock.now)
        var services = Services()
        services.add(keys)
        services.add(TestServer.passwords)
        outbox = Outbox(try MailTemplates { try ButikFiles.seed("templates/" + $0) }, keys)
        services.add(outbox)
        self.clock = clock
        var settings = RequestHandler.Settings(clock: { clock.now })
        let (zero, start) = (ContinuousClock.now, clock.now)
        settings.monotonic = { zero + .milliseconds(clock.now.milliseconds - start.milliseconds) }
        // Whoever waits makes the time pass.
        settings.sleep = { time in
            let (seconds, rest) = time.components
            clock.advance(milliseconds: seconds * 1000 + rest / 1_000_000_000_000_000 + 1)
        }
        settings.rateLimit = rateLimit
        settings.logsRequests = false
        settings.media = MediaLibrary(
            folder: NSTemporaryDirectory() + "butik_media_\(getpid())_\(UInt32.random(in: 0 ... .max))")
        // Each browser of a test says where it is, or all of them would share one address' tries.
        settings.trustedProxies = [AddressRange("127.0.0.1")].compactMap { $0 }
        change(&settings)
        services.add(ExternalLists(by: OutboundClient(settings.outbound, by: TestServer.calls)))
        self.services = services
        media = settings.media
        let (ports, found) = AsyncStream<Int>.makeStream()
        let sink = LogSink()
        let server = ButikServer(
            .init(host: "127.0.0.1", port: 0), storage: storage, publicURL: Self.publicURL, settings: settings,
            local: local, services: services,
            pages: Pages(publicURL: Self.publicURL) { try ButikFiles.seed("console/" + $0) },
            logger: Logger(label: "test") { LineLogHandler(label: $0, level: .error, format: .text, sink: sink) },
            sink: sink, onRunning: { found.yield($0) })
        handler = server.handler
        task = Task { try await server.run() }
        port = await ports.first { _ in true } ?? 0
    }

    package func stop() async {
        task.cancel()
        _ = await task.result
        await storage.close()
    }
}
