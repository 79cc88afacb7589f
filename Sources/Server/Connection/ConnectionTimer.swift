import NIOCore

/// The one timer of a connection. It closes what takes too long: a head, a body, a client that does not read, silence.
/// It stands next to the socket, where bytes are seen, and `WireCodec` tells it where requests and answers begin and end.
/// A running timer is not set anew for each request: it looks when it fires, and goes on from there.
final class ConnectionTimer: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private enum Phase {
        /// Nothing has come since the last answer.
        case idle
        case head
        case body
        /// The client waits for us.
        case answer
        /// We have said our last word.
        case closing
    }

    private let channel: any Channel
    private let limits: Limits
    private let place: Connections.Place
    private var phase = Phase.head
    private var deadline = NIODeadline.distantFuture
    private var firesAt = NIODeadline.distantFuture
    private var timer: Scheduled<Void>?
    private var boundary = RequestBoundary()
    /// What has come of a body since its time began.
    private var bodyBytes = 0

    /// What the client had taken at the last look, and when it was first seen to have taken that much.
    private var taken: UInt64 = 0
    private var takenAt = NIODeadline.now()

    init(_ channel: any Channel, _ limits: Limits, _ place: Connections.Place) {
        self.channel = channel
        self.limits = limits
        self.place = place
    }

    // MARK: What happens on the connection

    func handlerAdded(context: ChannelHandlerContext) {
        begin(.head, within: .seconds(limits.headSeconds))
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if phase == .idle { begin(.head, within: .seconds(limits.headSeconds)) }
        boundary.beginRead()
        context.fireChannelRead(data)
        // By now the codec has seen all of it that could be understood.
        boundary.endRead(unwrapInboundIn(data))
        if phase == .idle, boundary.isPastIt { begin(.head, within: .seconds(limits.headSeconds)) }
        if phase == .body { place.waits(since: .now()) }
    }

    func channelInactive(context: ChannelHandlerContext) {
        timer?.cancel()
        timer = nil
        context.fireChannelInactive()
    }

    /// - Parameters:
    ///   - bodyBytes: the length of the body where the head tells it; nil for a body in chunks.
    ///   - isNext: whether its answer is the next one; the body of another may not be read before that.
    func headCame(bodyBytes: Int64?, isNext: Bool) {
        boundary.headCame(bodyBytes: bodyBytes)
        guard isNext else { return }
        if bodyBytes == 0 { begin(.answer, within: nil) } else { bodyIsDue() }
    }

    /// From now on the server waits for a body, or for the next megabyte of it.
    func bodyIsDue() {
        bodyBytes = 0
        begin(.body, within: .seconds(limits.bodySeconds))
    }

    func bodyCame(_ count: Int) {
        boundary.bodyCame(count)
        bodyBytes += count
        if phase == .body, bodyBytes >= Limits.bodyStepBytes { bodyIsDue() }
    }

    /// - Parameter isAnswered: whether the answer has gone out already.
    func requestEnded(isAnswered: Bool) {
        boundary.requestEnded()
        if isAnswered { answersEnded() } else if phase != .answer { begin(.answer, within: nil) }
    }

    /// All that was asked is answered.
    func answersEnded() {
        let isHead = boundary.isPastIt
        begin(isHead ? .head : .idle, within: .seconds(isHead ? limits.headSeconds : limits.idleSeconds))
    }

    /// The last answer is written; what is left is for the client to hang up.
    func closes() {
        begin(.closing, within: .seconds(limits.headSeconds))
    }

    // MARK: The timer

    private func begin(_ phase: Phase, within limit: TimeAmount?) {
        self.phase = phase
        guard let limit else {
            deadline = .distantFuture
            place.works()
            return look(by: .now() + glance)
        }
        let now = NIODeadline.now()
        deadline = now + limit
        place.waits(since: now)
        look(by: deadline)
    }

    /// How often an answer under way is looked after: often enough that its limit is met within a thirtieth.
    private var glance: TimeAmount { .milliseconds(limits.stallSeconds * 1000 / 30) }

    private func look(by time: NIODeadline) {
        guard time < firesAt else { return }
        timer?.cancel()
        firesAt = time
        timer = channel.eventLoop.assumeIsolated().scheduleTask(deadline: time) { self.look() }
    }

    private func look() {
        (timer, firesAt) = (nil, .distantFuture)
        guard channel.isActive, let socket = channel as? any SocketOptionProvider else { return }
        SendQueue.of(socket).assumeIsolated().whenComplete { result in
            self.judge(try? result.get())
        }
    }

    /// - Parameter queue: nil where the socket is none of TCP.
    private func judge(_ queue: SendQueue?) {
        let now = NIODeadline.now()
        let isOwing = queue?.isOwing ?? false
        if !isOwing || queue?.taken != taken {
            (taken, takenAt) = (queue?.taken ?? 0, now)
            if phase == .answer { place.works() }
        } else if now - takenAt >= .seconds(limits.stallSeconds) {
            return channel.reset()
        } else {
            place.waits(since: takenAt)
        }
        if isOwing, phase == .idle || phase == .closing {
            // The client is still reading: its silence begins when it has read all.
            deadline = now + .seconds(phase == .idle ? limits.idleSeconds : limits.headSeconds)
        }
        if now >= deadline { return channel.close(promise: nil) }
        look(by: isOwing || phase == .answer ? min(deadline, now + glance) : deadline)
    }
}
