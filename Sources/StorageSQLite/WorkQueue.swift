import Basics
import Glibc
import Persistence

/// Work handed from async code to threads that may block: first come first served for each requester, and those in turn.
final class WorkQueue<Work: Sendable>: @unchecked Sendable {
    // Unchecked because every variable below is confined to the holder of `mutex`.
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let arrival = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var urgent = Queue<Work>()
    private var waiting = FairQueue<Work>()
    private var sleepers = 0
    private var isClosed = false

    init() {
        pthread_mutex_init(mutex, nil)
        pthread_cond_init(arrival, nil)
    }

    deinit {
        pthread_cond_destroy(arrival)
        pthread_mutex_destroy(mutex)
        arrival.deallocate()
        mutex.deallocate()
    }

    /// Answers false, and drops the work, once the queue is closed.
    func push(_ work: Work, for requester: Requester = .server) -> Bool {
        locked {
            guard !isClosed else { return false }
            waiting.append(work, for: requester)
            if sleepers > 0 { pthread_cond_signal(arrival) }
            return true
        }
    }

    /// Puts work before all that waits. Answers false, and drops it, once the queue is closed.
    func pushFirst(_ work: Work) -> Bool {
        locked {
            guard !isClosed else { return false }
            urgent.append(work)
            if sleepers > 0 { pthread_cond_signal(arrival) }
            return true
        }
    }

    /// Waits for work. Nil means that the queue is closed and empty.
    func next() -> Work? {
        locked {
            while true {
                if let work = popFirst() { return work }
                if isClosed { return nil }
                sleepers += 1
                pthread_cond_wait(arrival, mutex)
                sleepers -= 1
            }
        }
    }

    /// What is there already, without waiting.
    func nextWaiting() -> Work? {
        locked { popFirst() }
    }

    /// Refuses new work; what was accepted is still handed out.
    func close() {
        locked {
            isClosed = true
            pthread_cond_broadcast(arrival)
        }
    }

    private func popFirst() -> Work? {
        urgent.popFirst() ?? waiting.popFirst()
    }

    private func locked<T>(_ body: () -> T) -> T {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return body()
    }
}
