import Persistence
import Resources

/// The feed as server-sent events (WHATWG HTML, 9.2).
struct EventStream: Sendable {
    /// A comment is sent when so long nothing was, so that both sides see that the other is there.
    private static let silenceSeconds: Int64 = 15
    /// When a client whose connection broke comes back, in milliseconds.
    private static let opening = Array("retry: 2000\n\n".utf8)
    private static let comment = Array(":\n\n".utf8)
    /// Events written in one go, and those that somebody reads who is behind.
    private static let toldMax = 100
    private static let readMax: Int64 = 50

    let listener: Listener
    let wish: EventWish
    let storage: any Storage

    var answer: Answer {
        var answer = Answer(contentType: "text/event-stream", body: [], isTagged: false)
        // Proxies of the nginx kind gather what they pass on, unless they are told.
        answer.headers = [("Cache-Control", "no-store"), ("X-Accel-Buffering", "no")]
        answer.listening = Listening(.stream(run), end: listener.end)
        return answer
    }

    /// Writes until one of both ends it. Each waits for the client to take what was written, so nothing gathers here.
    @Sendable private func run(_ write: ([UInt8]) async throws -> Void) async throws {
        try await write(Self.opening)
        while true {
            switch await listener.next(atMost: Self.toldMax, within: Self.silenceSeconds) {
            case .events(let told): try await write(Self.text(told.events))
            case .behind(let place):
                // In a task of its own, which takes the room that it needs with it.
                let (events, through) = try await Task { [wish, storage] in
                    try await wish.events(behind: place, atMost: Self.readMax, from: storage)
                }.value
                listener.move(to: through)
                if !events.isEmpty { try await write(Self.text(events)) }
            case .silence: try await write(Self.comment)
            case .over: return
            }
        }
    }

    private static func text(_ events: [ToldEvent]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(events.reduce(0) { $0 + $1.json.count + 80 })
        for event in events { event.write(to: &bytes) }
        return bytes
    }
}
