import Basics
import Persistence
import Resources

/// The variants of products as bodies write them: rows merged by their combination of values (fact sheet 2.2.2), of which
/// only those that change are touched.
enum StockSettings {
    static let rowsMax = 2000

    /// What tells the variants of a product apart. The lower attribute id comes first.
    struct Combination: Hashable {
        let first: Int64
        let second: Int64
    }

    /// One row as the client wants it.
    struct Wish {
        let pointer: String
        let body: JSONObject
        let variantID: Int64?
        let attributeIDs: [Int64]
        let valueIDs: [Int64]
        let isRemoval: Bool
    }

    /// Merges the rows that are given into the products' variants.
    /// - Parameter isStrict: refuses rows of attributes that are no choice of the profile's, which are otherwise passed
    ///   over: existing clients send rows for every attribute.
    static func store(_ products: inout [Described<Product>], isStrict: Bool, in tx: Transaction) throws {
        let wishes = try products.map { try $0.body["stock_settings"].map { try self.wishes($0, tx.tenant) } ?? [] }
        let concerned = products.indices.filter { !wishes[$0].isEmpty }
        if !concerned.isEmpty {
            let choices = try ProfileChoices(
                of: Set(concerned.map { products[$0].new.profileID }), naming: concerned.flatMap { wishes[$0] }, in: tx)
            let stored = try stored(concerned.map { (products[$0], wishes[$0]) }, in: tx)
            let merges = try concerned.map { index in
                let product = products[index].new
                return try VariantMerge(
                    wishes[index], into: product, having: stored[product.id.rawValue] ?? [], choices,
                    isStrict: isStrict,
                    in: tx)
            }
            try write(zip(concerned, merges).filter { !$1.isNothing }.map { ($0, $1) }, into: &products, in: tx)
        }
        for product in products {
            guard let old = product.old, old.profileID != product.new.profileID,
                product.oldParts & product.parts & ProductParts.variants != 0
            else { continue }
            throw Problem.invalid(
                "/profile_id", "has_variants",
                "cannot change while the product has variants of profile \(old.profileID)")
        }
    }

    private static func wishes(_ given: JSON, _ tenant: Tenant) throws -> [Wish] {
        var errors: [Problem.FieldError] = []
        let elements = try given.elements(at: "/stock_settings", atMost: rowsMax)
        let wishes = elements.enumerated().compactMap { index, element -> Wish? in
            let pointer = "/stock_settings/\(index)"
            guard case .object(let object) = element else {
                errors.append(.init(pointer, "type", "must be an object {attribute_id, attribute_value_id, …}"))
                return nil
            }
            var reader = MemberReader(object, at: pointer, tenant)
            let wish = Wish(
                pointer: pointer, body: object, variantID: reader.integer("variant_id", 1...Int64.max),
                attributeIDs: ["attribute_id", "attribute_id_2"].compactMap { reader.integer($0, 0...Int64.max) }
                    .filter { $0 > 0 },
                valueIDs: ["attribute_value_id", "attribute_value_id_2"].compactMap {
                    reader.integer($0, 0...Int64.max)
                }
                .filter { $0 > 0 },
                isRemoval: reader.integer("remove", 0...1) == 1)
            if wish.variantID == nil, wish.valueIDs.isEmpty, reader.errors.isEmpty {
                reader.report("attribute_value_id", "required", "is required, or variant_id")
            }
            errors += reader.errors
            return reader.errors.isEmpty ? wish : nil
        }
        if !errors.isEmpty { throw Problem.invalid(errors) }
        return wishes
    }

    // MARK: Reading

    /// The variants that rows name, by product, and no others: a product may have hundreds.
    private static func stored(
        _ products: [(product: Described<Product>, wishes: [Wish])], in tx: Transaction
    ) throws -> [Int64: [ProductVariant]] {
        let conditions = products.flatMap { product, wishes -> [SQL] in
            guard product.oldParts & ProductParts.variants != 0 else { return [] }
            let ids = wishes.compactMap(\.variantID)
            let values = Set(wishes.flatMap(\.valueIDs)).sorted()
            return [
                ids.isEmpty ? nil : "product_id = \(product.id) AND variant_id IN (\(SQL.list(ids)))" as SQL,
                values.isEmpty
                    ? nil : "product_id = \(product.id) AND attribute_value_id IN (\(SQL.list(values)))" as SQL,
            ].compactMap { $0 }
        }
        let answers = try tx.db.fetch(
            conditions.map { condition in
                """
                SELECT \(raw: ProductVariant.info.columnList) FROM product_variants
                WHERE webshop_id = \(tx.shop) AND \(condition) AND removed_on IS NULL
                """
            })
        let variants = try answers.joined().map { try ProductVariant.schema.value($0.values) }
        return Dictionary(grouping: variants, by: \.productID)
    }

