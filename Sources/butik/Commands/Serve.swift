import Areas
import ArgumentParser
import ButikFiles
import Commerce
import Console
import Foundation
import Jobs
import Logging
import Media
import Outbound
import Persistence
import Resources
import Secrets
import Server
import ServiceLifecycle
import Transfers

/// `butik serve`
struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Serves the shops until it is told to stop.")

    @OptionGroup var options: CommonOptions

    @Option(help: "The address to listen on.")
    var host: String?

    @Option(help: "The port to listen on; 0 takes a free one.")
    var port: Int?

    func run() async throws {
        let settings = try await Settings.load(options, host: host, port: port)
        try await Database.with(settings) { storage in
            let keys = try await Database.keys(settings, storage)
            try await Serve.run(settings, storage, keys, local: try Self.local(settings))
        }
    }

    /// The local door of a server that has its database for itself.
    private static func local(_ settings: Settings) throws -> ButikServer.Local? {
        guard case .sqlite = try Database.kind(of: settings.databaseURL) else { return nil }
        return ButikServer.Local(LocalSocket(data: settings.data), LocalCommands.all)
    }

    /// Nobody takes mails out of their queue where no mail server is named.
    private static func sending(_ mail: MailSettings?, by transfers: TransferLoop) -> [Job] {
        mail.map { MailSender($0.server, from: $0.from, by: transfers).jobs } ?? []
    }

    /// How requests are handled, with as many connections as files may be open.
    private static func handling(_ settings: Settings) -> RequestHandler.Settings {
        var handling = RequestHandler.Settings(clock: SystemClock.now)
        handling.rateLimit = settings.rateLimit
        handling.servesUnregisteredClients = settings.servesUnregisteredClients
        handling.limits.connections = min(handling.limits.connections, max(64, OpenFiles.raise() - OpenFiles.others))
        handling.logsRequests = settings.logLevel <= .info
        handling.logFormat = settings.logFormat
        handling.trustedProxies = settings.trustedProxies
        handling.media = MediaLibrary(folder: settings.mediaDir)
        handling.outbound = settings.outbound
        return handling
    }

    /// Serves until SIGTERM or SIGINT; requests under way are finished first.
    /// - Parameter keys: the master keys; none where nothing that is served needs one.
    static func run(
        _ settings: Settings, _ storage: any Storage, _ keys: Keyring?, extra: [Endpoint] = [],
        local: ButikServer.Local? = nil
    ) async throws {
        let sink = LogSink()
        defer { sink.flush() }
        var logger = Logger(label: "butik") { label in
            LineLogHandler(label: label, level: settings.logLevel, format: settings.logFormat, sink: sink)
        }
        logger.logLevel = settings.logLevel
        let handling = handling(settings)
        for pair in settings.outbound.exempt.sorted() {
            logger.warning("outgoing calls to \(pair) are exempt from the rule of public addresses")
        }
        let ready = logger
        // While a mail server thinks, its loop stands still; other calls have one of their own.
        let (transfers, calls) = (TransferLoop(), TransferLoop())
        let client = OutboundClient(settings.outbound, by: calls)
        var services = Services()
        services.add(settings)
        services.add(ExternalLists(by: client))
        if let keys {
            services.add(keys)
            services.add(PasswordThreads.shared)
            services.add(Outbox(try MailTemplates { try ButikFiles.seed("templates/" + $0) }, keys))
        }
        let server = ButikServer(
            .init(host: settings.host, port: settings.port), storage: storage, publicURL: settings.publicURL,
            settings: handling, extra: extra, local: local, services: services,
            pages: Pages(publicURL: settings.publicURL) { try ButikFiles.seed("console/" + $0) }, logger: logger,
            sink: sink,
            onRunning: { port in ready.notice("serving on http://\(settings.host):\(port)") })
        let runner = Runner(
            House.jobs + server.handler.limiter.jobs + server.handler.callLog.jobs + MediaKeeper(handling.media).jobs
                + ImageFetcher(handling.media, client, for: House.resources).jobs
                + WebhookSender(client, publicURL: settings.publicURL).jobs
                + sending(settings.mail, by: transfers),
            JobContext(
                storage, publicURL: settings.publicURL, clock: SystemClock.now, services: services,
                warn: { ready.warning("\($0)") }),
            as: UUID().uuidString, logger: logger)
        server.handler.metrics.add { runner.counts.text }
        var configuration = ServiceGroupConfiguration(
            services: [runner, server], gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        configuration.maximumGracefulShutdownDuration = .seconds(25)
        try await ServiceGroup(configuration: configuration).run()
        await transfers.close()
        await calls.close()
        logger.notice("stopped")
    }
}
