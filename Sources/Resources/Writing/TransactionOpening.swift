import Basics
package import Persistence

/// What a transaction is begun with, beside its shop.
struct TransactionOpening: Sendable {
    let now: @Sendable () -> Instant
    let requestID: String
    let actor: Actor?
    var isDryRun = false
    var uploads = Uploads()
    var services = Services()
}

extension Storage {
    /// Runs `work` in one transaction, and tells those who remember something what it has changed: totals before its commit, so
    /// that nobody is shown new rows with a count from before, and everybody once it is durable. The one place that makes a
    /// `Transaction`, whatever writes: a request, an import, a job or a command.
    func transact<T: Sendable>(
        _ opening: TransactionOpening, for requester: Requester, alone: Bool = false,
        in tenant: @escaping @Sendable (any Connection) throws -> Tenant,
        _ work: @escaping @Sendable (Transaction) throws -> T
    ) async throws -> T {
        let (result, tables, shop) = try await writeAgainIfTaken(for: requester, alone: alone) { db in
            let tx = Transaction(db, tenant: try tenant(db), opening)
            let result = try work(tx)
            counts.changed(tx.changedTables, shop: tx.shop)
            return (result, tx.changedTables, tx.shop)
        }
        counts.changed(tables, shop: shop)
        memory.changed(tables, shop: shop)
        ringBell(for: tables)
        return result
    }
}

extension Storage {
    /// Writes rows that are no shop's, such as users, in one transaction, and tells those who follow their tables once it is
    /// durable.
    package func write<T: Sendable>(
        changing tables: Set<String>, _ work: @escaping @Sendable (any Connection) throws -> T
    ) async throws -> T {
        let result = try await write(work)
        memory.changed(tables)
        ringBell(for: tables)
        return result
    }
}
