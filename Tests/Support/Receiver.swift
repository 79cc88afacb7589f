import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// A server of the outside world: it answers by path what a test tells it to, and remembers what it was asked.
package final class Receiver: Sendable {
    package struct Answer: Sendable {
        package var status = 200
        package var headers: [(String, String)] = []
        package var body: [UInt8] = []
        /// Whether the answer ends before it is whole.
        package var breaksOff = false
        /// Whether nothing is ever said.
        package var isSilent = false

        package init(_ status: Int = 200, _ body: [UInt8] = [], headers: [(String, String)] = []) {
            self.status = status
            self.body = body
            self.headers = headers
        }
    }

    private struct State {
        var answers: [String: [Answer]] = [:]
        var asked: [String] = []
    }

    private let state = Mutex(State())
    private let channel: any Channel

    package var port: Int { channel.localAddress?.port ?? 0 }
    package var host: String { "127.0.0.1:\(port)" }
    /// The paths that were asked for, in order.
    package var asked: [String] { state.withLock { $0.asked } }

    package init() async throws {
        let holder = Holder()
        channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    try pipeline.configureHTTPServerPipeline()
                    try pipeline.addHandler(Handler(holder))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        holder.set(self)
    }

    /// What a path answers: the first, then the next; the last one again and again.
    package func answer(_ path: String, _ answers: Answer...) {
        state.withLock { $0.answers[path] = answers }
    }

    package func stop() async {
        try? await channel.close()
    }

    fileprivate func reply(to path: String) -> Answer {
        state.withLock { state in
            state.asked.append(path)
            guard var answers = state.answers[path], let first = answers.first else { return Answer(404) }
            if answers.count > 1 { answers.removeFirst() }
            state.answers[path] = answers
            return first
        }
    }

    fileprivate final class Holder: Sendable {
        private let receiver = Mutex<Receiver?>(nil)

        func set(_ receiver: Receiver) { self.receiver.withLock { $0 = receiver } }
        func reply(to path: String) -> Answer { receiver.withLock { $0 }?.reply(to: path) ?? Answer(503) }
    }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = HTTPServerRequestPart
        typealias OutboundOut = HTTPServerResponsePart

        private let holder: Holder
        private var path = ""

        init(_ holder: Holder) {
            self.holder = holder
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            switch unwrapInboundIn(data) {
            case .head(let head): path = head.uri
            case .body: break
            case .end: say(holder.reply(to: path), context)
            }
        }

        private func say(_ answer: Answer, _ context: ChannelHandlerContext) {
            guard !answer.isSilent else { return }
            var headers = HTTPHeaders(answer.headers)
            headers.add(name: "Content-Length", value: String(answer.body.count + (answer.breaksOff ? 9 : 0)))
            let head = HTTPResponseHead(version: .http1_1, status: .init(statusCode: answer.status), headers: headers)
            context.write(wrapOutboundOut(.head(head)), promise: nil)
            context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: answer.body)))), promise: nil)
            if answer.breaksOff {
                context.flush()
                context.close(promise: nil)
            } else {
                context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
            }
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            context.close(promise: nil)
        }
    }
}
