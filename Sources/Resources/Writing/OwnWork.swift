package import Basics
package import Persistence

extension Storage {
    /// Does work of the server's own in one transaction of a shop: its changes and their events, together.
    /// - Parameter requestID: what the events say they came from, such as `import`.
    package func transact<T: Sendable>(
        in tenant: Tenant, at now: @escaping @Sendable @autoclosure () -> Instant, as requestID: String,
        isDryRun: Bool = false,
        _ work: @escaping @Sendable (Transaction) throws -> T
    ) async throws -> T {
        let (result, tables) = try await write(for: .shop(tenant.webshopID)) { db in
            let tx = Transaction(db, tenant: tenant, now: now(), requestID: requestID, isDryRun: isDryRun)
            let result = try work(tx)
            try tx.flushEvents()
            counts.changed(tx.changedTables, shop: tenant.webshopID)
            return (result, tx.changedTables)
        }
        counts.changed(tables, shop: tenant.webshopID)
        ringBell(for: tables)
        return result
    }
}
