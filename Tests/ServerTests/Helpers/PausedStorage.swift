import Basics
import Persistence

/// A database whose answer to one question is kept back, so that a test can do something between its question and its answer,
/// or between the commit of a write and its end.
final class PausedStorage: Storage {
    private let inner: any Storage
    /// Nil where writes are paused at.
    private let words: String?
    private let asking: (stream: AsyncStream<Void>, tell: AsyncStream<Void>.Continuation)
    private let release: (stream: AsyncStream<Void>, tell: AsyncStream<Void>.Continuation)

    /// - Parameter words: of the statement that is paused at; nil is the end of a write.
    init(_ inner: any Storage, at words: String?) {
        (self.inner, self.words) = (inner, words)
        let (asked, tell) = AsyncStream<Void>.makeStream()
        asking = (asked, tell)
        let (released, end) = AsyncStream<Void>.makeStream()
        release = (released, end)
    }

    /// Runs `body` once the question was asked and answered, while the answer is kept back; it goes on even where that throws.
    func whilePaused(_ body: () async throws -> Void) async throws {
        defer { release.tell.finish() }
        _ = await asking.stream.first { _ in true }
        try await body()
    }

    var dialect: Dialect { inner.dialect }
    var counts: RowCounts { inner.counts }
    var memory: Memory { inner.memory }

    func fetch(_ statements: [SQL]) async throws -> [Rows] {
        let answers = try await inner.fetch(statements)
        if let words, statements.contains(where: { $0.text.contains(words) }) { await pause() }
        return answers
    }

    private func pause() async {
        asking.tell.yield()
        for await _ in release.stream {}
    }

    func read<T: Sendable>(
        for requester: Requester, _ body: @escaping @Sendable (any Connection) throws -> T
    ) async throws -> T {
        try await inner.read(for: requester, body)
    }

    func write<T: Sendable>(
        for requester: Requester, alone: Bool, _ body: @escaping @Sendable (any Connection) throws -> T
    ) async throws -> T {
        let result = try await inner.write(for: requester, alone: alone, body)
        if words == nil { await pause() }
        return result
    }

    func horizon(ofShop shop: Int64, at now: Instant) async throws -> Instant {
        try await inner.horizon(ofShop: shop, at: now)
    }

    func close() async {
        await inner.close()
    }
}
