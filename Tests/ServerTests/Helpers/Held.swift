import Basics
import Dispatch
import Persistence
import Resources
import Support

/// A transaction of a shop that has done its work and is kept from ending until a test lets it, or has forgotten it because it
/// failed.
final class Held: Sendable {
    private let mayEnd = DispatchSemaphore(value: 0)
    private let task: Task<Void, any Error>

    /// Answers once `work` is done. The transaction begins at `now`.
    static func begin(
        in shop: TestShop, on storage: any Storage, at now: Instant,
        _ work: @escaping @Sendable (Transaction) throws -> Void
    ) async throws -> Held {
        let (worked, hasWorked) = AsyncStream<Void>.makeStream()
        let held = Held(try await shop.tenant, storage, now, work) { hasWorked.yield() }
        _ = await worked.first { _ in true }
        return held
    }

    private init(
        _ tenant: Tenant, _ storage: any Storage, _ now: Instant,
        _ work: @escaping @Sendable (Transaction) throws -> Void, hasWorked: @escaping @Sendable () -> Void
    ) {
        task = Task { [mayEnd] in
            defer { hasWorked() }
            try await storage.transact(in: tenant, at: now, as: "held") { tx in
                try work(tx)
                hasWorked()
                mayEnd.wait()
            }
        }
    }

    deinit { mayEnd.signal() }

    /// Runs `body` and lets the transaction end.
    func during<T>(_ body: () async throws -> T) async throws -> T {
        let value = try await body()
        try await end()
        return value
    }

    func end() async throws {
        mayEnd.signal()
        try await task.value
    }
}

extension Transaction {
    /// Stamps a row as a change of it would.
    func stamp(_ info: ResourceInfo, _ id: Int64) throws {
        try db.run(
            """
            UPDATE \(raw: info.table) SET last_modified = \(now), version = version + 1
            WHERE \(info.owned(by: shop)) \(raw: info.key) = \(id)
            """)
    }
}
