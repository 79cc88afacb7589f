package import Basics
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
        /// Whether the body never ends.
        package var isEndless = false

        package init(_ status: Int = 200, _ body: [UInt8] = [], headers: [(String, String)] = []) {
            self.status = status
            self.body = body
            self.headers = headers
        }
    }

    /// A request that came.
    package struct Call: Sendable {
        package let path: String
        package let body: [UInt8]
        fileprivate let headers: HTTPHeaders

        package subscript(header name: String) -> String? { headers.first(name: name) }
        package var json: JSON { (try? JSONParser.parse(body)) ?? .null }
        package var all: [(name: String, value: String)] { headers.map { ($0.name, $0.value) } }
    }

    private struct State {
        var answers: [String: [Answer]] = [:]
        var calls: [Call] = []
    }

    private let state = Mutex(State())
    private let channel: any Channel

    package var port: Int { channel.localAddress?.port ?? 0 }
    package var host: String { "127.0.0.1:\(port)" }
    /// The paths that were asked for, in order.
    package var asked: [String] { state.withLock { $0.calls.map(\.path) } }

    /// The requests for a path, in order.
    package func calls(_ path: String) -> [Call] { state.withLock { $0.calls.filter { $0.path == path } } }

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
        answer(path, answers)
    }

    package func answer(_ path: String, _ answers: [Answer]) {
        state.withLock { $0.answers[path] = answers }
    }

    package func stop() async {
        try? await channel.close()
    }

    fileprivate func reply(to call: Call) -> Answer {
        state.withLock { state in
            state.calls.append(call)
            guard var answers = state.answers[call.path], let first = answers.first else { return Answer(404) }
            if answers.count > 1 { answers.removeFirst() }
            state.answers[call.path] = answers
            return first
        }
    }

    fileprivate final class Holder: Sendable {
        private let receiver = Mutex<Receiver?>(nil)

        func set(_ receiver: Receiver) { self.receiver.withLock { $0 = receiver } }
        func reply(to call: Call) -> Answer { receiver.withLock { $0 }?.reply(to: call) ?? Answer(503) }
    }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = HTTPServerRequestPart
        typealias OutboundOut = HTTPServerResponsePart

        private let holder: Holder
        private var path = ""
        private var headers = HTTPHeaders()
        private var body: [UInt8] = []

        init(_ holder: Holder) {
            self.holder = holder
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            switch unwrapInboundIn(data) {
            case .head(let head): (path, headers, body) = (head.uri, head.headers, [])
            case .body(let bytes): body += bytes.readableBytesView
            case .end: say(holder.reply(to: Call(path: path, body: body, headers: headers)), context)
            }
        }

        private func say(_ answer: Answer, _ context: ChannelHandlerContext) {
            guard !answer.isSilent else { return }
            if answer.isEndless { return sayForEver(context) }
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

        /// A gigabyte is announced; a piece goes when the last one was taken.
        private func sayForEver(_ context: ChannelHandlerContext) {
            let head = HTTPResponseHead(
                version: .http1_1, status: .ok, headers: ["Content-Length": "1073741824"])
            context.write(wrapOutboundOut(.head(head)), promise: nil)
            sayMore(context)
        }

        private func sayMore(_ context: ChannelHandlerContext) {
            let piece = ByteBuffer(repeating: 65, count: 65_536)
            let (loop, bound) = (context.eventLoop, NIOLoopBound((self, context), eventLoop: context.eventLoop))
            context.writeAndFlush(wrapOutboundOut(.body(.byteBuffer(piece)))).whenSuccess {
                loop.assumeIsolated().execute { bound.value.0.sayMore(bound.value.1) }
            }
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            context.close(promise: nil)
        }
    }
}
