import Glibc

/// Where readers pass one by one, so that for a moment there can be none. A log that somebody reads is never begun anew.
final class ReadersGate: @unchecked Sendable {
    // Unchecked because every variable below is confined to the holder of `mutex`.
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let change = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var inside = 0
    private var isShut = false

    init() {
        pthread_mutex_init(mutex, nil)
        pthread_cond_init(change, nil)
    }

    deinit {
        pthread_cond_destroy(change)
        pthread_mutex_destroy(mutex)
        change.deallocate()
        mutex.deallocate()
    }

    /// Reads, after having waited while the gate is shut.
    func pass(_ read: () -> Void) {
        locked {
            while isShut { pthread_cond_wait(change, mutex) }
            inside += 1
        }
        read()
        locked {
            inside -= 1
            if isShut { pthread_cond_broadcast(change) }
        }
    }

    /// Holds back those who come and waits for those inside. Who shut the gate opens it again.
    /// - Parameter patience: so long, and then the gate stands open as before.
    /// - Returns: whether nobody is inside.
    func shut(within patience: Duration) -> Bool {
        locked {
            isShut = true
            var deadline = timespec()
            clock_gettime(CLOCK_REALTIME, &deadline)
            let nanoseconds = deadline.tv_nsec + Int(patience / .nanoseconds(1))
            deadline = timespec(
                tv_sec: deadline.tv_sec + nanoseconds / 1_000_000_000, tv_nsec: nanoseconds % 1_000_000_000)
            while inside > 0, pthread_cond_timedwait(change, mutex, &deadline) == 0 {}
            if inside > 0 { reopen() }
            return inside == 0
        }
    }

    func open() {
        locked { reopen() }
    }

    private func reopen() {
        isShut = false
        pthread_cond_broadcast(change)
    }

    private func locked<T>(_ body: () -> T) -> T {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return body()
    }
}
