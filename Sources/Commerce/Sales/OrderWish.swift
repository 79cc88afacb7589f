import Persistence
import Resources

/// One line as the client wants it, with the product it names.
struct OrderWish {
    static let linesMax = 500
    static let amountMax: Int64 = 1_000_000
    static let unitPriceMax = PriceRows.unitPriceMax

    let product: SoldProduct
    let amount: Int64
    let unitPrice: Amount
    let isOverride: Bool
    let attributes: JSONText

    private struct Draft {
        var productID: Int64?
        var ownID: String?
        var amount: Int64?
        var unitPrice: Amount?
        var attributes: JSONText
    }

    /// Reads all lines, loads their products in one query and prices them.
    /// - Parameter group: the customer's group, empty for none.
    static func all(of body: JSONObject, group: String, in tx: Transaction) throws -> [OrderWish] {
        guard case .array(let elements) = body["products"], !elements.isEmpty else {
            throw Problem.invalid("/products", "required", "needs at least one {product_id, amount}")
        }
        guard elements.count <= linesMax else {
            throw Problem.invalid("/products", "too_long", "has \(elements.count) lines; an order takes \(linesMax)")
        }
        var errors: [Problem.FieldError] = []
        let drafts = elements.enumerated().map { draft($1, at: "/products/\($0)", tx.tenant, &errors) }
        if !errors.isEmpty { throw Problem.invalid(errors) }
        let byOwn = try Product.ids(ofOwn: drafts.compactMap { $0.productID == nil ? $0.ownID : nil }, in: tx)
        let ids = drafts.map { $0.productID ?? $0.ownID.flatMap { byOwn[$0] } }
        let byID = try SoldProduct.all(Set(ids.compactMap { $0 }).sorted(), in: tx)
        let amounts = amounts(zip(ids, drafts))
        var wishes: [OrderWish] = []
        for (index, draft) in drafts.enumerated() {
            guard let product = ids[index].flatMap({ byID[$0] }) else {
                let member = draft.productID == nil ? "own_id" : "product_id"
                errors.append(.init("/products/\(index)/\(member)", "unknown_product", "names no product of this shop"))
                continue
            }
            wishes.append(
                OrderWish(
                    product: product, amount: draft.amount ?? 0,
                    unitPrice: draft.unitPrice
                        ?? product.pricing.unit(amounts[product.id] ?? 0, group: group, at: tx.now).price,
                    isOverride: draft.unitPrice != nil,
                    attributes: draft.attributes))
        }
        if !errors.isEmpty { throw Problem.invalid(errors) }
        return wishes
    }

    /// How many of each product there are in all lines together, since a tier is reached by all of them.
    private static func amounts(_ lines: some Sequence<(Int64?, Draft)>) -> [Int64: Int64] {
        lines.reduce(into: [:]) { sums, line in
            if let id = line.0 { sums[id, default: 0] += line.1.amount ?? 0 }
        }
    }

    private static func draft(
        _ json: JSON, at pointer: String, _ tenant: Tenant, _ errors: inout [Problem.FieldError]
    ) -> Draft {
        guard case .object(let object) = json else {
            errors.append(.init(pointer, "type", "must be an object"))
            return Draft(attributes: .emptyList)
        }
        var reader = MemberReader(object, at: pointer, tenant)
        let draft = Draft(
            productID: reader.integer("product_id", 1...Int64.max), ownID: reader.text("own_id", 255),
            amount: reader.integer("amount", 1...amountMax), unitPrice: reader.amount("unit_price", 0...unitPriceMax),
            attributes: object["attributes"].map { JSONText($0.serialized) } ?? .emptyList)
        if draft.productID == nil, draft.ownID == nil, reader.errors.isEmpty {
            reader.report("product_id", "required", "is required, or own_id")
        }
        if draft.amount == nil, reader.errors.isEmpty { reader.report("amount", "required", "is required") }
        errors += reader.errors
        return draft
    }
}

/// What an order needs to know of a product; the other fifty columns stay in the database.
struct SoldProduct {
    let id: Int64
    let ownID: String
    let name: String
    let pricing: Pricing
    let purchasePrice: Amount?
    let vatRate: Percentage?
    /// Thousandths of a kilogram.
    let weight: Int64
    let neverFreeShipping: Bool
    let autoOffline: Bool
    /// What it is made of, where it is a bundle.
    private(set) var parts: [BundlePart] = []

    static func all(_ ids: [Int64], in tx: Transaction) throws -> [Int64: SoldProduct] {
        guard !ids.isEmpty else { return [:] }
        let rows = try tx.db.rows(
            """
            SELECT product_id, own_id, name, purchase_price, vat, shipping_weight, never_free_shipping, auto_offline,
            \(raw: Pricing.columns), bundle FROM products
            WHERE webshop_id = \(tx.shop) AND product_id IN (\(SQL.list(ids))) AND removed_on IS NULL
            """)
        let bundles = rows.filter { $0.text($0.count - 1) != JSONText.emptyList.text }.compactMap { $0.integer(0) }
        let parts = try BundlePart.all(of: bundles, in: tx)
        return try rows.reduce(into: [:]) { found, row in
            var product = try SoldProduct(row, for: tx.tenant)
            product.parts = parts[product.id] ?? []
            found[product.id] = product
        }
    }

    private init(_ row: Row, for tenant: Tenant) throws {
        id = row.integer(0) ?? 0
        ownID = row.text(1) ?? ""
        name = row.text(2) ?? ""
        purchasePrice = row.integer(3).map(Amount.init)
        vatRate = row.integer(4).map { Percentage(hundredths: $0) }
        weight = row.integer(5) ?? 0
        neverFreeShipping = row.flag(6)
        autoOffline = row.flag(7)
        pricing = try Pricing(row, from: 8, for: tenant)
    }
}
