import Areas
package import Basics
import Commerce
package import Console
import HummingbirdCore
package import Logging
import NIOCore
import NIOPosix
package import Persistence
package import Resources
import ServiceLifecycle

/// The HTTP server: a listener over a request handler, started and stopped as one service.
package struct ButikServer: Service {
    package struct Address: Sendable {
        package let host: String
        /// 0 picks a free one.
        package let port: Int

        package init(host: String, port: Int) {
            self.host = host
            self.port = port
        }
    }

    /// Everything a server answers, for its router and for the tests that try every route.
    package static let endpoints = House.endpoints + MediaEndpoints.all + OperationsEndpoints.all

    /// What is behind the local door, and where that is.
    package struct Local: Sendable {
        package let socket: LocalSocket
        package let endpoints: [Endpoint]

        package init(_ socket: LocalSocket, _ endpoints: [Endpoint]) {
            self.socket = socket
            self.endpoints = endpoints
        }
    }

    package let handler: RequestHandler
    private let server: HummingbirdCore.Server<ButikChannel>
    private let local: LocalListener?
    private let listeners: FeedListeners

    /// - Parameters:
    ///   - extra: endpoints beside the shop's own, such as those a benchmark compares with.
    ///   - local: nil for a server without a local door.
    ///   - services: what those endpoints work with.
    ///   - pages: what browsers are shown.
    ///   - onRunning: told the port once connections are taken.
    package init(
        _ address: Address, storage: any Storage, publicURL: String, settings: RequestHandler.Settings,
        extra: [Endpoint] = [], local: Local? = nil, services: Services = Services(), pages: Pages,
        logger: Logger, sink: LogSink,
        onRunning: @escaping @Sendable (Int) async -> Void = { _ in }
    ) {
        let endpoints =
            Self.endpoints + Console.endpoints + [MCPEndpoint.endpoint] + extra + (local?.endpoints ?? [])
        let metrics = Metrics(endpoints)
        let authenticator = Authenticator(storage, publicURL: publicURL)
        var services = services
        services.add(settings.media)
        services.add(settings.outbound)
        services.add(metrics)
        services.add(authenticator)
        // Others keep half of the connections.
        let listeners = FeedListeners(
            storage, authenticator, atMost: settings.limits.connections / 2, clock: settings.clock,
            monotonic: settings.monotonic)
        services.add(listeners)
        self.listeners = listeners
        metrics.add {
            """
            # HELP butik_feed_listeners Clients that wait for events.
            # TYPE butik_feed_listeners gauge
            butik_feed_listeners \(listeners.count)

            """
        }
        services.add(
            OAuthServer(
                publicURL: publicURL, servesUnregistered: settings.servesUnregisteredClients,
                isRateLimited: settings.rateLimit))
        services.add(OpenAPIText(bytes: Self.documented(publicURL).bytes))
        let log = RequestLog(
            sink: sink, format: settings.logFormat, isOn: settings.logsRequests, routes: endpoints.map(\.template))
        services.add(pages)
        let handler = RequestHandler(storage, authenticator, metrics, services, settings, log)
        self.handler = handler
        metrics.add { [log = handler.callLog] in
            """
            # HELP butik_calls_dropped_total Calls that are not in the logs of their tokens, because the database took none.
            # TYPE butik_calls_dropped_total counter
            butik_calls_dropped_total \(log.dropped)

            """
        }
        let channel = { (entrance: Entrance) in
            ButikChannel(
                Connections(settings.limits, trusted: settings.trustedProxies), settings.limits,
                on: MultiThreadedEventLoopGroup.singleton
            ) { request, writer, channel in try await handler.respond(to: request, at: entrance, writer, channel) }
        }
        server = HummingbirdCore.Server(
            childChannelSetup: channel(
                .web(
                    endpoints, handler, settings, PageDoor(storage: storage, pages: pages, publicURL: publicURL),
                    publicURL)),
            configuration: ServerConfiguration(address: .hostname(address.host, port: address.port), backlog: 1024),
            onServerRunning: { channel in await onRunning(channel.localAddress?.port ?? address.port) },
            eventLoopGroup: MultiThreadedEventLoopGroup.singleton, logger: logger)
        self.local = local.map { LocalListener($0.socket, channel(.local(endpoints)), logger) }
    }

    package func run() async throws {
        // Nobody else would end those who wait for what may never happen.
        try await withTaskCancellationOrGracefulShutdownHandler {
            try await serve()
        } onCancelOrGracefulShutdown: { [listeners] in
            listeners.close()
        }
    }

    private func serve() async throws {
        guard let local else { return try await server.run() }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await local.run() }
            // Who sees that the server serves may send it commands.
            await local.isSettled()
            group.addTask { try await server.run() }
            try await group.waitForAll()
        }
    }

    /// The OpenAPI document of what serves at an address.
    package static func documented(_ publicURL: String) -> JSON {
        OpenAPI.document(endpoints, resources: House.documented, url: publicURL)
    }
}

extension Entrance {
    /// The doors that are open to the network.
    fileprivate static func web(
        _ endpoints: [Endpoint], _ handler: RequestHandler, _ settings: RequestHandler.Settings,
        _ pages: PageDoor, _ publicURL: String
    ) -> Entrance {
        let authenticator = handler.authenticator
        let origins = WebOrigins(authenticator: authenticator)
        let admission = Admission(authenticator: authenticator, limiter: handler.limiter, settings: settings)
        let apps = AppTokens(pages.storage, publicURL: pages.publicURL)
        return Entrance(
            Router(endpoints) { $0.access != .local },
            [
                RestDoor(admission: admission, apps: apps, origins: origins), OAuthDoor(origins: origins), pages,
                MCPDoor(admission: admission, origins: origins, publicURL: publicURL),
            ],
            last: OpenDoor(authenticator: authenticator, origins: origins))
    }

    /// The one that is not.
    fileprivate static func local(_ endpoints: [Endpoint]) -> Entrance {
        Entrance(Router(endpoints) { $0.access == .local }, last: LocalDoor())
    }
}
