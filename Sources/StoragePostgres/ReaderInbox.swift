import Persistence
import Synchronization

/// Where other threads leave work for the readers' thread, and what that thread sleeps on.
final class ReaderInbox: Sendable {
    struct Content {
        var requests: [FetchRequest] = []
        /// Connections that were opened elsewhere, by the place they are for.
        var openings: [(place: Int, result: Result<PostgresConnection, any Error>)] = []
        var isClosed = false
    }

    private struct State {
        var content = Content()
        var hasNews = false
        var isAsleep = false
    }

    private let state = Mutex(State())
    let poller: Poller

    init() throws(StorageError) {
        poller = try Poller()
    }

    /// False when the inbox is closed.
    func leave(_ request: FetchRequest) -> Bool {
        var isTaken = false
        change { content in
            isTaken = !content.isClosed
            if isTaken { content.requests.append(request) }
        }
        return isTaken
    }

    func leave(_ result: Result<PostgresConnection, any Error>, for place: Int) {
        change { $0.openings.append((place, result)) }
    }

    func close() {
        change { $0.isClosed = true }
    }

    /// Under load the thread is awake anyway, and then this costs no system call.
    private func change(_ change: (inout Content) -> Void) {
        let wasAsleep = state.withLock { state in
            change(&state.content)
            state.hasNews = true
            defer { state.isAsleep = false }
            return state.isAsleep
        }
        if wasAsleep { poller.wake() }
    }

    func take() -> Content {
        state.withLock { state in
            let content = state.content
            state.hasNews = false
            state.isAsleep = false
            state.content = Content(isClosed: content.isClosed)
            return content
        }
    }

    /// Waits for a socket or for news, and not at all when there are news already.
    func wait(_ milliseconds: Int32) -> [Poller.Event] {
        let hasNews = state.withLock { state in
            state.isAsleep = !state.hasNews
            return state.hasNews
        }
        return poller.wait(hasNews ? 0 : milliseconds)
    }
}
