import NIOCore
import NIOPosix
import Persistence

/// Threads for what takes long for one request: a large body, a long page, packing. They leave the event loops to everybody
/// else, and have a lower priority, so that many of them cost the others little.
final class Lane: TaskExecutor {
    static let shared = Lane(threads: max(4, System.coreCount))

    /// From here on work is long: parsing or packing so many bytes takes about a millisecond.
    static let bytesMin = 65_536

    private let pool: NIOThreadPool

    private init(threads: Int) {
        pool = NIOThreadPool(numberOfThreads: threads)
        pool.start()
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        pool.submit { _ in
            OwnThread.giveWay()
            job.runSynchronously(on: self.asUnownedTaskExecutor())
        }
    }

    /// Runs work there if it is long, and where the caller is if it is not.
    static func run<T>(if isLong: Bool, _ work: () async throws -> T) async rethrows -> T {
        isLong ? try await withTaskExecutorPreference(shared, operation: work) : try await work()
    }
}
