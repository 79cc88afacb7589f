package import Basics
package import Persistence

extension Storage {
    /// Does work of the server's own in one transaction of a shop: its changes and their events, together.
    /// - Parameters:
    ///   - requestID: what the events say they came from, such as `import`.
    ///   - job: who is named as having done it, where that is not the same.
    package func transact<T: Sendable>(
        in tenant: Tenant, at now: @escaping @Sendable @autoclosure () -> Instant, as requestID: String,
        by job: String? = nil, isDryRun: Bool = false,
        _ work: @escaping @Sendable (Transaction) throws -> T
    ) async throws -> T {
        let opening = TransactionOpening(
            now: now, requestID: requestID, actor: .job(job ?? requestID), isDryRun: isDryRun)
        return try await transact(opening, for: .shop(tenant.webshopID), in: { _ in tenant }) { tx in
            let result = try work(tx)
            try tx.flushEvents()
            return result
        }
    }

    /// Does what somebody asks for who is no token, such as a user at the console, in one transaction of a shop.
    package func transact<T: Sendable>(
        in tenant: Tenant, at now: @escaping @Sendable @autoclosure () -> Instant, as requestID: String,
        by actor: Actor,
        _ work: @escaping @Sendable (Transaction) throws -> T
    ) async throws -> T {
        let opening = TransactionOpening(now: now, requestID: requestID, actor: actor)
        return try await transact(opening, for: .shop(tenant.webshopID), in: { _ in tenant }) { tx in
            let result = try work(tx)
            try tx.flushEvents()
            return result
        }
    }

    /// The same for a shop that is found, or made, in the transaction itself.
    package func transact<T: Sendable>(
        in tenant: @escaping @Sendable (any Connection) throws -> Tenant,
        at now: @escaping @Sendable @autoclosure () -> Instant, as requestID: String,
        _ work: @escaping @Sendable (Transaction) throws -> T
    ) async throws -> T {
        let opening = TransactionOpening(now: now, requestID: requestID, actor: .job(requestID))
        return try await transact(opening, for: .server, in: tenant) { tx in
            let result = try work(tx)
            try tx.flushEvents()
            return result
        }
    }
}
