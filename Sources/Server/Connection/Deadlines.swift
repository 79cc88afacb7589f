import HTTPTypes
import NIOCore
import NIOHTTPTypes

/// Closes a connection whose request head takes too long to arrive, so that a client sending a byte a second holds nothing.
final class HeadDeadline: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer

    private let limit: TimeAmount
    private var timer: Scheduled<Void>?
    private var isInsideRequest = false

    init(seconds: Int64) {
        limit = .seconds(seconds)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if timer == nil, !isInsideRequest { start(context) }
        context.fireChannelRead(data)
    }

    func channelInactive(context: ChannelHandlerContext) {
        timer?.cancel()
        context.fireChannelInactive()
    }

    /// Told by `BodyDeadline`, which sees where heads and requests end.
    func request(isInside: Bool) {
        isInsideRequest = isInside
        timer?.cancel()
        timer = nil
    }

    private func start(_ context: ChannelHandlerContext) {
        let channel = context.channel
        timer = context.eventLoop.scheduleTask(in: limit) { channel.close(promise: nil) }
    }
}

/// Closes a connection whose request body takes too long, and tells `HeadDeadline` where one request ends.
final class BodyDeadline: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart

    private static let uploadBytesMin: Int64 = 1_048_577

    private let limit: TimeAmount
    private let uploadLimit: TimeAmount
    private var timer: Scheduled<Void>?

    init(seconds: Int64, uploadSeconds: Int64) {
        limit = .seconds(seconds)
        uploadLimit = .seconds(uploadSeconds)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            let length = head.headerFields[.contentLength].flatMap { Int64($0) } ?? 0
            let limit = length >= Self.uploadBytesMin ? uploadLimit : limit
            mark(context, isInside: true)
            let channel = context.channel
            timer = context.eventLoop.scheduleTask(in: limit) { channel.close(promise: nil) }
        case .end:
            timer?.cancel()
            timer = nil
            mark(context, isInside: false)
        case .body: break
        }
        context.fireChannelRead(data)
    }

    func channelInactive(context: ChannelHandlerContext) {
        timer?.cancel()
        context.fireChannelInactive()
    }

    private func mark(_ context: ChannelHandlerContext, isInside: Bool) {
        let head = try? context.pipeline.syncOperations.handler(type: HeadDeadline.self)
        head?.request(isInside: isInside)
    }
}
