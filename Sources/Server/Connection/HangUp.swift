import NIOCore

/// Tells somebody who writes nothing for long that the client has hung up: no write would fail, and nobody reads meanwhile.
final class HangUp: ChannelInboundHandler, RemovableChannelHandler, Sendable {
    typealias InboundIn = ByteBuffer

    private let channel: any Channel
    private let onEnd: @Sendable () -> Void

    /// Begins to look.
    init(_ channel: any Channel, _ onEnd: @escaping @Sendable () -> Void) {
        (self.channel, self.onEnd) = (channel, onEnd)
        channel.eventLoop.execute {
            guard channel.isActive else { return onEnd() }
            do {
                try channel.pipeline.syncOperations.addHandler(self, position: .first)
            } catch {
                onEnd()
            }
        }
    }

    /// Looks no longer.
    func leave() {
        channel.eventLoop.execute { self.channel.pipeline.syncOperations.removeHandler(self, promise: nil) }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        // Who has said all of theirs may wait for an answer, which they get with what there is.
        if case ChannelEvent.inputClosed = event { onEnd() }
        context.fireUserInboundEventTriggered(event)
    }

    func channelInactive(context: ChannelHandlerContext) {
        onEnd()
        context.fireChannelInactive()
    }
}
