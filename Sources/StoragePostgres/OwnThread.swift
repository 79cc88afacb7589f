import Glibc
import Persistence

/// A thread of our own, for work that blocks and so must not run on Swift's shared threads.
struct OwnThread: Sendable {
    private let id: pthread_t

    static func start(_ body: @escaping @Sendable () -> Void) throws(StorageError) -> OwnThread {
        let errand = Unmanaged.passRetained(Errand(body))
        var id = pthread_t()
        let status = pthread_create(
            &id, nil,
            { argument in
                guard let argument else { return nil }
                Unmanaged<Errand>.fromOpaque(argument).takeRetainedValue().body()
                return nil
            }, errand.toOpaque())
        guard status == 0 else {
            errand.release()
            throw .busy("no thread could be started for the database: \(String(cString: strerror(status)))")
        }
        return OwnThread(id: id)
    }

    /// Runs `body`, which may block, while the caller's task waits.
    static func run(_ body: @escaping @Sendable () -> Void) async {
        await withCheckedContinuation { continuation in
            let errand: @Sendable () -> Void = {
                body()
                continuation.resume()
            }
            do { try start(errand).detach() } catch { errand() }
        }
    }

    func join() {
        pthread_join(id, nil)
    }

    /// For a thread nobody joins: its memory goes when it ends.
    func detach() {
        pthread_detach(id)
    }

    /// Carries the body through C's single pointer.
    private final class Errand: Sendable {
        let body: @Sendable () -> Void

        init(_ body: @escaping @Sendable () -> Void) {
            self.body = body
        }
    }
}
