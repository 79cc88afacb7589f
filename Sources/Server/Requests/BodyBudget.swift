import Resources
import Synchronization

/// Counts the bytes of large bodies that are in memory, so that many of them at once cannot take it all. A body waits a
/// while for its part, and no shop has more than half.
final class BodyBudget: Sendable {
    private struct Waiter {
        let id: Int
        let bytes: Int
        let shop: Int64
        let go: CheckedContinuation<Bool, Never>
    }

    private struct Books {
        let max: Int
        var held: [Int64: Int] = [:]
        var sum = 0
        var waiting: [Waiter] = []
        var lastID = 0

        mutating func take(_ bytes: Int, _ shop: Int64) -> Bool {
            let own = held[shop, default: 0] + bytes
            guard sum + bytes <= max, own <= max / 2 else { return false }
            (sum, held[shop]) = (sum + bytes, own)
            return true
        }

        mutating func give(_ bytes: Int, _ shop: Int64) {
            let own = held[shop, default: bytes] - bytes
            (sum, held[shop]) = (sum - bytes, own > 0 ? own : nil)
        }
    }

    private let seconds: Int64
    private let books: Mutex<Books>

    init(_ limits: Limits) {
        seconds = limits.largeBodySeconds
        books = Mutex(Books(max: limits.largeBodyBytes))
    }

    /// Takes bytes of the budget, which `give` gives back.
    /// - Throws: 503 where they did not become free in time.
    func take(_ bytes: Int, for shop: Int64) async throws {
        let isIn = await withCheckedContinuation { go in
            let id = books.withLock { books -> Int? in
                if books.take(bytes, shop) { return nil }
                books.lastID += 1
                books.waiting.append(Waiter(id: books.lastID, bytes: bytes, shop: shop, go: go))
                return books.lastID
            }
            guard let id else { return go.resume(returning: true) }
            Task {
                try? await Task.sleep(for: .seconds(seconds))
                giveUp(id)
            }
        }
        guard !isIn else { return }
        var problem = Problem(
            .unavailable, "large_bodies", "Too many large bodies are being worked on; send this one again in a moment.")
        problem.headers = [("Retry-After", "1")]
        throw problem
    }

    func give(_ bytes: Int, for shop: Int64) {
        let next = books.withLock { books -> [Waiter] in
            books.give(bytes, shop)
            let waiting = books.waiting
            let next = waiting.filter { books.take($0.bytes, $0.shop) }
            let taken = Set(next.map(\.id))
            books.waiting = waiting.filter { !taken.contains($0.id) }
            return next
        }
        for waiter in next { waiter.go.resume(returning: true) }
    }

    private func giveUp(_ id: Int) {
        let waiter = books.withLock { books -> Waiter? in
            books.waiting.firstIndex { $0.id == id }.map { books.waiting.remove(at: $0) }
        }
        waiter?.go.resume(returning: false)
    }
}
