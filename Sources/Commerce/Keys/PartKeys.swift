import Persistence
import Resources

/// Keys that stand in a part of a row and have no field of their own: the variants that pictures are of, and the customers'
/// groups in lists of prices. They are brought into the form of keys as those of fields are.
struct PartKeys<Owner: Resource>: Sendable {
    /// A part whose key may have to be changed.
    struct Part: Sendable {
        let id: Int64
        let owner: Int64
        let was: String
    }

    /// The parts behind an id: their ids, their owners' and the text that holds the key.
    let page: @Sendable (_ shop: Int64, _ last: Int64) -> SQL
    /// The text as it has to be.
    let form: @Sendable (String, Tenant) throws -> String
    /// Writes parts whose owners are held.
    let write: @Sendable ([Part], [Int64: Stored<Owner>], Transaction) throws -> Void

    /// Those of a page that have to be changed, and the last id of it; nil behind the last page.
    package func next(after last: Int64, of tenant: Tenant, in storage: any Storage) async throws -> (
        [Part], last: Int64
    )? {
        let rows = try await storage.fetch(page(tenant.webshopID, last))
        let parts = try rows.map { Part(id: try $0["id"], owner: try $0["owner"], was: try $0["was"]) }
        guard let end = parts.last?.id else { return nil }
        return (try parts.filter { try !form($0.was, tenant).isExactly($0.was) }, end)
    }

    /// Writes parts; one whose owner breaks another rule keeps its key.
    func change(_ parts: [Part], in tx: Transaction) throws {
        let taken = try tx.takeAll(Owner.self, Set(parts.map(\.owner)).sorted())
        _ = try tx.halving(parts.filter { taken[$0.owner] != nil }) { parts -> [Never] in
            try write(parts, taken, tx)
            return []
        } alone: { _, _ in
            []
        }
    }
}

extension PartKeys {
    /// The names of variants that pictures are of.
    static func pictures(atMost count: Int) -> PartKeys {
        PartKeys { shop, last in
            """
            SELECT image_id AS id, owner_id AS owner, variant_name AS was FROM images WHERE webshop_id = \(shop)
            AND image_id > \(last) AND owner = \(Owner.info.path) AND variant_name IS NOT NULL
            ORDER BY image_id LIMIT \(raw: String(count))
            """
        } form: { name, _ in
            name.asKey
        } write: { parts, taken, tx in
            tx.markChanged("images")
            try tx.db.run(
                parts.map { part in
                    """
                    UPDATE images SET variant_name = \(part.was.asKey) WHERE webshop_id = \(tx.shop)
                    AND image_id = \(part.id)
                    """
                })
            let owners = Set(parts.map(\.owner)).sorted().compactMap { taken[$0] }
            try tx.write(try owners.map { try Draft($0, hasNewParts: true) })
        }
    }
}

extension PartKeys<Product> {
    /// The groups of customers in a product's list of prices. Of two rows that become one the first holds.
    static func groupPrices(atMost count: Int) -> PartKeys {
        PartKeys { shop, last in
            """
            SELECT product_id AS id, product_id AS owner, group_prices AS was FROM products WHERE webshop_id = \(shop)
            AND product_id > \(last) AND group_prices <> '[]' AND removed_on IS NULL
            ORDER BY product_id LIMIT \(raw: String(count))
            """
        } form: { text, tenant in
            PriceRows.text(try PriceRows.storedGroupPrices(JSONText(text), for: tenant), for: tenant).text
        } write: { parts, taken, tx in
            let drafts = try parts.compactMap { taken[$0.owner] }.map { stored in
                var stored = stored
                let rows = try PriceRows.storedGroupPrices(stored.value.groupPrices, for: tx.tenant)
                stored.value.groupPrices = PriceRows.text(rows, for: tx.tenant)
                return try Draft(stored)
            }
            try tx.write(drafts)
        }
    }
}
