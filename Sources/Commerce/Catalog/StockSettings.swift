import Persistence
import Resources

/// The variants of a product as a body writes them: rows merged by their combination of values (fact sheet 2.2.2), of which
/// only those that change are touched.
enum StockSettings {
    private static let rowsMax = 2000
    private static let keys: Set<String> = [
        "variant_id", "variant_name", "attribute_id", "attribute_value_id", "attribute_id_2", "attribute_value_id_2",
        "remove",
    ]

    /// What tells the variants of a product apart. The lower attribute id comes first.
    fileprivate struct Combination: Hashable {
        let first: Int64
        let second: Int64
    }

    /// One row as the client wants it.
    private struct Wish {
        let pointer: String
        let body: JSONObject
        let variantID: Int64?
        let attributeIDs: [Int64]
        let valueIDs: [Int64]
        let isRemoval: Bool
    }

    /// Merges the rows that are given into the product's variants.
    /// - Parameter isStrict: refuses rows of attributes that are no choice of the profile's, which are otherwise passed
    ///   over: existing clients send rows for every attribute.
    static func store(
        _ given: JSON?, of product: inout Product, replacing old: Product?, isStrict: Bool, in tx: Transaction
    ) throws -> Bool {
        let wishes = try given.map { try self.wishes($0, tx.tenant) } ?? []
        var hasChanged = false
        if !wishes.isEmpty {
            let merge = try Merge(wishes, into: product, isNew: old == nil, isStrict: isStrict, in: tx)
            hasChanged = try merge.write(&product, replacing: old, in: tx)
        }
        if let old, old.profileID != product.profileID, product.parts & ProductParts.variants != 0 {
            throw Problem.invalid(
                "/profile_id", "has_variants",
                "cannot change while the product has variants of profile \(old.profileID)")
        }
        return hasChanged
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

    /// What a body makes of a product's variants.
    private struct Merge {
        private var changed: [ProductVariant] = []
        private var added: [ProductVariant] = []
        private var removed: [ProductVariant] = []
        private var released: [String] = []
        private var claims: [SKUs.Claim] = []
        /// Whether search has to know.
        private var hasNewNumbers = false

        init(_ wishes: [Wish], into product: Product, isNew: Bool, isStrict: Bool, in tx: Transaction) throws {
            let choices = try Choices(of: product.profileID, naming: wishes.flatMap(\.valueIDs), in: tx)
            let stored = isNew ? [] : try StockSettings.stored(wishes, of: product, in: tx)
            let known = Dictionary(stored.map { ($0.combination, $0) }, uniquingKeysWith: { first, _ in first })
            let byID = Dictionary(stored.map { ($0.id.rawValue, $0) }, uniquingKeysWith: { first, _ in first })
            var seen: Set<Combination> = []
            var errors: [Problem.FieldError] = []
            for wish in wishes {
                do {
                    if let id = wish.variantID, byID[id] == nil {
                        throw Problem.invalid("/variant_id", "unknown_variant", "names no variant of this product")
                    }
                    let named = wish.variantID.flatMap { byID[$0]?.combination }
                    guard let combination = try named ?? choices.combination(of: wish, known, isStrict) else {
                        continue
                    }
                    guard seen.insert(combination).inserted else {
                        throw Problem.invalid("", "duplicate", "names the variant of an earlier row")
                    }
                    try take(wish, combination, known[combination], choices, product, isStrict, tx)
                } catch let problem as Problem {
                    errors += problem.within(wish.pointer).errors
                }
            }
            if !errors.isEmpty { throw Problem.invalid(errors) }
        }

        private mutating func take(
            _ wish: Wish, _ combination: Combination, _ old: ProductVariant?,
            _ choices: Choices, _ product: Product, _ isStrict: Bool, _ tx: Transaction
        ) throws {
            if wish.isRemoval {
                if let old { removed.append(old) }
                if let number = old?.ownID { released.append(number) }
                return
            }
            var input = Input(ProductVariant.info, for: tx.tenant, isStrict: isStrict)
            let record = try input.record(
                from: wish.body, over: old.map { ProductVariant.schema.record($0) }, ignoring: StockSettings.keys)
            var new = try ProductVariant.schema.value(record)
            if new.ownID?.isEmpty == true { new.ownID = nil }
            if old == nil { try choices.name(&new, combination, of: product, tx) }
            guard record != old.map({ ProductVariant.schema.record($0) }) || old == nil else { return }
            if new.ownID != old?.ownID {
                if let number = old?.ownID { released.append(number) }
                if let number = new.ownID {
                    claims.append(.init(ownID: number, unit: new.unit, pointer: wish.pointer + "/own_id"))
                }
            }
            if old == nil || new.numbers != old?.numbers { hasNewNumbers = true }
            if old == nil { added.append(new) } else { changed.append(new) }
        }

        /// - Returns: whether there was anything to write.
        func write(_ product: inout Product, replacing old: Product?, in tx: Transaction) throws -> Bool {
            guard !(changed.isEmpty && added.isEmpty && removed.isEmpty) else { return false }
            let had = product.parts & ProductParts.variants != 0
            try SKUs.release(released, in: tx)
            if !removed.isEmpty {
                try tx.db.run(
                    """
                    UPDATE product_variants SET removed_on = \(tx.now), last_modified = \(tx.now), version = version + 1
                    WHERE webshop_id = \(tx.shop) AND variant_id IN (\(SQL.list(removed.map(\.id))))
                    """)
                try StockLedger.close(removed.map(\.unit), in: tx)
            }
            if old != nil, !added.isEmpty { try StockSettings.refuseTooMany(added.count, of: product, in: tx) }
            try SKUs.take(claims, in: tx)
            try tx.storeAll(changed + added)
            // The levels of a new product are opened when it is there.
            if old != nil {
                try StockLedger.open(
                    added.map { StockLevel(of: $0, allowsNegative: product.allowNegativeStock) }, in: tx)
            }
            let has = try !added.isEmpty || StockSettings.isAnyLeft(of: product, in: tx)
            if old != nil, had != has {
                // What is counted by variant is not counted without one; what was there comes back with the last variant.
                try has
                    ? StockLedger.close([StockUnit(product.id.rawValue)], in: tx)
                    : StockLedger.reopen(StockUnit(product.id.rawValue), in: tx)
            }
            product.has(ProductParts.variants, has)
            if hasNewNumbers || !removed.isEmpty { SearchWriter.touch([product.id.rawValue], in: tx) }
            return true
        }
    }

    /// The variants that rows name, and no others: a product may have hundreds.
    private static func stored(_ wishes: [Wish], of product: Product, in tx: Transaction) throws -> [ProductVariant] {
        let ids = wishes.compactMap(\.variantID)
        let values = Set(wishes.flatMap(\.valueIDs)).sorted()
        return try [
            ids.isEmpty ? nil : "variant_id IN (\(SQL.list(ids))) AND product_id = \(product.id)" as SQL,
            values.isEmpty ? nil : "product_id = \(product.id) AND attribute_value_id IN (\(SQL.list(values)))" as SQL,
        ].compactMap { $0 }.flatMap { condition in
            try tx.db.rows(
                """
                SELECT \(raw: ProductVariant.info.columnList) FROM product_variants
                WHERE webshop_id = \(tx.shop) AND \(condition) AND removed_on IS NULL
                """
            ).map { try ProductVariant.schema.value($0.values) }
        }
    }

    /// The levels that the variants of new products need.
    static func levels(of products: [Product], in tx: Transaction) throws -> [StockLevel] {
        guard !products.isEmpty else { return [] }
        let rows = try tx.db.rows(
            """
            SELECT \(raw: ProductVariant.info.columnList) FROM product_variants WHERE webshop_id = \(tx.shop)
            AND product_id IN (\(SQL.paddedList(products.map(\.id.rawValue)))) ORDER BY product_id, variant_id
            """)
        let belowZero = Set(products.filter(\.allowNegativeStock).map(\.id.rawValue))
        return try rows.map { row in
            let variant = try ProductVariant.schema.value(row.values)
            return StockLevel(of: variant, allowsNegative: belowZero.contains(variant.productID))
        }
    }

    /// More variants than shoppers look through would make every answer that shows them slow.
    private static func refuseTooMany(_ added: Int, of product: Product, in tx: Transaction) throws {
        let row = try tx.db.row(
            """
            SELECT count(*) FROM product_variants
            WHERE webshop_id = \(tx.shop) AND product_id = \(product.id) AND removed_on IS NULL
            """)
        let count = (row?.integer(0) ?? 0) + Int64(added)
        guard count > rowsMax else { return }
        throw Problem.invalid(
            "/stock_settings", "too_many", "would give the product \(count) variants; at most \(rowsMax)")
    }

    /// Takes the variants of a deleted product with it, so that nothing keeps their values.
    static func removeAll(of product: Product, in tx: Transaction) throws {
        guard product.parts & ProductParts.variants != 0 else { return }
        try tx.db.run(
            """
            UPDATE product_variants SET removed_on = \(tx.now), last_modified = \(tx.now), version = version + 1
            WHERE webshop_id = \(tx.shop) AND product_id = \(product.id) AND removed_on IS NULL
            """)
    }

    private static func isAnyLeft(of product: Product, in tx: Transaction) throws -> Bool {
        try tx.db.row(
            """
            SELECT 1 FROM product_variants
            WHERE webshop_id = \(tx.shop) AND product_id = \(product.id) AND removed_on IS NULL LIMIT 1
            """) != nil
    }

    /// What shoppers of a profile's products choose by.
    private struct Choices {
        /// The variant attributes, by id, at most two.
        private let attributes: [Int64]
        /// The attribute of each value that is named.
        private let attributeOfValue: [Int64: Int64]

        init(of profile: Int64, naming values: [Int64], in tx: Transaction) throws {
            attributes = try tx.db.rows(
                """
                SELECT attribute_id FROM profile_attributes WHERE webshop_id = \(tx.shop) AND profile_id = \(profile)
                AND is_variant = 1 AND removed_on IS NULL ORDER BY attribute_id
                """
            ).compactMap { $0.integer(0) }
            guard !attributes.isEmpty, !values.isEmpty else {
                attributeOfValue = [:]
                return
            }
            attributeOfValue = try tx.db.rows(
                """
                SELECT attribute_value_id, attribute_id FROM profile_attribute_values WHERE webshop_id = \(tx.shop)
                AND attribute_value_id IN (\(SQL.list(Set(values).sorted()))) AND removed_on IS NULL
                """
            ).reduce(into: [:]) { $0[$1.integer(0) ?? 0] = $1.integer(1) }
        }

        /// The combination a row names; nil where it is about something that is no choice of this profile.
        func combination(
            of wish: Wish, _ known: [Combination: ProductVariant], _ isStrict: Bool
        ) throws -> Combination? {
            let isForeign = wish.attributeIDs.contains { !attributes.contains($0) } || attributes.isEmpty
            if isForeign, !isStrict { return nil }
            if isForeign {
                throw Problem.invalid("/attribute_id", "unknown_attribute", "is no variant attribute of the profile")
            }
            let pairs = try wish.valueIDs.map { value -> (attribute: Int64, value: Int64) in
                guard let attribute = attributeOfValue[value], attributes.contains(attribute) else {
                    throw Problem.invalid(
                        "/attribute_value_id", "unknown_value",
                        "\(value) is no value of the profile's variant attributes")
                }
                return (attribute, value)
            }.sorted { $0.attribute < $1.attribute }
            guard let first = pairs.first else { return nil }
            let combination = Combination(first: first.value, second: pairs.dropFirst().first?.value ?? 0)
            // A variant from before the profile had its second attribute keeps its one value.
            if known[combination] != nil { return combination }
            guard pairs.map(\.attribute) == attributes else {
                throw Problem.invalid(
                    pairs.count < attributes.count ? "/attribute_value_id_2" : "/attribute_value_id", "combination",
                    "needs one value of each of the profile's \(attributes.count) variant attributes")
            }
            return combination
        }

        /// Fills in what makes a new variant the one it is.
        func name(
            _ variant: inout ProductVariant, _ combination: Combination, of product: Product, _ tx: Transaction
        ) throws {
            variant.id = Identifier(try tx.db.newID(Product.info.sequence))
            variant.productID = product.id.rawValue
            variant.valueID = combination.first
            variant.attributeID = attributeOfValue[combination.first] ?? 0
            variant.valueID2 = combination.second
            variant.attributeID2 = combination.second == 0 ? 0 : attributeOfValue[combination.second] ?? 0
        }
    }
}

extension ProductVariant {
    fileprivate var numbers: [String?] { [ownID, secOwnID, gtin, mpn] }

    fileprivate var combination: StockSettings.Combination {
        StockSettings.Combination(first: valueID, second: valueID2)
    }
}
