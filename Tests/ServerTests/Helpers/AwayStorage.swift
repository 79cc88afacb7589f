import Basics
import Persistence
import Synchronization

/// A database that can't be written to while a test says so.
final class AwayStorage: Storage {
    let isAway = Atomic(false)
    private let inner: any Storage

    init(_ inner: any Storage) {
        self.inner = inner
    }

    var dialect: Dialect { inner.dialect }
    var counts: RowCounts { inner.counts }
    var memory: Memory { inner.memory }

    func fetch(_ statements: [SQL]) async throws -> [Rows] { try await inner.fetch(statements) }

    func read<T: Sendable>(
        for requester: Requester, _ body: @escaping @Sendable (any Connection) throws -> T
    ) async throws -> T {
        try await inner.read(for: requester, body)
    }

    func write<T: Sendable>(
        for requester: Requester, alone: Bool, _ body: @escaping @Sendable (any Connection) throws -> T
    ) async throws -> T {
        if isAway.load(ordering: .relaxed) { throw StorageError.unavailable("away") }
        return try await inner.write(for: requester, alone: alone, body)
    }

    func horizon(ofShop shop: Int64, at now: Instant) async throws -> Instant {
        try await inner.horizon(ofShop: shop, at: now)
    }

    func close() async { await inner.close() }
}
