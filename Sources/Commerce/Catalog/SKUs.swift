package import Basics
import Persistence
package import Resources

/// Who has which number of the shop's own: a number names one live product or one live variant, never two.
package enum SKUs {
    /// A number that a product or variant wants.
    package struct Claim {
        let ownID: String
        let unit: StockUnit
        /// Where the body says so.
        let pointer: String
    }

    /// What a number names.
    package static func units(_ numbers: [String], in tx: Transaction) throws -> ByText<StockUnit> {
        let statements = SQL.each(numbers) { some in
            """
            SELECT own_id, product_id, nullif(variant_id, 0) AS variant_id FROM skus
            WHERE webshop_id = \(tx.shop) AND own_id IN (\(some))
            """
        }
        return try tx.db.fetch(statements).joined().reduce(into: [:]) { units, row in
            units[try row["own_id"]] = try StockUnit(row)
        }
    }

    /// Takes numbers. Asking and taking are one statement: of two that want a number at once, the second sees it taken.
    /// - Throws: a conflict that names each number somebody else has.
    static func take(_ claims: [Claim], in tx: Transaction) throws {
        let taken = try insert(claims.map { ($0.ownID, $0.unit) }, tx)
        let refused = claims.filter { !taken.contains($0.unit) }
        guard !refused.isEmpty else { return }
        let owners = try units(refused.map(\.ownID), in: tx)
        let isVariants = refused.contains { owners[$0.ownID]?.variantID != nil }
        throw Problem.conflict(
            isVariants ? "variant_sku" : "duplicate", "Another product or variant of this shop has this own_id.",
            errors: refused.map { claim in
                let owner = owners[claim.ownID].map { ": product \($0.productID) has it" } ?? ""
                return .init(claim.pointer, "duplicate", "is already in use\(owner)")
            })
    }

    /// For each product its id as text (fact sheet 8.16), or, where the shop has given that number to something else, the
    /// id once more behind it.
    static func takeFree(for products: [Int64], in tx: Transaction) throws -> [Int64: String] {
        var numbers = Dictionary(products.map { ($0, String($0)) }, uniquingKeysWith: { first, _ in first })
        var open = products
        while !open.isEmpty {
            let taken = try insert(open.map { (numbers[$0] ?? "", StockUnit($0)) }, tx)
            open = open.filter { !taken.contains(StockUnit($0)) }
            for id in open { numbers[id]?.append("-\(id)") }
        }
        return numbers
    }

    /// Stores the numbers that are free and answers who got one.
    private static func insert(_ wishes: [(ownID: String, unit: StockUnit)], _ tx: Transaction) throws -> Set<StockUnit>
    {
        // One order for everybody, so that two requests never wait for each other.
        let rows = wishes.sorted { $0.ownID < $1.ownID }.map { ownID, unit in
            [tx.shop.sqlValue, ownID.sqlValue, unit.productID.sqlValue, (unit.variantID ?? 0).sqlValue]
        }
        let taken = try tx.db.fetch(
            SQL.insertions(
                "INSERT INTO skus (webshop_id, own_id, product_id, variant_id) VALUES", rows,
                "ON CONFLICT DO NOTHING RETURNING product_id, nullif(variant_id, 0) AS variant_id"))
        return Set(try taken.joined().map { try StockUnit($0) })
    }

    /// Gives numbers back.
    static func release(_ numbers: [String], in tx: Transaction) throws {
        try tx.db.run(
            SQL.each(numbers) { "DELETE FROM skus WHERE webshop_id = \(tx.shop) AND own_id IN (\($0))" })
    }

    /// Gives back all numbers of a deleted product and its variants.
    static func releaseAll(of product: Product, in tx: Transaction) throws {
        let numbers = try tx.db.rows(
            """
            SELECT own_id FROM product_variants WHERE webshop_id = \(tx.shop) AND product_id = \(product.id)
            AND own_id IS NOT NULL AND removed_on IS NULL
            """
        ).map { try $0["own_id"] as String }
        try release(numbers + [product.ownID], in: tx)
    }
}

extension SKUs {
    /// Gives back the numbers that products have no longer. First, because a variant may take over the number that its product
    /// gives up.
    fileprivate static func release(_ products: [Described<Product>], in tx: Transaction) throws {
        try release(products.compactMap { $0.new.ownID.isExactly($0.old?.ownID) ? nil : $0.old?.ownID }, in: tx)
    }

    /// Takes the numbers that products have now; one without a number gets one.
    fileprivate static func settle(_ drafts: inout [Draft<Product>], in tx: Transaction) throws {
        let moved = drafts.indices.filter {
            drafts[$0].new.ownID.isEmpty || !drafts[$0].new.ownID.isExactly(drafts[$0].old?.ownID)
        }
        try take(
            moved.map { drafts[$0].new }.filter { !$0.ownID.isEmpty }.map {
                .init(ownID: $0.ownID, unit: StockUnit($0.id.rawValue), pointer: "/own_id")
            }, in: tx)
        let unnamed = moved.filter { drafts[$0].new.ownID.isEmpty }
        let numbers = try takeFree(for: unnamed.map { drafts[$0].new.id.rawValue }, in: tx)
        for index in unnamed { drafts[index].new.ownID = numbers[drafts[index].new.id.rawValue] ?? "" }
    }
}

extension Part<Product> {
    /// The shop's own numbers of a product and of its variants.
    static var numbers: Part {
        Part(
            store: { products, _, tx in try SKUs.release(products, in: tx) },
            settle: { try SKUs.settle(&$0, in: $1) }, remove: { try SKUs.releaseAll(of: $0.value, in: $1) })
    }
}
