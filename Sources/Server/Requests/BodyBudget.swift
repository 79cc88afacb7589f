import Resources
import Synchronization

/// Counts the bytes of large bodies that are in memory, so that many of them at once cannot take it all. A body waits a
/// while for its part, and no shop has more than half.
package final class BodyBudget: Sendable {
    private let seconds: Int64
    private let books: Mutex<BodyBooks>

    package init(_ limits: Limits) {
        seconds = limits.largeBodySeconds
        books = Mutex(BodyBooks(max: limits.largeBodyBytes))
    }

    /// How many bodies wait, for tests.
    package var lineLength: Int { books.withLock { $0.lineLength } }

    /// A body that is to be counted until it is given back; it holds nothing before its first byte.
    /// - Parameter bytes: how many it will have, or may have.
    package func body(of shop: Int64, atMost bytes: Int) -> CountedBody {
        CountedBody(self, id: books.withLock { $0.open(shop, atMost: bytes) }, most: bytes)
    }

    /// - Throws: 503 where the bytes did not become free in time.
    func take(_ bytes: Int, for id: Int) async throws {
        let isIn = await withCheckedContinuation { go in
            guard !books.withLock({ $0.take(bytes, for: id, orWait: go) }) else { return go.resume(returning: true) }
            Task {
                try? await Task.sleep(for: .seconds(seconds))
                giveUp(bytes, for: id)
            }
        }
        guard !isIn else { return }
        var problem = Problem(
            .unavailable, "large_bodies", "Too many large bodies are being worked on; send this one again in a moment.")
        problem.headers = [("Retry-After", "1")]
        throw problem
    }

    func giveBack(_ id: Int) {
        for waiter in books.withLock({ $0.close(id) }) { waiter.go.resume(returning: true) }
    }

    private func giveUp(_ bytes: Int, for id: Int) {
        let (waiter, next) = books.withLock { $0.giveUp(bytes, for: id) }
        waiter?.go.resume(returning: false)
        for waiter in next { waiter.go.resume(returning: true) }
    }
}
