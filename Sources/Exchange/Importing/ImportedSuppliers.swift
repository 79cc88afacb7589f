import Basics
import Commerce
import Persistence
import Resources

/// Where a file says products are bought: what it lists is there afterwards, and nothing else.
enum ImportedSuppliers {
    /// - Parameter wishes: the rows of each product, with ids in the place of names.
    /// - Returns: the products of which rows were made, changed or removed.
    static func set(_ wishes: [(product: Int64, rows: [JSON])], in tx: Transaction) throws -> Set<Int64> {
        guard !wishes.isEmpty else { return [] }
        var there = try stored(of: wishes.map(\.product), in: tx)
        var bodies: [(body: JSONObject, over: Stored<ProductSupplier>?)] = []
        for (product, rows) in wishes {
            for case .object(let row) in rows {
                let old = there[product, default: []].firstIndex { $0.value.isSource(row) }
                bodies.append((row.of(product), old.flatMap { there[product]?.remove(at: $0) }))
            }
        }
        var changed: Set<Int64> = []
        for stored in there.values.joined().sorted(by: { $0.id < $1.id }) {
            changed.insert(stored.value.productID)
            try tx.remove(stored)
        }
        do {
            let drafts = try ResourceEndpoints<ProductSupplier>.drafts(bodies, isStrict: false, tx)
            for (draft, written) in zip(drafts, try tx.write(drafts)) where draft.oldVersion != written.version {
                changed.insert(written.value.productID)
            }
        } catch let problem as Problem {
            throw problem.within("/suppliers")
        }
        return changed
    }

    private static func stored(
        of products: [Int64], in tx: Transaction
    ) throws -> [Int64: [Stored<ProductSupplier>]] {
        let ids = try tx.db.rows(
            """
            SELECT product_supplier_id FROM product_suppliers WHERE webshop_id = \(tx.shop)
            AND product_id IN (\(SQL.paddedList(products))) AND removed_on IS NULL
            """
        ).integers("product_supplier_id")
        let taken = try tx.takeAll(ProductSupplier.self, ids).values.sorted { $0.id < $1.id }
        return Dictionary(grouping: taken) { $0.value.productID }
    }
}

extension ProductSupplier {
    /// Whether a row of a file is about this one: of one supplier there may be several prices.
    fileprivate func isSource(_ row: JSONObject) -> Bool {
        row.id("supplier_id") == supplierID && row["min_order"]?.words ?? "1" == String(minOrder)
    }
}

extension JSONObject {
    /// The row as one of a product. What it leaves out is as in a new row, so that a file says all there is.
    fileprivate func of(_ product: Int64) -> JSONObject {
        let silent: [JSONObject.Member] = [
            .init("supplier_own_id", ""), .init("purchase_price", .null), .init("delivery_days", .null),
            .init("weight", 0),
        ].filter { self[$0.name] == nil }
        return JSONObject([.init("product_id", .number(JSONNumber(product)))] + members + silent)
    }
}
