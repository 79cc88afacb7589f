import Glibc

/// A thread of its own for calls that block, so that no cooperative thread and no event loop ever waits for a disk.
package struct OwnThread: Sendable {
    private let thread: pthread_t

    /// Starts a thread.
    package init(_ body: @escaping @Sendable () -> Void) throws(StorageError) {
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
            throw .busy("no thread could be started for the database: \(String(cString: strerror(code)))")
        }
        self.thread = thread
    }

    /// Starts a thread that opens something, answers once that went well, and then runs with it until `run` returns.
    /// What was opened never leaves the thread.
    package static func start<Tool>(
        open: @escaping @Sendable () throws -> Tool, run: @escaping @Sendable (Tool) -> Void
    ) async throws -> OwnThread {
        var started: OwnThread?
        let outcome: Result<Void, any Error> = await withCheckedContinuation { opened in
            do {
                started = try OwnThread {
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
    package static func run<T: Sendable>(_ body: @escaping @Sendable () throws -> T) async throws -> T {
        try await withCheckedThrowingContinuation { continuation in
            do {
                try OwnThread { continuation.resume(with: Result(catching: body)) }.detach()
            } catch {
                continuation.resume(throwing: error)
            }
        }
    }

    /// Runs `body` while the caller's task waits; here, blocking, where there is no thread left for it.
    package static func run(_ body: @escaping @Sendable () -> Void) async {
        let outcome: ()? = try? await run { () throws -> Void in body() }
        if outcome == nil { body() }
    }

    /// Of ten, how much less of a busy processor a thread of long work wants than others.
    private static let niceness: Int32 = 5

    /// Has the thread that calls leave the processor to others first. On Linux this is about that thread alone.
    package static func giveWay() {
        setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, niceness)
    }

    /// For a thread nobody joins: its memory goes when it ends.
    package func detach() {
        pthread_detach(thread)
    }

    /// Waits, blocking, for the thread to end.
    package func join() {
        pthread_join(thread, nil)
    }

    package static func join(_ threads: [OwnThread]) async {
        await run { for thread in threads { thread.join() } }
    }

    /// What a new thread is given, since a C function carries one pointer only.
    private final class Work: Sendable {
        let body: @Sendable () -> Void

        init(body: @escaping @Sendable () -> Void) {
            self.body = body
        }
    }
}
