import CPostgres
import Glibc
import Persistence

/// Waits for sockets and for a nudge from another thread.
final class Poller: Sendable {
    /// What a socket is ready for.
    struct Event {
        let key: UInt64
        let isReadable: Bool
        let isWritable: Bool
    }

    private static let wakeKey: UInt64 = .max
    private let epoll: Int32
    private let wakeUp: Int32

    init() throws(StorageError) {
        epoll = epoll_create1(Int32(EPOLL_CLOEXEC))
        wakeUp = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
        var event = Self.event(Self.wakeKey, writes: false)
        guard epoll >= 0, wakeUp >= 0, epoll_ctl(epoll, EPOLL_CTL_ADD, wakeUp, &event) == 0 else {
            throw .busy("no file descriptors are left for the database")
        }
    }

    deinit {
        if epoll >= 0 { close(epoll) }
        if wakeUp >= 0 { close(wakeUp) }
    }

    private static func event(_ key: UInt64, writes: Bool) -> epoll_event {
        let kinds = EPOLLIN.rawValue | (writes ? EPOLLOUT.rawValue : 0)
        return epoll_event(events: kinds, data: epoll_data_t(u64: key))
    }

    /// A socket leaves by being closed.
    func add(_ socket: Int32, _ key: UInt64) -> Bool {
        var event = Self.event(key, writes: false)
        return epoll_ctl(epoll, EPOLL_CTL_ADD, socket, &event) == 0
    }

    func watch(_ socket: Int32, _ key: UInt64, writes: Bool) {
        var event = Self.event(key, writes: writes)
        epoll_ctl(epoll, EPOLL_CTL_MOD, socket, &event)
    }

    /// Ends `wait` on the other thread.
    func wake() {
        eventfd_write(wakeUp, 1)
    }

    /// - Parameter milliseconds: how long at most, -1 for ever.
    func wait(_ milliseconds: Int32) -> [Event] {
        var events = [epoll_event](repeating: epoll_event(), count: 16)
        let count = epoll_wait(epoll, &events, Int32(events.count), milliseconds)
        var ready: [Event] = []
        for event in events.prefix(max(0, Int(count))) {
            if event.data.u64 == Self.wakeKey {
                var value: eventfd_t = 0
                eventfd_read(wakeUp, &value)
                continue
            }
            let isWritable = event.events & EPOLLOUT.rawValue != 0
            // An error or a hang-up is found out by reading.
            let isReadable = event.events & ~EPOLLOUT.rawValue != 0
            ready.append(Event(key: event.data.u64, isReadable: isReadable, isWritable: isWritable))
        }
        return ready
    }
}
