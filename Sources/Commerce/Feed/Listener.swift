/// One seat among those who listen.
final class Listener: Sendable {
    private let listeners: FeedListeners
    private let id: Int

    init(_ listeners: FeedListeners, _ id: Int) {
        (self.listeners, self.id) = (listeners, id)
    }

    deinit { listeners.leave(id) }

    /// Waits for events behind what was heard.
    func next(atMost limit: Int, within seconds: Int64) async -> Heard {
        await listeners.next(id, atMost: limit, within: seconds)
    }

    /// It has read up to a place for itself.
    func move(to place: Int64) { listeners.move(id, to: place) }

    /// Ends it at once.
    func end() { listeners.end(id) }
}
