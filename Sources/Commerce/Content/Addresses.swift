import Persistence
import Resources

/// The public addresses of a shop: each leads to one thing of any kind, whoever asked first.
enum Addresses {
    /// Gives a row the address it wishes for, or, where something else has it, the wish with the id behind it. Existing
    /// clients pick from few addresses, so a collision must not fail (fact sheet 7.1). A change leaves a redirect behind.
    /// - Parameters:
    ///   - wish: what the client gave; empty where the name is to make it.
    ///   - old: the address the row has had, nil for a new one.
    static func settle(
        _ wish: String, name: String, for id: Int64, of info: ResourceInfo, replacing old: String?, in tx: Transaction
    ) throws -> String {
        if let old, wish == old, !wish.isEmpty { return old }
        let tidied = wish.isEmpty ? Slug.of(name) : Slug.tidied(wish)
        let wish = tidied.isEmpty ? "\(info.path)-\(id)" : tidied
        if wish == old { return wish }
        let address = try take(wish, for: id, of: info, unless: old, in: tx)
        // Another thing has the wish, and this one its second choice: asking again changes nothing.
        if address == old { return address }
        if let old {
            try tx.db.run(
                """
                DELETE FROM addresses WHERE webshop_id = \(tx.shop) AND path = \(old)
                AND resource = \(info.path) AND resource_id = \(id)
                """)
            try Redirect.leave(from: old, to: address, in: tx)
        }
        return address
    }

    private static func take(
        _ wish: String, for id: Int64, of info: ResourceInfo, unless old: String?, in tx: Transaction
    ) throws -> String {
        var address = wish
        var attempt = 0
        // Asking and taking in one statement: of two that want an address at once, the second sees it taken.
        while try address != old
            && tx.db.run(
                """
                INSERT INTO addresses (webshop_id, path, resource, resource_id)
                VALUES (\(tx.shop), \(address), \(info.path), \(id)) ON CONFLICT DO NOTHING
                """) == 0
        {
            attempt += 1
            address = attempt == 1 ? "\(wish)-\(id)" : "\(wish)-\(id)-\(attempt)"
        }
        return address
    }
}
