import Areas
package import Basics
import Commerce
import HummingbirdCore
package import Logging
package import Media
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

    package let handler: RequestHandler
    private let server: HummingbirdCore.Server<ButikChannel>

    /// - Parameters:
    ///   - extra: endpoints beside the shop's own, such as those a benchmark compares with.
    ///   - onRunning: told the port once connections are taken.
    package init(
        _ address: Address, storage: any Storage, publicURL: String, settings: RequestHandler.Settings,
        extra: [Endpoint] = [], logger: Logger, sink: LogSink,
        onRunning: @escaping @Sendable (Int) async -> Void = { _ in }
    ) {
        let metrics = Metrics(ButikServer.endpoints(publicURL, extra: extra, metrics: { "" }))
        let endpoints = ButikServer.endpoints(
            publicURL, extra: extra, media: settings.media, metrics: { metrics.text })
        let handler = RequestHandler(
            endpoints, storage, Authenticator(storage, publicURL: publicURL), metrics, settings, sink: sink)
        self.handler = handler
        let group = MultiThreadedEventLoopGroup.singleton
        let connections = Connections(settings.limits, trusted: settings.trustedProxies)
        server = HummingbirdCore.Server(
            childChannelSetup: ButikChannel(connections, settings.limits, on: group) { request, writer, channel in
                try await handler.respond(to: request, writer, channel)
            },
            configuration: ServerConfiguration(address: .hostname(address.host, port: address.port), backlog: 1024),
            onServerRunning: { channel in await onRunning(channel.localAddress?.port ?? address.port) },
            eventLoopGroup: group, logger: logger)
    }

    package func run() async throws {
        try await server.run()
    }

    /// Everything the server answers, for the router and the tests that try every route.
    package static func endpoints(
        _ publicURL: String, extra: [Endpoint] = [], media: MediaLibrary = MediaLibrary(folder: ""),
        metrics: @escaping @Sendable () -> String = { "" }
    ) -> [Endpoint] {
        House.endpoints + extra + MediaEndpoints.all(media)
            + OperationsEndpoints.all(
                metrics: metrics, document: documented(publicURL).bytes,
                index: OperationsEndpoints.index(House.endpoints))
    }

    /// The OpenAPI document of what serves.
    package static func documented(_ publicURL: String) -> JSON {
        let endpoints =
            House.endpoints + MediaEndpoints.all(MediaLibrary(folder: ""))
            + OperationsEndpoints.all(metrics: { "" }, document: [], index: [])
        return OpenAPI.document(endpoints, resources: House.documented, url: publicURL)
    }
}
