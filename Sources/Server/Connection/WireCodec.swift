import HTTPTypes
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import NIOHTTPTypesHTTP1

/// Turns what NIO has parsed into requests, and answers into what NIO writes, by the rules of RFC 9112 about versions and
/// about what ends a connection. What is no request becomes one that says so (`WireFault`).
final class WireCodec: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    /// A request whose answer has not ended.
    private struct Owed {
        /// Of HTTP/1.0.
        let isOld: Bool
        let isHead: Bool
        var closes: Bool
    }

    private let timer: ConnectionTimer
    private var owed = CircularBuffer<Owed>(initialCapacity: 2)
    private var isReading = false
    /// Whether the last request of this connection has come.
    private var isOver = false
    private var isStopping = false

    init(_ timer: ConnectionTimer) {
        self.timer = timer
    }

    // MARK: In

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            guard !isOver else { return }
            let (request, closes) = WireRequest.read(head)
            let bodyBytes = WireRequest.bodyBytes(head)
            begin(
                context, request, bodyBytes,
                Owed(isOld: head.version == .http1_0, isHead: head.method == .HEAD, closes: closes))
        case .body(let bytes):
            guard isReading else { return }
            timer.bodyCame(bytes.readableBytes)
            context.fireChannelRead(wrapInboundOut(.body(bytes)))
        case .end:
            guard isReading else { return }
            end(context)
        }
    }

    /// The parser gave up. Within a body that is the body's fault; elsewhere it is answered like a request.
    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard error is HTTPParserError else { return context.fireErrorCaught(error) }
        if isReading {
            isOver = true
            if !owed.isEmpty { owed[owed.index(before: owed.endIndex)].closes = true }
            return context.fireErrorCaught(error)
        }
        guard !isOver else { return }
        begin(context, WireRequest.refused(WireFault(error)), 0, Owed(isOld: false, isHead: false, closes: true))
        end(context)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard event is ChannelShouldQuiesceEvent else { return context.fireUserInboundEventTriggered(event) }
        (isOver, isStopping) = (true, true)
        guard owed.isEmpty else { return owed[owed.index(before: owed.endIndex)].closes = true }
        timer.closes()
        closeWhenWritten(context, .all)
    }

    private func begin(_ context: ChannelHandlerContext, _ request: HTTPRequest, _ bodyBytes: Int64?, _ owing: Owed) {
        isReading = true
        isOver = owing.closes
        owed.append(owing)
        context.fireChannelRead(wrapInboundOut(.head(request)))
        timer.headCame(bodyBytes: bodyBytes, isNext: owed.count == 1)
    }

    private func end(_ context: ChannelHandlerContext) {
        isReading = false
        if !isOver || !owed.isEmpty { timer.requestEnded(isAnswered: owed.isEmpty) }
        // Trailers are read by nobody here.
        context.fireChannelRead(wrapInboundOut(.end(nil)))
    }

    // MARK: Out

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard !owed.isEmpty else {
            // Hummingbird's own word on a body that could not be parsed, after ours.
            closeWhenWritten(context, .output)
            return promise?.succeed() ?? ()
        }
        switch unwrapOutboundIn(data) {
        case .head(let response):
            context.write(wrapOutboundOut(.head(head(response))), promise: promise)
        case .body(let bytes):
            context.write(wrapOutboundOut(.body(.byteBuffer(bytes))), promise: promise)
        case .end:
            answerEnds(context, promise)
        }
    }

    private func head(_ response: HTTPResponse) -> HTTPResponseHead {
        var head = HTTPResponseHead(response)
        guard response.status.kind != .informational, let owing = owed.first else { return head }
        let isEndless = frame(&head, owing)
        if owing.isOld { head.version = .http1_0 }
        if owing.closes || isEndless || response.headerFields[.connection] == "close" {
            owed[owed.startIndex].closes = true
            head.headers.replaceOrAdd(name: "Connection", value: "close")
        } else if owing.isOld {
            head.headers.replaceOrAdd(name: "Connection", value: "keep-alive")
        }
        return head
    }

    /// Says how the client finds the end of the body (RFC 9112, 6): by its length, by chunks, or by the connection's end,
    /// since HTTP/1.0 knows no chunks. What has no body has no chunks either, not even a last one.
    /// - Returns: whether the connection's end is the body's.
    private func frame(_ head: inout HTTPResponseHead, _ owing: Owed) -> Bool {
        guard head.status.mayHaveResponseBody else {
            head.headers.remove(name: "content-length")
            return false
        }
        guard !owing.isHead, !head.headers.contains(name: "content-length") else { return false }
        if !owing.isOld { head.headers.replaceOrAdd(name: "Transfer-Encoding", value: "chunked") }
        return owing.isOld
    }

    private func answerEnds(_ context: ChannelHandlerContext, _ promise: EventLoopPromise<Void>?) {
        let closes = owed.removeFirst().closes
        guard closes else {
            context.write(wrapOutboundOut(.end(nil)), promise: promise)
            if owed.isEmpty, !isReading { timer.answersEnded() }
            // The body of the next one may have had to wait for this answer.
            if owed.count == 1, isReading { timer.bodyIsDue() }
            return
        }
        isOver = true
        // Nothing is written behind the last answer.
        owed.removeAll()
        timer.closes()
        context.write(wrapOutboundOut(.end(nil)), promise: promise)
        closeWhenWritten(context, isStopping ? .all : .output)
    }

    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        guard mode == .output else { return context.close(mode: mode, promise: promise) }
        closeWhenWritten(context, mode, promise)
    }

    /// Closes once the kernel has all that was written. NIO lets go of what it still holds when a connection is closed, and so
    /// it does for one side of it where the client has ended the other.
    private func closeWhenWritten(
        _ context: ChannelHandlerContext, _ mode: CloseMode, _ promise: EventLoopPromise<Void>? = nil
    ) {
        let written = context.eventLoop.makePromise(of: Void.self)
        written.futureResult.assumeIsolated().whenComplete { _ in context.close(mode: mode, promise: promise) }
        // Writes end in their order, also one of no bytes.
        context.writeAndFlush(wrapOutboundOut(.body(.byteBuffer(ByteBuffer()))), promise: written)
    }
}
