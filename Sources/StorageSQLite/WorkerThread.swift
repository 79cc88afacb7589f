import Glibc
import Persistence

/// A thread of its own for calls that block, so that no cooperative thread and no event loop ever waits for a disk.
struct WorkerThread: Sendable {
    private let thread: pthread_t

    private init(_ body: @escaping @Sendable () -> Void) throws {
        let work = Unmanaged.passRetained(Work(body: body))
        var thread = pthread_t()
        let code = pthread_create(
            &thread, nil,
            { context in
                if let context { Unmanaged<Work>.fromOpaque(context).takeRetainedValue().body() }
                return nil
            }, work.toOpaque())
        guard code == 0 else {
            work.release()
            throw StorageError.unavailable("no thread for the database: \(String(cString: strerror(code)))")
        }
        self.thread = thread
    }

    /// Starts a thread that opens something, answers once that went well, and then runs with it until `run` returns.
    /// What was opened never leaves the thread.
    static func start<Tool>(
        open: @escaping @Sendable () throws -> Tool, run: @escaping @Sendable (Tool) -> Void
    ) async throws -> WorkerThread {
        var started: WorkerThread?
        let outcome: Result<Void, any Error> = await withCheckedContinuation { opened in
            do {
                started = try WorkerThread {
                    do {
                        let tool = try open()
                        opened.resume(returning: .success(()))
                        run(tool)
                    } catch {
                        opened.resume(returning: .failure(error))
                    }
                }
            } catch {
                opened.resume(returning: .failure(error))
            }
        }
        // A thread that could open nothing is about to end, and lets go of what it was given.
        if case .failure = outcome { started?.join() }
        try outcome.get()
        guard let started else { throw StorageError.unavailable("no thread for the database") }
        return started
    }

    /// Runs one blocking call on a thread made for it.
    static func run<T: Sendable>(_ body: @escaping @Sendable () throws -> T) async throws -> T {
        try await withCheckedThrowingContinuation { continuation in
            do {
                let worker = try WorkerThread { continuation.resume(with: Result(catching: body)) }
                pthread_detach(worker.thread)
            } catch {
                continuation.resume(throwing: error)
            }
        }
    }

    /// Waits, blocking, for the thread to end.
    private func join() {
        pthread_join(thread, nil)
    }

    static func join(_ threads: [WorkerThread]) async {
        let join: @Sendable () -> Void = { for thread in threads { thread.join() } }
        // Without a thread left to wait on, this one waits: the others are ending.
        do { try await run(join) } catch { join() }
    }

    /// What a new thread is given, since a C function carries one pointer only.
    private final class Work: Sendable {
        let body: @Sendable () -> Void

        init(body: @escaping @Sendable () -> Void) {
            self.body = body
        }
    }
}