    /// How many live variants products have; those without any are left out.
    private static func counts(of products: [Int64], in tx: Transaction) throws -> [Int64: Int64] {
        guard !products.isEmpty else { return [:] }
        return try tx.db.rows(
            """
            SELECT product_id, count(*) AS count FROM product_variants WHERE webshop_id = \(tx.shop)
            AND product_id IN (\(SQL.paddedList(products))) AND removed_on IS NULL GROUP BY product_id
            """
        ).reduce(into: [:]) { $0[try $1["product_id"]] = try $1["count"] as Int64 }
    }

    // MARK: Writing

    /// Stores what was merged, with the numbers of the variants.
    private static func write(
        _ merges: [(index: Int, merge: VariantMerge)], into products: inout [Described<Product>], in tx: Transaction
    ) throws {
        try SKUs.release(merges.flatMap(\.merge.released), in: tx)
        try remove(merges.flatMap(\.merge.removed), in: tx)
        try SKUs.take(merges.flatMap(\.merge.claims), in: tx)
        try tx.storeAll(merges.flatMap(\.merge.written))
        // Of a product that is new, or only changes what it has, the count is known without counting.
        let resized = merges.filter { products[$0.index].old != nil && $0.merge.isResizing }
        let counts = try counts(of: resized.map { products[$0.index].new.id.rawValue }, in: tx)
        let changes = try resized.map { index, merge in
            let count = counts[products[index].id] ?? 0
            guard count <= rowsMax else { throw tooMany(count) }
            defer { products[index].note(ProductParts.variants, count > 0) }
            return VariantChange(
                product: products[index].new, added: merge.added, removed: merge.removed,
                hadAny: products[index].has(ProductParts.variants), hasAny: count > 0)
        }
        try VariantChange.tell(changes, in: tx)
        for (index, merge) in merges {
            products[index].hasNewParts = true
            // Who counts the variants of a new product hears of them with the product.
            if products[index].old == nil { products[index].note(ProductParts.variants, !merge.added.isEmpty) }
        }
        ProductVariant.touch(
            renumbered: merges.filter(\.merge.isSearched).map { products[$0.index].new.id.rawValue },
            repriced: merges.flatMap(\.merge.repriced), in: tx)
        VariantsMade.touch(merges.flatMap { $0.merge.added.map(\.id.rawValue) }, in: tx)
        VariantsChanged.touch(merges.flatMap { $0.merge.changed.map(\.id.rawValue) }, in: tx)
    }

    private static func remove(_ variants: [ProductVariant], in tx: Transaction) throws {
        guard !variants.isEmpty else { return }
        tx.markChanged(ProductVariant.info.table)
        tx.moved(variants.map(\.id.rawValue), of: ProductVariant.info)
        try tx.db.run(
            SQL.each(variants.map(\.id)) { some in
                """
                UPDATE product_variants SET removed_on = \(tx.now), last_modified = \(tx.now), version = version + 1
                WHERE webshop_id = \(tx.shop) AND variant_id IN (\(some))
                """
            })
    }

    /// More variants than shoppers look through would make every answer that shows them slow.
    private static func tooMany(_ count: Int64) -> Problem {
        .invalid("/stock_settings", "too_many", "would give the product \(count) variants; at most \(rowsMax)")
    }

    /// Takes the variants of a deleted product with it, so that nothing keeps their values.
    static func removeAll(of product: Stored<Product>, in tx: Transaction) throws {
        guard product.has(ProductParts.variants) else { return }
        tx.markChanged(ProductVariant.info.table)
        let rows = try tx.db.rows(
            """
            UPDATE product_variants SET removed_on = \(tx.now), last_modified = \(tx.now), version = version + 1
            WHERE webshop_id = \(tx.shop) AND product_id = \(product.id) AND removed_on IS NULL RETURNING variant_id
            """)
        let ids: [Int64] = try rows.map { try $0["variant_id"] }
        tx.moved(ids, of: ProductVariant.info)
        VariantsChanged.touch(ids, in: tx)
    }
}

extension Part<Product> {
    /// Its variants, in the two forms the wire shows.
    static var variants: Part {
        Part(
            { _ in
                [
                    .embedded(
                        ProductVariant.settings, after: "attributes",
                        about: "Its variants as they were written: null is what the product has."),
                    .embedded(
                        ProductVariant.list, after: "in_stock",
                        about: "Its variants as a frontend wants them: named, counted, with what holds for each."),
                ]
            }, store: { try StockSettings.store(&$0, isStrict: $1, in: $2) },
            remove: { try StockSettings.removeAll(of: $0, in: $1) })
    }
}
