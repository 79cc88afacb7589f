import HummingbirdCore
import Logging
import NIOPosix

/// Listens at the local door. What keeps it shut is a warning: the shops are served without it.
struct LocalListener: Sendable {
    private let socket: LocalSocket
    private let logger: Logger
    private let server: HummingbirdCore.Server<ButikChannel>
    private let settled: AsyncStream<Void>
    private let settle: AsyncStream<Void>.Continuation

    init(_ socket: LocalSocket, _ channel: ButikChannel, _ logger: Logger) {
        let (settled, settle) = AsyncStream<Void>.makeStream()
        (self.socket, self.logger, self.settled, self.settle) = (socket, logger, settled, settle)
        server = HummingbirdCore.Server(
            childChannelSetup: channel,
            configuration: ServerConfiguration(address: .unixDomainSocket(path: socket.bound)),
            onServerRunning: { _ in
                do {
                    try await NIOThreadPool.singleton.runIfActive { try socket.publish() }
                } catch {
                    Self.warn(error, logger)
                }
                settle.finish()
            }, eventLoopGroup: MultiThreadedEventLoopGroup.singleton, logger: logger)
    }

    /// Waits until commands can come, or it is known that they can't.
    func isSettled() async {
        for await _ in settled {}
    }

    /// Takes commands until the server stops.
    func run() async {
        do {
            try await NIOThreadPool.singleton.runIfActive { try socket.prepare() }
            try await server.run()
        } catch {
            Self.warn(error, logger)
        }
        settle.finish()
        socket.remove()
    }

    private static func warn(_ error: any Error, _ logger: Logger) {
        logger.warning("there is no local door, and commands must wait for this server: \(error)")
    }
}
