import Glibc
import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1
import NIOHTTPTypes

/// An HTTP/1 connection: its place among all of them, its deadlines, our rules of the protocol, and its task, which is pinned
/// to the channel's event loop.
struct ButikChannel: HTTPChannelHandler {
    /// What the kernel may hold of an answer beyond what is on its way: without a limit it takes megabytes for a client that
    /// does not read, which somebody has to read and copy first (`TCP_NOTSENT_LOWAT`).
    private static let unsentBytes: ChannelOptions.Types.SocketOption.Value = 128 * 1024

    /// What is held of a stream until the kernel takes it.
    private static let heldBytes = 32 * 1024

    /// There was no place for the connection.
    private struct Crowded: Error {}

    let responder: Responder
    private let connections: Connections
    private let limits: Limits
    private let executors: [ObjectIdentifier: LoopExecutor]

    init(_ connections: Connections, _ limits: Limits, on group: any EventLoopGroup, responder: @escaping Responder) {
        self.responder = responder
        self.connections = connections
        self.limits = limits
        executors = Dictionary(
            group.makeIterator().map { (ObjectIdentifier($0), LoopExecutor($0)) },
            uniquingKeysWith: { first, _ in first })
    }

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<AcceptedConnection> {
        guard let place = connections.enter(channel) else {
            channel.close(promise: nil)
            return channel.eventLoop.makeFailedFuture(Crowded())
        }
        return channel.eventLoop.makeCompletedFuture { try pipeline(of: channel, place) }
    }

    private func pipeline(of channel: any Channel, _ place: Connections.Place) throws -> AcceptedConnection {
        // A socket that is none of TCP has no such limit, and is on this machine.
        try? channel.syncOptions?.setOption(
            ChannelOptions.tcpOption(.init(rawValue: TCP_NOTSENT_LOWAT)), value: Self.unsentBytes)
        try channel.syncOptions?.setOption(
            ChannelOptions.writeBufferWaterMark, value: .init(low: Self.heldBytes / 2, high: Self.heldBytes))
        let timer = ConnectionTimer(channel, limits, place)
        let pipeline = channel.pipeline.syncOperations
        try pipeline.addHandler(timer)
        // The handler refuses long heads with 431 and says why; the decoder is the wall behind it.
        var walls = NIOHTTPDecoderLimitConfiguration()
        walls.maxHeaderFieldSize = 64 * 1024
        walls.maxHeaderListSize = 128 * 1024
        walls.maxHeaderFieldCount = 500
        // The codec knows what was asked, and so what an answer's end is.
        var encoding = HTTPResponseEncoder.Configuration()
        encoding.automaticallySetFramingHeaders = false
        try pipeline.configureHTTPServerPipeline(
            withPipeliningAssistance: false, withErrorHandling: false, withOutboundHeaderValidation: false,
            withEncoderConfiguration: encoding, withDecoderLimitConfiguration: walls)
        try pipeline.addHandler(WireCodec(timer))
        return AcceptedConnection(
            try NIOAsyncChannel(
                wrappingChannelSynchronously: channel, configuration: .init(isOutboundHalfClosureEnabled: true)))
    }

    func handle(value: AcceptedConnection, logger: Logger) async {
        let connection = value.take()
        let executor = executors[ObjectIdentifier(connection.channel.eventLoop)]
        await withTaskExecutorPreference(executor) { await handleHTTP(asyncChannel: connection, logger: logger) }
    }
}
